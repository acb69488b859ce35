package import KistModel

/// Parameters of `policy`: one credential and the policy that it gets.
package struct PolicyRequest: Hashable, Sendable {
    package var profile: ProfileName
    package var name: CredentialName
    package var policy: Policy

    package init(profile: ProfileName, name: CredentialName, policy: Policy) {
        self.profile = profile
        self.name = name
        self.policy = policy
    }

    package var json: JSONValue {
        [
            "profile": .string(profile.description), "name": .string(name.description),
            "policy": .string(policy.rawValue),
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        profile = try fields.profile("profile")
        name = try fields.credential("name")
        guard let policy = try fields.policyIfPresent("policy") else { throw ShapeError("policy") }
        self.policy = policy
    }
}
