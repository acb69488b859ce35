#ifndef CSQLITEGUARDS_H
#define CSQLITEGUARDS_H

/* Settings of SQLite that only exist as a variadic call, which Swift cannot make. */

/* Turns DEFENSIVE on, and triggers, views and trusted schemas off. `connection` is a `sqlite3 *`.
   Returns 0 when every switch reads back as set, else SQLite's result code (1: a switch did not take). */
int kist_sqlite_guard(void *connection);

#endif
