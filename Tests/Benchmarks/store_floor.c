/* The floor under a batch: the same number of rows of the same sizes, each part sealed with secretbox, in one SQLite
 * transaction with the same settings, and nothing else. Prints seconds from BEGIN to the end of COMMIT.
 *
 *   store_floor FILE ROWS OVERVIEW SECRET      sizes in bytes of the two sealed parts of a row
 */
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sqlite3 *db;

static void must(int code, int expected, const char *what) {
    if (code == expected) return;
    fprintf(stderr, "store_floor: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void sql(const char *text) { must(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK, text); }

/* Seals `size` bytes in all (nonce, tag and message together) into `sealed`. */
static void seal(unsigned char *sealed, int size, const unsigned char *key) {
    static unsigned char message[1 << 16];
    int plain = size - crypto_secretbox_NONCEBYTES - crypto_secretbox_MACBYTES;
    randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, message, plain, sealed, key);
}

int main(int argc, char **argv) {
    if (argc != 5 || sodium_init() < 0) return 64;
    int rows = atoi(argv[2]), overview = atoi(argv[3]), secret = atoi(argv[4]);
    unsigned char key[crypto_secretbox_KEYBYTES], place[16], sealed[1 << 16];
    crypto_secretbox_keygen(key);
    must(sqlite3_open(argv[1], &db), SQLITE_OK, "open");
    sql("PRAGMA journal_mode=DELETE");
    sql("PRAGMA synchronous=EXTRA");
    sql("PRAGMA secure_delete=ON");
    sql("CREATE TABLE record (lookup BLOB NOT NULL, revision INTEGER NOT NULL, overview BLOB NOT NULL,"
        " secret BLOB NOT NULL, PRIMARY KEY (lookup, revision)) WITHOUT ROWID");
    sqlite3_stmt *insert;
    must(sqlite3_prepare_v2(db, "INSERT INTO record VALUES (?, ?, ?, ?)", -1, &insert, NULL), SQLITE_OK, "prepare");

    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    sql("BEGIN IMMEDIATE");
    for (int row = 0; row < rows; row++) {
        char name[32];
        int length = snprintf(name, sizeof name, "default/bench-%06d", row);
        crypto_generichash(place, sizeof place, (unsigned char *)name, length, key, sizeof key);
        sqlite3_bind_blob(insert, 1, place, sizeof place, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 2, row + 1);
        seal(sealed, overview, key);
        sqlite3_bind_blob(insert, 3, sealed, overview, SQLITE_TRANSIENT);
        seal(sealed, secret, key);
        sqlite3_bind_blob(insert, 4, sealed, secret, SQLITE_TRANSIENT);
        must(sqlite3_step(insert), SQLITE_DONE, "insert");
        sqlite3_reset(insert);
    }
    sql("COMMIT");
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.6f\n", end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9);
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return 0;
}
