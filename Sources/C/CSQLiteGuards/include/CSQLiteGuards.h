#ifndef CSQLITEGUARDS_H
#define CSQLITEGUARDS_H

/* Settings of SQLite that Swift cannot make: variadic calls, and callbacks on the path of every file and every step. */

/* Name of the VFS that opens a database and its journal and touches nothing else. */
#define KIST_SQLITE_VFS "kist"

/* Registers that VFS, once, beside the default one. Returns 0 or SQLite's result code. */
int kist_sqlite_vfs(void);

/* Whether the main database of `connection`, a `sqlite3 *`, was opened through it. */
int kist_sqlite_vfs_is_used(void *connection);

/* Turns DEFENSIVE on, and triggers, views and trusted schemas off; bounds the bytes of a row and the size and number of
   everything that SQL can ask for. `connection` is a `sqlite3 *` opened through the VFS.
   Returns 0 when every switch reads back as set, else SQLite's result code (1: a switch did not take). */
int kist_sqlite_guard(void *connection, int longest_row);

/* Steps of SQLite's machine that are left before a statement is interrupted. Must outlive the connection. */
struct kist_sqlite_budget {
    long long left;
};

/* Makes statements on `connection` end with SQLITE_INTERRUPT when the budget is used up. */
void kist_sqlite_watch(void *connection, struct kist_sqlite_budget *budget);

#endif
