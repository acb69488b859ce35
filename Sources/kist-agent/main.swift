import Glibc
import KistAgent
import KistPosix
import StoreSQLite

Hardening.apply()
let stores = StoreFactory(open: SQLiteStore.open, create: SQLiteStore.create)
exit(AgentProgram.run(arguments: Array(Arguments.all.dropFirst()), stores: stores))
