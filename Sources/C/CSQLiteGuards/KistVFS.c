#include "CSQLiteGuards.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* A shim over the default VFS that touches a vault and its journal, and no other file. What a hostile journal or database
   names is refused here even when it appears after the looks that were made before the open. */

static sqlite3_vfs *base;
static sqlite3_vfs shim;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

/* The databases that were opened through the shim in this process. One agent has one. */
struct known {
    struct known *next;
    char name[];
};
static struct known *all;

static int remember(const char *name) {
    pthread_mutex_lock(&gate);
    struct known *one = all;
    while (one && strcmp(one->name, name) != 0) one = one->next;
    int status = SQLITE_OK;
    if (!one) {
        size_t size = strlen(name) + 1;
        one = malloc(sizeof *one + size);
        if (one) {
            memcpy(one->name, name, size);
            one->next = all;
            all = one;
        } else {
            status = SQLITE_NOMEM;
        }
    }
    pthread_mutex_unlock(&gate);
    return status;
}

/* Whether `name` is that of a known database followed by `suffix`. */
static int belongs(const char *name, const char *suffix) {
    size_t size = strlen(name), tail = strlen(suffix);
    if (size <= tail || strcmp(name + size - tail, suffix) != 0) return 0;
    pthread_mutex_lock(&gate);
    const struct known *one = all;
    while (one && (strlen(one->name) != size - tail || strncmp(one->name, name, size - tail) != 0)) one = one->next;
    pthread_mutex_unlock(&gate);
    return one != NULL;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out) {
    (void)vfs;
    file->pMethods = NULL;
    if (!name) return SQLITE_AUTH;
    /* Temporary files, super-journals and write-ahead logs are other kinds: none of them is ever wanted. */
    if (flags & SQLITE_OPEN_MAIN_DB) {
        int status = remember(name);
        if (status != SQLITE_OK) return status;
    } else if (!(flags & SQLITE_OPEN_MAIN_JOURNAL) || !belongs(name, "-journal")) {
        return SQLITE_AUTH;
    }
    return base->xOpen(base, name, file, flags, out);
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync) {
    (void)vfs;
    return belongs(name, "-journal") ? base->xDelete(base, name, sync) : SQLITE_AUTH;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    (void)vfs;
    *result = 0;
    if (!belongs(name, "-journal") && !belongs(name, "-wal") && !belongs(name, "")) return SQLITE_AUTH;
    return base->xAccess(base, name, flags, result);
}

static int vfs_full_pathname(sqlite3_vfs *vfs, const char *name, int size, char *out) {
    (void)vfs;
    return base->xFullPathname(base, name, size, out);
}

static void *vfs_dl_open(sqlite3_vfs *vfs, const char *name) {
    (void)vfs;
    (void)name;
    return NULL;
}

static void vfs_dl_error(sqlite3_vfs *vfs, int size, char *out) {
    (void)vfs;
    if (size > 0) out[0] = '\0';
}

static void (*vfs_dl_sym(sqlite3_vfs *vfs, void *library, const char *name))(void) {
    (void)vfs;
    (void)library;
    (void)name;
    return NULL;
}

static void vfs_dl_close(sqlite3_vfs *vfs, void *library) {
    (void)vfs;
    (void)library;
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *out) {
    (void)vfs;
    return base->xRandomness(base, size, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return base->xSleep(base, microseconds);
}

static int vfs_current_time(sqlite3_vfs *vfs, double *out) {
    (void)vfs;
    return base->xCurrentTime(base, out);
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *out) {
    (void)vfs;
    return base->xGetLastError ? base->xGetLastError(base, size, out) : 0;
}

static int registration = SQLITE_ERROR;

static void register_shim(void) {
    /* Refused with SQLITE_MISUSE when SQLite runs already; the guard looks whether the name in the URI took. */
    sqlite3_config(SQLITE_CONFIG_URI, 1);
    base = sqlite3_vfs_find(NULL);
    if (!base) return;
    shim = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = base->szOsFile,
        .mxPathname = base->mxPathname,
        .zName = KIST_SQLITE_VFS,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_pathname,
        .xDlOpen = vfs_dl_open,
        .xDlError = vfs_dl_error,
        .xDlSym = vfs_dl_sym,
        .xDlClose = vfs_dl_close,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_current_time,
        .xGetLastError = vfs_last_error,
    };
    registration = sqlite3_vfs_register(&shim, 0);
}

int kist_sqlite_vfs(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_shim);
    return registration;
}

int kist_sqlite_vfs_is_used(void *connection) {
    sqlite3_vfs *used = NULL;
    return sqlite3_file_control(connection, "main", SQLITE_FCNTL_VFS_POINTER, &used) == SQLITE_OK && used == &shim;
}
