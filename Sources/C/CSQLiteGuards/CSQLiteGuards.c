#include "CSQLiteGuards.h"

#include <sqlite3.h>
#include <stddef.h>

int kist_sqlite_guard(void *connection) {
    static const struct {
        int option;
        int on;
    } switches[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    };
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        int now = -1;
        int status = sqlite3_db_config(connection, switches[i].option, switches[i].on, &now);
        if (status != SQLITE_OK) return status;
        if (now != switches[i].on) return SQLITE_ERROR;
    }
    return SQLITE_OK;
}
