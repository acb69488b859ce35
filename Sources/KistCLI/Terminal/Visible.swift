/// Text made safe to show: whatever could move the cursor, change colours or reorder a line is written out.
///
/// Written out are C0 controls, DEL, C1 controls, bidirectional marks and overrides, line and paragraph separators,
/// invisible tag characters and the byte order mark (CVE-2021-42574, CVE-2024-52005).
package enum Visible {
    /// `text` with each such character as `\x1b` or `\u{202e}`; `\t` and `\n` too unless `layout` keeps them.
    package static func text(_ text: String, keepingLayout layout: Bool = false) -> String {
        // Nearly everything is plain ASCII.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        guard text.unicodeScalars.contains(where: { isUnsafe($0, layout) }) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if isUnsafe(scalar, layout) { shown += escape(scalar) } else { shown.unicodeScalars.append(scalar) }
        }
        return shown
    }

    package static func isUnsafe(_ scalar: Unicode.Scalar, _ layout: Bool) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: !layout
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
        case 0xE0000...0xE007F: true
        default: false
        }
    }

    package static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x09: "\\t"
        case 0x0A: "\\n"
        case 0x0D: "\\r"
        case 0..<0x100: "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }
}
