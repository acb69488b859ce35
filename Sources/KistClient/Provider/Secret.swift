package import SecretMemory

/// A secret value: in locked memory, out of core dumps, wiped when the last reference to it goes.
///
/// Several tasks may share one. It cannot be printed: `description`, `debugDescription`, `Mirror` and `dump` show
/// nothing of it, not even its length. Read it where it is needed, and no earlier:
///
/// ```swift
/// let key = credential.secret("api_key")!
/// let digest = key.withBytes { SHA256.hash(data: $0) }     // stays in locked memory
/// let text = key.reveal()                                  // an ordinary string from here on
/// ```
public final class Secret: Sendable {
    package let bytes: SecretBytes

    package init(_ bytes: consuming SecretBytes) { self.bytes = bytes }

    /// Copies text that is in ordinary memory already: for tests, and for sources of your own.
    ///
    /// The string itself is not wiped; Swift may keep copies of it.
    public convenience init(copying text: String) { self.init(SecretBytes(copyingExposed: Array(text.utf8))) }

    /// Copies bytes that are in ordinary memory already; they are not wiped.
    public convenience init(copying bytes: some Collection<UInt8>) { self.init(SecretBytes(copyingExposed: bytes)) }

    /// The number of bytes.
    public var count: Int { bytes.count }

    /// Reads the bytes in place.
    ///
    /// - Parameter body: gets the bytes, exactly and without a zero behind them. The pointer must not leave it.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withBytes(body)
    }

    /// The value as an ordinary string, for a library that takes nothing else.
    ///
    /// From here on it is in ordinary memory, which nobody wipes. Make it late, hand it over at once, keep it nowhere.
    ///
    /// - Returns: `nil` when the bytes are not UTF-8.
    public func reveal() -> String? {
        bytes.withBytes { String(validating: $0, as: UTF8.self) }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<secret>`.
    public var description: String { "<secret>" }

    /// Always `<secret>`.
    public var debugDescription: String { "<secret>" }

    /// Without children, so that `dump` has nothing to show.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .class) }
}
