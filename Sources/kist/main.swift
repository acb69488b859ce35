import Glibc
import KistCLI
import KistPosix

Hardening.apply()
exit(KistProgram.run(CommandLine.arguments))
