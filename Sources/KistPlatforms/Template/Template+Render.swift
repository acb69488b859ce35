package import SecretMemory

/// Gives the bytes of a field, plain or secret, to `use`; returns whether the field has a value.
package typealias FieldBytes = (_ field: String, _ use: (UnsafeRawBufferPointer) -> Void) -> Bool

extension Template {
    /// Joins the parts in locked memory.
    ///
    /// - Parameter missing: what becomes of a reference to a field without a value.
    /// - Returns: the fields without a value, each once; with `.dropLine` they were left out line by line.
    @discardableResult
    package func render(
        into buffer: inout SecretBuffer, name: String, folder: String? = nil, missing: MissingField = .leaveOut,
        field: FieldBytes
    ) -> [String] {
        var absent: [String] = []
        for line in missing == .dropLine ? lines : [self] {
            var isWhole = true
            func lack(_ reference: String) {
                isWhole = false
                if !absent.contains(reference) { absent.append(reference) }
            }
            for part in line.parts {
                if case .field(let reference, _) = part, !field(reference, { _ in }) { lack(reference) }
            }
            if line.usesFolder && folder == nil { lack("folder") }
            if !isWhole && missing == .dropLine { continue }
            for part in line.parts {
                switch part {
                case .literal(let text): buffer.append(text)
                case .name(let encoding): buffer.append(encoding.encode(name))
                case .folder(let encoding): buffer.append(encoding.encode(folder ?? ""))
                case .field(let reference, let encoding):
                    _ = field(reference) { bytes in
                        if encoding == .none {
                            buffer.append(bytes)
                        } else {
                            encoding.encode(bytes) { buffer.append($0) }
                        }
                    }
                }
            }
        }
        return absent
    }

    /// The template cut after each newline of its own text.
    private var lines: [Template] {
        var lines: [Template] = []
        var current: [Part] = []
        for part in parts {
            guard case .literal(let text) = part else {
                current.append(part)
                continue
            }
            var rest = text[...]
            while let end = rest.firstIndex(of: "\n") {
                current.append(.literal(String(rest[...end])))
                lines.append(Template(parts: current))
                current = []
                rest = rest[rest.index(after: end)...]
            }
            if !rest.isEmpty { current.append(.literal(String(rest))) }
        }
        if !current.isEmpty { lines.append(Template(parts: current)) }
        return lines
    }
}

/// What becomes of a reference to a field without a value.
package enum MissingField: Sendable {
    /// Nothing stands in its place.
    case leaveOut
    /// The whole line goes: how optional settings of a rendered file disappear.
    case dropLine
}
