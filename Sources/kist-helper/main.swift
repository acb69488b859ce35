import Glibc
import KistHelper
import KistPosix

Hardening.apply()
StandardDescriptors.occupy()
exit(HelperProgram.run())
