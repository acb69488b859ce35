/// What a `kist.toml` would do, for someone who is to agree to it.
package enum TrustCommandText {
    package static func describe(_ project: FoundProject, home: String) -> String {
        var lines = ["\(Home.short(project.path, home)) asks for:"]
        if let profile = project.file.profile { lines.append("  profile  \(profile)") }
        for use in project.file.uses {
            lines.append(
                "  use      \(use.name)" + (use.prefix.isEmpty ? "" : "  (variables begin with \(use.prefix))"))
        }
        for variable in project.file.variables {
            lines.append("  env      \(variable.name) = \(variable.reference)")
        }
        for entry in project.file.map.entries { lines.append("  op://    \(entry.from) means \(entry.to)") }
        if lines.count == 1 { lines.append("  nothing") }
        // Each stays one line, whatever stands in it.
        return lines.map { Visible.text($0) }.joined(separator: "\n")
    }
}
