import Glibc
import KistPosix
import KistPrompter

Hardening.apply()
exit(PrompterProgram.run(arguments: Array(CommandLine.arguments.dropFirst())))
