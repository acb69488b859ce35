/// Names of variables that one reader or another does not take for a plain variable.
enum EnvName {
    /// Letters, digits and `_`, no digit first.
    static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
    }

    /// What sh, bash or zsh refuse to set, change, or act upon (zsh tries to become another user at `USERNAME=`).
    static func isShells(_ name: String) -> Bool { shells.contains(name) }

    static func isFishs(_ name: String) -> Bool { fishs.contains(name) }

    static func isGitHubs(_ name: String) -> Bool {
        name.hasPrefix("GITHUB_") || name.hasPrefix("RUNNER_") || name == "NODE_OPTIONS"
    }

    private static let shells: Set<String> = [
        "_", "UID", "EUID", "GID", "EGID", "PPID", "BASHPID", "GROUPS", "RANDOM", "SRANDOM", "SECONDS", "LINENO",
        "EPOCHSECONDS", "EPOCHREALTIME", "FUNCNAME", "DIRSTACK", "PIPESTATUS", "BASH_VERSINFO", "BASH_ARGC",
        "BASH_ARGV",
        "BASH_ARGV0", "BASH_CMDS", "BASH_ALIASES", "BASH_COMMAND", "BASH_LINENO", "BASH_SOURCE", "BASH_SUBSHELL",
        "BASH_REMATCH", "BASH_COMPAT", "COMP_WORDBREAKS", "HISTCMD", "OPTIND", "OPTARG", "OPTERR", "MAPFILE",
        "COPROC", "USERNAME", "ERRNO", "TTYIDLE", "TTY", "HISTSIZE", "SAVEHIST", "HISTFILESIZE", "MAILCHECK", "LINES",
        "COLUMNS", "KEYTIMEOUT", "LISTMAX", "FUNCNEST", "histchars", "HISTCHARS", "argv", "status", "pipestatus",
        "path", "cdpath", "fpath", "manpath", "mailpath", "fignore", "module_path", "psvar", "watch", "signals",
        "zsh_eval_context", "aliases", "commands", "functions", "options", "parameters", "keymaps", "widgets",
        "history", "historywords", "jobstates", "jobdirs", "jobtexts", "nameddirs", "userdirs", "usergroups",
        "modules", "builtins", "reswords", "termcap", "terminfo", "PROMPT", "PROMPT2", "PROMPT3", "PROMPT4",
        "RPROMPT", "RPS1", "RPROMPT2", "RPS2", "SPROMPT", "WORDCHARS", "ZSH_EVAL_CONTEXT", "ZSH_SUBSHELL",
        "ZSH_ARGZERO", "CPUTYPE", "MACHTYPE", "OSTYPE", "VENDOR", "TRY_BLOCK_ERROR", "TRY_BLOCK_INTERRUPT", "HOST",
        "FIGNORE", "MODULE_PATH", "PSVAR", "WATCH", "MANPATH", "MAILPATH", "NULLCMD", "READNULLCMD", "ARGC",
    ]

    private static let fishs: Set<String> = [
        "_", "status", "pipestatus", "version", "FISH_VERSION", "history", "hostname", "fish_pid", "fish_kill_signal",
        "fish_killring", "status_generation", "umask", "argv", "PWD", "SHLVL", "COLUMNS", "LINES", "last_pid",
    ]
}
