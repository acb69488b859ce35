/// What the clients of a platform get wrong, in one or two sentences.
package struct PlatformNote: Hashable, Sendable {
    package let text: String
    package let condition: Condition
}

/// How a new secret is obtained, and what becomes of the old one.
package struct RotationHint: Hashable, Sendable {
    package let text: String
    /// Whether the platform ends every earlier secret as soon as it makes a new one.
    package let endsEarlierAtOnce: Bool
}

/// What is printed after a credential was added; `{name}` and plain fields are filled in by `Prose`.
package struct AfterAdd: Hashable, Sendable {
    package let run: String?
    package let code: String?
    package let note: String?
}

/// How to use a credential in one place.
package struct HowTo: Hashable, Sendable {
    package enum Place: String, CaseIterable, Sendable {
        case python, notebook, curl, cron, systemd, docker, nginx
    }

    package let place: Place
    package let text: String
    package let condition: Condition
}
