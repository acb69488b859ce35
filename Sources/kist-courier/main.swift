import Glibc
import KistPosix
import KistRotation

Hardening.apply()
exit(CourierProgram.main())
