package import KistModel
package import SecretMemory

/// Named secrets in one row of locked memory: the secret fields of a credential being put together.
package struct SecretFields: ~Copyable {
    package private(set) var names: [FieldName] = []
    private var lengths: [Int] = []
    private var buffer = SecretBuffer(capacity: 512)

    package init() {}

    package func contains(_ name: String) -> Bool { names.contains { $0.description == name } }

    /// Adds a field, or replaces its value.
    package mutating func set(_ name: FieldName, _ value: UnsafeRawBufferPointer) {
        if let index = names.firstIndex(of: name) {
            var rest = SecretFields()
            for other in names.indices where other != index {
                withValue(at: other) { rest.append(names[other], $0) }
            }
            rest.append(name, value)
            self = rest
        } else {
            append(name, value)
        }
    }

    package mutating func set(_ name: FieldName, _ value: borrowing SecretBytes) {
        value.withBytes { set(name, $0) }
    }

    private mutating func append(_ name: FieldName, _ value: UnsafeRawBufferPointer) {
        names.append(name)
        lengths.append(value.count)
        buffer.append(value)
    }

    /// Reads one value in place.
    ///
    /// - Returns: whether there is such a field.
    @discardableResult
    package borrowing func withValue(_ name: String, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        guard let index = names.firstIndex(where: { $0.description == name }) else { return false }
        withValue(at: index, body)
        return true
    }

    private borrowing func withValue(at index: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        let start = lengths[..<index].reduce(0, +)
        let end = start + lengths[index]
        buffer.withBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
    }

    /// The values in the order of `order`, which names exactly these fields.
    package borrowing func segments(in order: [FieldName]) -> SecretSegments {
        var row = SecretBuffer(capacity: 512)
        var counts: [Int] = []
        for name in order {
            withValue(name.description) {
                row.append($0)
                counts.append($0.count)
            }
        }
        return SecretSegments(bytes: row.finish(), lengths: counts)
    }
}
