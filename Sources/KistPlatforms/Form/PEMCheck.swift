/// The outside of private keys and certificates in PEM form (RFC 7468): first and last line, base64 between.
enum PEMCheck {
    static func isPrivateKey(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let trimmed = trim(bytes)
        guard trimmed.starts(with: "-----BEGIN ".utf8), let firstEnd = trimmed.firstIndex(of: 10) else { return false }
        let label = line(trimmed[trimmed.startIndex..<firstEnd])
        guard label.count >= 16 + 11, ends(label, "PRIVATE KEY-----"), let lastStart = trimmed.lastIndex(of: 10) else {
            return false
        }
        let last = line(trimmed[(lastStart + 1)...])
        guard last.starts(with: "-----END ".utf8), ends(last, "PRIVATE KEY-----"), lastStart > firstEnd else {
            return false
        }
        // An encrypted key of the old kind has header lines ("Proc-Type: 4,ENCRYPTED") before its base64.
        return trimmed[firstEnd...lastStart].allSatisfy {
            FieldForm.isAlphanumeric($0) || [10, 13, 32, 43, 44, 45, 47, 58, 61].contains($0)
        }
    }

    /// One or more certificates, nothing between them.
    static func isCertificates(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let trimmed = trim(bytes)
        guard trimmed.starts(with: "-----BEGIN CERTIFICATE-----".utf8) else { return false }
        var isInside = false
        var count = 0
        for line in trimmed.split(separator: 10) {
            let text = self.line(line)
            if text.elementsEqual("-----BEGIN CERTIFICATE-----".utf8) {
                guard !isInside else { return false }
                isInside = true
            } else if text.elementsEqual("-----END CERTIFICATE-----".utf8) {
                guard isInside else { return false }
                isInside = false
                count += 1
            } else if isInside {
                guard text.allSatisfy({ FieldForm.isAlphanumeric($0) || [43, 47, 61].contains($0) }) else {
                    return false
                }
            } else {
                return false
            }
        }
        return count > 0 && !isInside
    }

    private static func trim(_ bytes: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer> {
        var slice = bytes[...]
        while let last = slice.last, last == 10 || last == 13 || last == 32 { slice = slice.dropLast() }
        while let first = slice.first, first == 10 || first == 13 || first == 32 { slice = slice.dropFirst() }
        return slice
    }

    private static func line(_ slice: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        slice.last == 13 ? slice.dropLast() : slice
    }

    private static func ends(_ slice: Slice<UnsafeRawBufferPointer>, _ text: String) -> Bool {
        slice.suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}
