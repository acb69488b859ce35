import Glibc
import KeyringLibSecret
import KistPosix

Hardening.apply()
exit(KeyringProgram.main())
