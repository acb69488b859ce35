private import CSodium

/// Comparison of tags in time that depends on the lengths only.
package enum ConstantTime {
    package static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        return left.isEmpty || sodium_memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0
    }

    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { right in areEqual(left, right) } }
    }
}
