#include "CSQLiteGuards.h"

#include <sqlite3.h>
#include <stddef.h>

static const sqlite3_int64 heap_limit = 512LL << 20;

int kist_sqlite_guard(void *connection, int longest_row) {
    static const struct {
        int option;
        int on;
    } switches[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    };
    if (!kist_sqlite_vfs_is_used(connection)) return SQLITE_ERROR;
    /* A file made on purpose must not make SQLite take memory without end; its cache has 64 MiB, a transaction less. */
    sqlite3_hard_heap_limit64(heap_limit);
    if (sqlite3_hard_heap_limit64(-1) != heap_limit) return SQLITE_ERROR;
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        int now = -1;
        int status = sqlite3_db_config(connection, switches[i].option, switches[i].on, &now);
        if (status != SQLITE_OK) return status;
        if (now != switches[i].on) return SQLITE_ERROR;
    }
    const struct {
        int what;
        int most;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, longest_row},   {SQLITE_LIMIT_SQL_LENGTH, 4096},
        {SQLITE_LIMIT_COLUMN, 16},            {SQLITE_LIMIT_EXPR_DEPTH, 32},
        {SQLITE_LIMIT_COMPOUND_SELECT, 2},    {SQLITE_LIMIT_VDBE_OP, 4096},
        {SQLITE_LIMIT_FUNCTION_ARG, 8},       {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64}, {SQLITE_LIMIT_VARIABLE_NUMBER, 16},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 1},      {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        sqlite3_limit(connection, limits[i].what, limits[i].most);
        if (sqlite3_limit(connection, limits[i].what, -1) != limits[i].most) return SQLITE_ERROR;
    }
    return SQLITE_OK;
}

enum { steps_between_looks = 1000 };

static int look(void *argument) {
    struct kist_sqlite_budget *budget = argument;
    budget->left -= steps_between_looks;
    return budget->left < 0;
}

void kist_sqlite_watch(void *connection, struct kist_sqlite_budget *budget) {
    sqlite3_progress_handler(connection, steps_between_looks, look, budget);
}
