/* The floor under a change of the root: the same number of rows of the same sizes are read in batches, opened, sealed under
 * other keys, written under other lookup ids, and the former ones deleted, each batch in one SQLite transaction with the
 * vault's settings, and nothing else: no index, no manifest, no check at the end. Prints seconds, the filling left out.
 *
 *   rekey_floor FILE CREDENTIALS REVISIONS OVERVIEW SECRET      sizes in bytes of the two sealed parts of a row
 */
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 1000, MOST = 1 << 16 };
static sqlite3 *db;

static void must(int code, int expected, const char *what) {
    if (code == expected) return;
    fprintf(stderr, "rekey_floor: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void sql(const char *text) { must(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK, text); }

static sqlite3_stmt *prepared(const char *text) {
    sqlite3_stmt *statement;
    must(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK, text);
    return statement;
}

/* The key of one part of one row, from a master key and its place, as the vault derives it. */
static void part_key(unsigned char *key, const unsigned char *master, const unsigned char *lookup, long revision, char part) {
    unsigned char context[160] = "kist/v1/record";
    memcpy(context + 100, lookup, 16);
    memcpy(context + 116, &revision, sizeof revision);
    context[130] = (unsigned char)part;
    crypto_generichash(key, 32, context, sizeof context, master, 32);
}

static void seal(unsigned char *sealed, int size, const unsigned char *plain, const unsigned char *key) {
    randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, plain,
                          size - crypto_secretbox_NONCEBYTES - crypto_secretbox_MACBYTES, sealed, key);
}

static void open_box(unsigned char *plain, const unsigned char *sealed, int size, const unsigned char *key) {
    if (crypto_secretbox_open_easy(plain, sealed + crypto_secretbox_NONCEBYTES, size - crypto_secretbox_NONCEBYTES, sealed,
                                   key) != 0)
        exit(2);
}

static int ascending(const void *left, const void *right) { return memcmp(left, right, 16); }

int main(int argc, char **argv) {
    if (argc != 6 || sodium_init() < 0) return 64;
    long credentials = atol(argv[2]), revisions = atol(argv[3]);
    int sizes[2] = {atoi(argv[4]), atoi(argv[5])};
    unsigned char former[32], present[32], key[32], plain[MOST] = {0}, sealed[2][MOST];
    crypto_secretbox_keygen(former);
    crypto_secretbox_keygen(present);
    unsigned char(*lookups)[16] = malloc((size_t)credentials * 16);
    for (long number = 0; number < credentials; number++)
        crypto_generichash(lookups[number], 16, (unsigned char *)&number, sizeof number, former, 32);
    qsort(lookups, (size_t)credentials, 16, ascending);

    must(sqlite3_open(argv[1], &db), SQLITE_OK, "open");
    sql("PRAGMA journal_mode=DELETE");
    sql("PRAGMA synchronous=EXTRA");
    sql("PRAGMA secure_delete=ON");
    sql("PRAGMA cache_spill=OFF");
    sql("PRAGMA cache_size=-65536");
    sql("CREATE TABLE record (lookup BLOB NOT NULL, revision INTEGER NOT NULL, overview BLOB NOT NULL,"
        " secret BLOB NOT NULL, PRIMARY KEY (lookup, revision)) WITHOUT ROWID");
    sqlite3_stmt *insert = prepared("INSERT INTO record VALUES (?, ?, ?, ?)");
    sqlite3_stmt *drop = prepared("DELETE FROM record WHERE lookup = ? AND revision = ?");
    sqlite3_stmt *read = prepared("SELECT revision, overview, secret FROM record WHERE lookup = ? ORDER BY revision");

    sql("BEGIN");
    for (long number = 0; number < credentials; number++)
        for (long revision = 1; revision <= revisions; revision++) {
            sqlite3_bind_blob(insert, 1, lookups[number], 16, SQLITE_STATIC);
            sqlite3_bind_int64(insert, 2, revision);
            for (int part = 0; part < 2; part++) {
                part_key(key, former, lookups[number], revision, (char)part);
                seal(sealed[part], sizes[part], plain, key);
                sqlite3_bind_blob(insert, 3 + part, sealed[part], sizes[part], SQLITE_STATIC);
            }
            must(sqlite3_step(insert), SQLITE_DONE, "fill");
            sqlite3_reset(insert);
        }
    sql("COMMIT");

    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    long in_batch = 0;
    for (long number = 0; number < credentials; number++) {
        if (in_batch == 0) sql("BEGIN IMMEDIATE");
        unsigned char fresh[16];
        crypto_generichash(fresh, 16, lookups[number], 16, present, 32);
        sqlite3_bind_blob(read, 1, lookups[number], 16, SQLITE_STATIC);
        long met[64], count = 0;
        while (sqlite3_step(read) == SQLITE_ROW) {
            long revision = sqlite3_column_int64(read, 0);
            sqlite3_bind_blob(insert, 1, fresh, 16, SQLITE_STATIC);
            sqlite3_bind_int64(insert, 2, revision);
            for (int part = 0; part < 2; part++) {
                part_key(key, former, lookups[number], revision, (char)part);
                open_box(plain, sqlite3_column_blob(read, 1 + part), sizes[part], key);
                part_key(key, present, fresh, revision, (char)part);
                seal(sealed[part], sizes[part], plain, key);
                sqlite3_bind_blob(insert, 3 + part, sealed[part], sizes[part], SQLITE_STATIC);
            }
            must(sqlite3_step(insert), SQLITE_DONE, "insert");
            sqlite3_reset(insert);
            met[count++ % 64] = revision;
        }
        sqlite3_reset(read);
        for (long place = 0; place < count; place++) {
            sqlite3_bind_blob(drop, 1, lookups[number], 16, SQLITE_STATIC);
            sqlite3_bind_int64(drop, 2, met[place]);
            must(sqlite3_step(drop), SQLITE_DONE, "delete");
            sqlite3_reset(drop);
        }
        in_batch += count;
        if (in_batch >= BATCH || number == credentials - 1) {
            sql("COMMIT");
            in_batch = 0;
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.6f\n", end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9);
    sqlite3_finalize(insert);
    sqlite3_finalize(drop);
    sqlite3_finalize(read);
    sqlite3_close(db);
    free(lookups);
    return 0;
}
