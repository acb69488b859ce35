package import KistModel
package import KistProtocol
internal import SecretMemory

/// The values of one revealed credential by field name.
package struct FieldValues {
    package let overview: Overview
    package let item: RevealedItem

    package init(overview: Overview, item: RevealedItem) {
        self.overview = overview
        self.item = item
    }

    /// Gives the bytes of a plain or secret field; whether there is one.
    package func use(
        _ field: String, _ reply: borrowing RevealReply, _ body: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        if let place = item.fields.first(where: { $0.name.description == field }) {
            reply.segments.withSegment(place.segment, body)
            return true
        }
        guard var text = overview.plain.first(where: { $0.name.description == field })?.value, !text.isEmpty else {
            return false
        }
        text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
        return true
    }
}
