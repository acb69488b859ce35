import Glibc
import KistPosix
import KistProxy

Hardening.apply()
exit(await ProxyProgram.main())
