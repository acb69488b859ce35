package import KistProtocol
package import SecretMemory

/// One whole answer of the agent (all its frames put together by the verb that asked).
package struct Reply: ~Copyable {
    package let result: JSONValue
    package let segments: SecretSegments

    package init(result: JSONValue, segments: consuming SecretSegments) {
        self.result = result
        self.segments = segments
    }

    /// The secrets alone.
    package consuming func takeSegments() -> SecretSegments { segments }
}
