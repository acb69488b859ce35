package import KistModel

/// One credential of a `reveal`, and which of its secret fields.
package struct Want: Hashable, Sendable {
    package var profile: ProfileName
    package var name: CredentialName
    /// `nil` means all secret fields.
    package var fields: [FieldName]?

    package init(profile: ProfileName, name: CredentialName, fields: [FieldName]? = nil) {
        self.profile = profile
        self.name = name
        self.fields = fields
    }
}

/// Parameters of `reveal`: secrets leave the vault, so it says what for.
package struct RevealRequest: Hashable, Sendable {
    package enum Purpose: String, Hashable, Sendable, CaseIterable {
        case get
        case run
        case check
        case env
        case edit
        case show
        case export
        case render
        case curl
        case proxy
        /// Another tool's helper: git, docker, the AWS SDKs.
        case provider
        /// To be compared with what stands in files.
        case scan
        /// To be compared with what a file holds that is to be imported.
        case compare
        /// `seal` only: no `reveal` may say so.
        case seal
    }

    package var wants: [Want]
    package var purpose: Purpose
    package var reason: String?
    package var allowExpired: Bool

    package init(wants: [Want], purpose: Purpose, reason: String? = nil, allowExpired: Bool = false) {
        self.wants = wants
        self.purpose = purpose
        self.reason = reason
        self.allowExpired = allowExpired
    }

    package var json: JSONValue {
        [
            "wants": .array(
                wants.map { want in
                    [
                        "profile": .string(want.profile.description),
                        "name": .string(want.name.description),
                        "fields": want.fields.map { .array($0.map { .string($0.description) }) },
                    ]
                }),
            "purpose": .string(purpose.rawValue),
            "reason": reason.map { .string($0) },
            "allowExpired": allowExpired ? true : nil,
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        wants = []
        for value in try fields.array("wants") {
            let want = try JSONFields(value, "wants")
            wants.append(
                Want(
                    profile: try want.profile("profile"), name: try want.credential("name"),
                    fields: try want.fieldNamesIfPresent("fields")))
        }
        guard Set(wants).count == wants.count else { throw ShapeError("wants") }
        for fields in wants.compactMap(\.fields) where Set(fields).count != fields.count { throw ShapeError("fields") }
        guard let purpose = Purpose(rawValue: try fields.string("purpose")), purpose != .seal else {
            throw ShapeError("purpose")
        }
        self.purpose = purpose
        reason = try fields.stringIfPresent("reason")
        allowExpired = try fields.flag("allowExpired")
    }
}

/// One credential of the answer to `reveal`.
package struct RevealedItem: Hashable, Sendable {
    /// A secret field and the segment that holds its value.
    package struct Field: Hashable, Sendable {
        package var name: FieldName
        package var segment: Int

        package init(name: FieldName, segment: Int) {
            self.name = name
            self.segment = segment
        }
    }

    package var overview: Overview
    package var fields: [Field]

    package init(overview: Overview, fields: [Field]) {
        self.overview = overview
        self.fields = fields
    }

    package var json: JSONValue {
        [
            "overview": overview.json,
            "fields": .array(
                fields.map { ["name": .string($0.name.description), "segment": .integer(Int64($0.segment))] }),
        ]
    }

    /// - Parameter segments: how many segments came with it; none may be named beyond that.
    package init(json: JSONValue, segments: Int) throws(ShapeError) {
        let item = try JSONFields(json, "items")
        overview = try Overview(json: item["overview"] ?? .null)
        fields = []
        for value in try item.array("fields") {
            let field = try JSONFields(value, "fields")
            guard let name = try? FieldName(try field.string("name")) else { throw ShapeError("name") }
            let segment = Int(try field.integer("segment", in: 0...Int64(Int32.max)))
            guard segment < segments else { throw ShapeError("segment") }
            fields.append(Field(name: name, segment: segment))
        }
    }
}
