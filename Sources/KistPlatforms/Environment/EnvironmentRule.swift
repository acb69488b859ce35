/// A variable that programs expect.
package struct EnvironmentRule: Sendable {
    /// The variable's name; only `{name}` and plain fields may stand in it.
    package let name: Template
    package let value: Template
    package let condition: Condition
    /// What to tell the user when the package was found, or not looked at, and its version rules this out.
    package let otherwise: String?
}

/// A variable that must not reach the program.
package struct UnsetRule: Hashable, Sendable {
    package let name: String
    package let condition: Condition
}

/// A file that the program needs, made in a private folder that goes when the program ends.
package struct FileRecipe: Sendable {
    /// Relative to the private folder, without `..`.
    package let path: String
    /// Permission bits: 0o600, or 0o400.
    package let mode: UInt16
    /// A line that refers to a field without a value is left out.
    package let content: Template
    /// Which of the user's own files is copied in after it.
    package let merge: FileMerge?
    package let condition: Condition
}

/// What of the user's own is kept beside a rendered file.
package enum FileMerge: String, CaseIterable, Sendable {
    /// The tables of the user's own `connections.toml` (of `$SNOWFLAKE_HOME`, `~/.snowflake` or
    /// `~/.config/snowflake`) but the one of the same name, and a `config.toml` beside it.
    case connections
}
