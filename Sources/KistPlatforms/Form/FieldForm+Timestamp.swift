private import KistModel

extension FieldForm {
    /// Whether the bytes are a moment. Moments are never secret, so text is no harm.
    static func isTimestamp(_ bytes: UnsafeRawBufferPointer) -> Bool {
        Timestamp(String(decoding: bytes, as: UTF8.self)) != nil
    }
}
