/// The functions that shells get. Names that reach them are letters, digits and `_` only; values come as one quoted word.
/// Nothing is shown while a shell traces its commands.
enum HookScript {
    /// - Parameter program: the path of `kist`, so that no folder that one enters can put another one in its place.
    static func text(_ shell: HookShell, program: String) -> String {
        let kist = shell.word(program)
        switch shell {
        case .bash: return common(isExported: bashExported) + bash.replacing("KIST", with: kist)
        case .zsh: return common(isExported: zshExported) + zsh.replacing("KIST", with: kist)
        case .fish: return fish.replacing("KIST", with: kist)
        case .direnv: return direnv.replacing("KIST", with: kist)
        }
    }

    private static let bashExported = #"[[ "$(declare -p "$1" 2>/dev/null)" == "declare -"*x*" $1="* ]]"#
    private static let zshExported = #"[[ ${(tP)1} == *export* ]]"#

    /// What bash and zsh have in common.
    private static func common(isExported: String) -> String {
        #"""
        # kist hook: takes up the credentials of a folder's kist.toml that was agreed to, and takes them away on leaving it.
        __kist_keep() {
            case " ${__kist_names-} " in *" $1 "*) return 0 ;; esac
            __kist_names="${__kist_names-} $1"
            eval "[ \"\${$1+x}\" ]" || return 0
            if \#(isExported); then eval "__kist_out_$1=1"; fi
            eval "__kist_was_$1=\$$1"
        }
        # Where no kist.toml is and none was, a prompt starts no program.
        __kist_is_wanted() {
            [ -z "${__kist_state-}" ] || return 0
            local folder="$PWD"
            while [ -n "$folder" ]; do
                [ ! -e "$folder/kist.toml" ] || return 0
                folder="${folder%/*}"
            done
            [ -e /kist.toml ]
        }
        # Without what it was declared as: an integer would be computed from the value.
        __kist_put() { __kist_keep "$1"; unset -v "$1"; export "$1=$2"; }
        __kist_drop() { __kist_keep "$1"; unset -v "$1"; }
        __kist_leave() {
            # Named so that no variable of a kist.toml is one of these.
            local __kist_name __kist_rest="${__kist_names-} "
            __kist_names=
            while [ -n "$__kist_rest" ]; do
                __kist_name="${__kist_rest%% *}"
                __kist_rest="${__kist_rest#* }"
                [ -n "$__kist_name" ] || continue
                unset -v "$__kist_name"
                eval "[ \"\${__kist_was_$__kist_name+x}\" ]" || continue
                eval "$__kist_name=\"\$__kist_was_$__kist_name\""
                if eval "[ \"\${__kist_out_$__kist_name+x}\" ]"; then export "$__kist_name"; fi
                unset -v "__kist_was_$__kist_name" "__kist_out_$__kist_name"
            done
        }

        """#
    }

    private static let bash = #"""
        __kist_hook() {
            local __kist_status=$?
            local -
            { set +xv; } 2>/dev/null
            __kist_is_wanted || return $__kist_status
            local __kist_update
            __kist_update="$(KIST hook bash --now "${__kist_state-}")" && eval "$__kist_update"
            return $__kist_status
        }
        if [[ "$(declare -p PROMPT_COMMAND 2>/dev/null)" == "declare -a"* ]]; then
            [[ " ${PROMPT_COMMAND[*]} " == *" __kist_hook "* ]] || PROMPT_COMMAND=(__kist_hook "${PROMPT_COMMAND[@]}")
        elif [[ ";${PROMPT_COMMAND-};" != *";__kist_hook;"* ]]; then
            PROMPT_COMMAND="__kist_hook${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
        fi

        """#

    private static let zsh = #"""
        __kist_hook() {
            { setopt localoptions noxtrace noverbose; } 2>/dev/null
            __kist_is_wanted || return 0
            local __kist_update
            __kist_update="$(KIST hook zsh --now "${__kist_state-}")" && eval "$__kist_update"
        }
        typeset -ag precmd_functions
        if (( ! ${precmd_functions[(I)__kist_hook]} )); then precmd_functions=(__kist_hook $precmd_functions); fi

        """#

    private static let fish = #"""
        # kist hook: takes up the credentials of a folder's kist.toml that was agreed to, and takes them away on leaving it.
        function __kist_keep
            contains -- $argv[1] $__kist_names; and return
            set -ga __kist_names $argv[1]
            set -q $argv[1]; or return
            set -qx $argv[1]; and set -g __kist_out_$argv[1] 1
            set -g __kist_was_$argv[1] $$argv[1]
        end
        function __kist_put
            __kist_keep $argv[1]
            set -gx $argv[1] $argv[2]
        end
        function __kist_drop
            __kist_keep $argv[1]
            set -eg $argv[1]
        end
        function __kist_leave
            for name in $__kist_names
                set -eg $name
                set -l was __kist_was_$name
                set -q $was; or continue
                if set -q __kist_out_$name
                    set -gx $name $$was
                else
                    set -g $name $$was
                end
                set -eg $was
                set -eg __kist_out_$name
            end
            set -g __kist_names
        end
        function __kist_hook --on-event fish_prompt
            set -l fish_trace
            if test -z "$__kist_state"
                set -l folder $PWD
                while test -n "$folder"; and not test -e "$folder/kist.toml"
                    set folder (string replace -r '/[^/]*$' '' -- $folder)
                end
                test -n "$folder"; or test -e /kist.toml; or return
            end
            KIST hook fish --now "$__kist_state" | source
        end

        """#

    private static let direnv = #"""
        # use kist [NAME…]: the credentials of the folder's kist.toml that was agreed to, or those that are named.
        use_kist() {
            watch_file kist.toml
            __kist_leave() { :; }
            __kist_put() { unset -v "$1"; export "$1=$2"; }
            __kist_drop() { unset -v "$1"; }
            local __kist_update
            __kist_update="$(KIST hook direnv --now '' -- "$@")" || return 1
            eval "$__kist_update"
            unset __kist_state
        }

        """#
}
