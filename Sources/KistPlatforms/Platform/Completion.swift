/// The plain values of a credential with everything that follows from what was given.
package struct Completion: Sendable {
    /// A value that follows from others, in the order of the fields: shown before anything is stored.
    package struct Derived: Hashable, Sendable {
        package let field: String
        package let title: String
        package let value: String
    }

    /// Something is wrong with a field, or it is missing.
    package struct Fault: Hashable, Sendable {
        package let field: String
        package let title: String
        package let finding: FieldFinding
        package let hint: String?

        /// A line for the user. It never holds a value.
        package var description: String { "\(title): \(finding.description)" + (hint.map { "\n\($0)" } ?? "") }
    }

    /// All plain values, normalised, by field name.
    package var plain: [String: String] = [:]
    /// The names in `plain`, in the platform's order, free fields last.
    package var order: [String] = []
    package var derived: [Derived] = []
    package var faults: [Fault] = []
}

extension Platform {
    /// Normalises and checks what was given, and derives the rest.
    ///
    /// - Parameters:
    ///   - given: plain values by field name, as typed; they win over derived ones.
    ///   - secrets: the names of the secret fields that were given (each already trimmed).
    ///   - secret: the bytes of such a secret; only the part a derivation names is taken.
    package func complete(
        variant: String?, given: [String: String], secrets: Set<String>, secret: FieldBytes
    ) -> Completion {
        var result = Completion()
        let known = fields(variant: variant)
        for field in known {
            if field.isSecret {
                checkSecret(field, isGiven: secrets.contains(field.name), secret, &result)
            } else {
                completePlain(field, given, secret, &result)
            }
        }
        for (name, value) in given.sorted(by: { $0.key < $1.key }) where !known.contains(where: { $0.name == name }) {
            // Whether a free field may exist is the caller's question; its value is one line of text.
            var text = value
            if let finding = text.withUTF8({ FieldForm.text.check(UnsafeRawBufferPointer($0)) }) {
                result.faults.append(.init(field: name, title: name, finding: finding, hint: nil))
                continue
            }
            result.plain[name] = value
            result.order.append(name)
        }
        return result
    }

    private func checkSecret(
        _ field: PlatformField, isGiven: Bool, _ secret: FieldBytes, _ result: inout Completion
    ) {
        var finding: FieldFinding? = isGiven ? nil : (field.isRequired ? .missing : nil)
        if isGiven { _ = secret(field.name) { finding = field.check($0) } }
        if let finding { result.fault(field, finding) }
    }

    private func completePlain(
        _ field: PlatformField, _ given: [String: String], _ secret: FieldBytes, _ result: inout Completion
    ) {
        let typed = given[field.name].map(field.normalised)
        var value = typed
        if value == nil, let derivation = field.derivation {
            value = derive(derivation, from: result.plain, secret).map(field.normalised)
            // A part that does not fit is not taken; the field can still be given.
            if let part = value, field.check(part) != nil { value = nil }
        }
        if value == nil, let template = field.defaultValue {
            value = template.text(name: "", plain: result.plain).map(field.normalised)
        }
        guard let value else {
            if field.isRequired { result.fault(field, .missing) }
            return
        }
        if let finding = field.check(value) {
            result.fault(field, finding)
            return
        }
        result.plain[field.name] = value
        result.order.append(field.name)
        if typed == nil { result.derived.append(.init(field: field.name, title: field.title, value: value)) }
    }

    private func derive(_ derivation: FieldDerivation, from plain: [String: String], _ secret: FieldBytes) -> String? {
        var part: String?
        let take: (UnsafeRawBufferPointer) -> Void = { bytes in
            switch derivation.part {
            case .beforeColon:
                guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0, colon <= 255 else { return }
                part = String(decoding: bytes[..<colon], as: UTF8.self)
            }
        }
        if var text = plain[derivation.from] {
            text.withUTF8 { take(UnsafeRawBufferPointer($0)) }
        } else {
            _ = secret(derivation.from, take)
        }
        return part
    }
}

extension Completion {
    fileprivate mutating func fault(_ field: PlatformField, _ finding: FieldFinding) {
        faults.append(.init(field: field.name, title: field.title, finding: finding, hint: field.hint))
    }
}
