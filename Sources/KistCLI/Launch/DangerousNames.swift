/// Names of environment variables that make programs run code, load libraries or read other files than they would.
///
/// `sudo` is sudo's own table: every line of its `env_delete` and `env_check` lists (sudo 1.9.16,
/// plugins/sudoers/env.c), those for other systems too. `further` is what sudo does not need because it starts from
/// an empty environment. A trailing `*` stands for any ending, a leading one for any beginning.
package enum DangerousNames {
    /// 56 lines.
    package static let sudo = [
        // Shells.
        "IFS", "CDPATH", "ENV", "BASH_ENV", "PS4", "GLOBIGNORE", "BASHOPTS", "SHELLOPTS", "FPATH", "NULLCMD",
        "READNULLCMD", "ZDOTDIR", "TMPPREFIX", "*=()*",
        // The loader and the C library.
        "LD_*", "_RLD*", "SHLIB_PATH", "LDR_*", "LIBPATH", "DYLD_*", "LOCALDOMAIN", "RES_OPTIONS", "HOSTALIASES",
        "NLSPATH", "PATH_LOCALE",
        // Sign-on systems.
        "AUTHSTATE", "KRB_CONF*", "KRBCONFDIR", "KRBTKFILE", "KRB5_CONFIG*", "KRB5_KTNAME", "VAR_ACE", "USR_ACE",
        "DLC_ACE",
        // Terminals.
        "TERMINFO", "TERMINFO_DIRS", "TERMPATH", "TERMCAP",
        // Languages.
        "JAVA_TOOL_OPTIONS", "PERLIO_DEBUG", "PERLLIB", "PERL5LIB", "PERL5OPT", "PERL5DB", "PYTHONHOME", "PYTHONPATH",
        "PYTHONINSPECT", "PYTHONUSERBASE", "RUBYLIB", "RUBYOPT",
        // Checked by sudo for '/' and '%' (locale and zone files); no credential needs them.
        "COLORTERM", "LANG", "LANGUAGE", "LC_*", "LINGUAS", "TERM", "TZ",
    ]

    package static let further = [
        // Where programs and their settings are found; Kist itself.
        "PATH", "HOME", "SHELL", "USER", "LOGNAME", "TMPDIR", "XDG_CONFIG_*", "XDG_DATA_*", "XDG_RUNTIME_DIR", "KIST_*",
        // Shells and pagers.
        "BASH_FUNC*", "BASH_LOADABLES_PATH", "BASH_XTRACEFD", "fish_*", "precmd_functions",
        "preexec_functions", "chpwd_functions", "periodic_functions", "zshexit_functions", "zshaddhistory_functions",
        "__kist_*", "PROMPT_COMMAND", "PS0", "PS1", "PS2", "PS3", "INPUTRC",
        "LESSOPEN", "LESSCLOSE", "LESSKEY*", "PAGER", "MANPAGER", "EDITOR", "VISUAL", "FCEDIT", "SUDO_EDITOR",
        "SUDO_ASKPASS", "BROWSER", "VIMINIT", "EXINIT", "VIM", "VIMRUNTIME", "EMACSLOADPATH",
        // The C library and others that load code.
        "GCONV_PATH", "GETCONF_DIR", "LOCPATH", "GLIBC_TUNABLES", "MALLOC_*", "RESOLV_*", "NIS_PATH",
        "OPENSSL_CONF", "OPENSSL_ENGINES", "OPENSSL_MODULES", "SSLKEYLOGFILE", "GTK_MODULES", "GTK_PATH",
        "GIO_EXTRA_MODULES", "GIO_MODULE_DIR", "QT_PLUGIN_PATH", "LIBGL_DRIVERS_PATH", "TCLLIBPATH",
        // git, ssh and what they start.
        "GIT_SSH*", "GIT_CONFIG*", "GIT_EXEC_PATH", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_EDITOR",
        "GIT_SEQUENCE_EDITOR", "GIT_ASKPASS", "GIT_PROXY_COMMAND", "GIT_TEMPLATE_DIR", "GIT_DIR", "GIT_TRACE*",
        "GIT_ALLOW_PROTOCOL", "SSH_ASKPASS*", "RSYNC_RSH", "CVS_RSH", "SVN_SSH", "HGRCPATH",
        // Languages and their tools.
        "PYTHON*", "PERL5*", "PERL_*", "RUBY*", "GEM_HOME", "GEM_PATH", "BUNDLE_*", "NODE_OPTIONS", "NODE_PATH",
        "NPM_CONFIG_*", "npm_config_*", "ELECTRON_RUN_AS_NODE", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH",
        "MAVEN_OPTS", "MAVEN_ARGS", "GRADLE_OPTS", "JAVA_OPTS", "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS",
        "CORECLR_*", "COR_*", "COMPLUS_*", "LUA_INIT*", "LUA_PATH*", "LUA_CPATH*", "GUILE_LOAD*", "PHPRC",
        "PHP_INI_SCAN_DIR", "R_PROFILE*", "R_ENVIRON*", "R_LIBS*", "R_HOME", "JULIA_*", "GOFLAGS", "GOENV", "RUSTFLAGS",
        "RUSTC*", "CARGO_BUILD_*", "CARGO_HOME", "MAKEFLAGS", "MFLAGS", "MAKEFILES", "CC", "CXX", "AWKPATH",
        "AWKLIBPATH", "ERL_*", "ELIXIR_ERL_OPTIONS", "OCAMLRUNPARAM", "CAML_LD_LIBRARY_PATH", "IPYTHONDIR",
        "JUPYTER_*", "DOCKER_CONFIG", "ANSIBLE_*", "WGETRC", "CURL_HOME",
        "NODE_*", "PIP_*", "UV_*", "CARGO_*", "GOPROXY", "GOTOOLCHAIN", "GONOSUMDB", "GONOSUMCHECK", "GONOPROXY",
        "GOINSECURE", "GOPRIVATE", "GOSUMDB", "GOVCS", "GOAUTH", "GOPATH", "GOROOT", "GOBIN", "GOCACHEPROG",
        "GOEXPERIMENT", "CGO_*", "PKG_CONFIG*", "CMAKE_*", "LD", "AR", "AS", "CPP", "FC", "NM", "RANLIB", "STRIP",
        "OBJCOPY", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH",
        "LIBRARY_PATH", "COMPILER_PATH", "GCC_EXEC_PREFIX",
        // Where packages, answers and trust come from.
        "*_proxy", "*_PROXY", "*_INDEX_URL", "SSL_CERT_*", "*_CA_BUNDLE", "*_PAGER", "*_EDITOR",
        // Settings of programs that name commands, servers or other credentials.
        "TF_CLI_*", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY", "KUBECONFIG",
        "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "CLOUDSDK_CONFIG", "AZURE_CONFIG_DIR", "BOTO_CONFIG",
        "GNUPGHOME", "PSQLRC", "PGSYSCONFDIR", "PGSERVICEFILE", "MYSQL_HOME", "NETRC",
    ]

    /// What the table above would take along: credentials of programs whose other variables are dangerous.
    static let harmless: Set = [
        "CARGO_REGISTRY_TOKEN", "UV_PUBLISH_TOKEN", "UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD", "UV_PUBLISH_URL",
        "NODE_AUTH_TOKEN",
    ]

    /// Names of files that may be set to one that Kist has just made from its own data: its settings name no command, and
    /// what stands in it is quoted.
    static let ownFiles: Set = ["KUBECONFIG", "DOCKER_CONFIG"]

    /// `CARGO_REGISTRIES_NAME_TOKEN`.
    private static func isRegistryToken(_ name: String) -> Bool {
        name.hasPrefix("CARGO_REGISTRIES_") && name.hasSuffix("_TOKEN")
    }

    /// Whether a program may take `name` for more than data.
    package static func contains(_ name: String) -> Bool {
        guard !harmless.contains(name), !isRegistryToken(name) else { return false }
        return exact.contains(name) || prefixes.contains { name.hasPrefix($0) }
            || suffixes.contains { name.hasSuffix($0) }
    }

    /// Whether older shells take a value for a function definition: sudo's `*=()*`.
    package static func looksLikeFunction(_ value: UnsafeRawBufferPointer) -> Bool {
        value.count >= 2 && value[0] == UInt8(ascii: "(") && value[1] == UInt8(ascii: ")")
    }

    private static let exact = Set((sudo + further).filter { !$0.contains("*") })
    private static let prefixes = (sudo + further).filter { $0.hasSuffix("*") && !$0.hasPrefix("*") }
        .map { String($0.dropLast()) }
    private static let suffixes = (sudo + further).filter { $0.hasPrefix("*") && !$0.hasSuffix("*") }
        .map { String($0.dropFirst()) }
}
