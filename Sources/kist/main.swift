import KistPosix

Hardening.apply()
