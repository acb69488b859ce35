/// The escapes of one letter in the strings of JSON (RFC 8259, 7); `\u` is read by whoever needs it.
package enum JSONEscape {
    /// The byte that a mark behind the backslash stands for; `nil` when it is none of them.
    @inlinable
    package static func byte(of mark: UInt8) -> UInt8? {
        switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): mark
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "r"): 0x0D
        default: nil
        }
    }
}
