import KistClient

/// Where programs keep what was typed.
enum HistoryScan {
    /// Beneath the home folder.
    static let places = [
        ".bash_history", ".zsh_history", ".zhistory", ".histfile", ".history", ".sh_history", ".ash_history",
        ".ksh_history", ".mksh_history", ".tcsh_history", ".python_history", ".node_repl_history", ".irb_history",
        ".Rhistory", ".scala_history", ".julia/logs/repl_history.jl", ".psql_history", ".mysql_history",
        ".mariadb_history", ".sqlite_history", ".rediscli_history", ".mongosh/mongosh_repl_history", ".dbshell",
        ".lesshst", ".viminfo", ".local/share/fish/fish_history", ".local/share/nushell", ".local/share/xonsh",
        ".local/share/powershell/PSReadLine", ".local/state", ".config/nushell/history.txt", ".ipython", ".jupyter",
        ".wget-hsts", ".gdb_history", ".local/share/jupyter",
    ]

    static func run(_ scan: inout Scan, _ session: Session) {
        for place in places { scan.tree("\(session.places.home)/\(place)", isGiven: false) }
        // Where the shells were told to keep it.
        for name in [
            "HISTFILE", "LESSHISTFILE", "PSQL_HISTORY", "MYSQL_HISTFILE", "NODE_REPL_HISTORY", "PYTHON_HISTORY",
        ] {
            guard let path = session.environment.nonEmpty(name), path.hasPrefix("/"), path != "/dev/null",
                !places.contains(where: { "\(session.places.home)/\($0)" == path })
            else { continue }
            scan.tree(path, isGiven: false)
        }
    }
}
