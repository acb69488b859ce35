import Glibc
import KistCLI
import KistPosix

Hardening.apply()
StandardDescriptors.occupy()
exit(KistProgram.run(Arguments.all))
