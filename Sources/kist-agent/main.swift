import KistPosix
Hardening.apply()
