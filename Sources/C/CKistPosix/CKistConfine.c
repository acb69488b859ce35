#define _GNU_SOURCE
#include "CKistPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock by its numbers: the headers of a distribution may be older than the kernel that runs. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

enum {
    fs_execute = 1 << 0,
    fs_write_file = 1 << 1,
    fs_read_file = 1 << 2,
    fs_read_dir = 1 << 3,
    fs_remove_dir = 1 << 4,
    fs_remove_file = 1 << 5,
    fs_make_dir = 1 << 7,
    fs_make_reg = 1 << 8,
    fs_truncate = 1 << 14,
};

struct ruleset {
    uint64_t fs;
    uint64_t net;
    uint64_t scoped;
};

struct __attribute__((packed)) beneath {
    uint64_t allowed;
    int32_t parent;
};

int kist_landlock_level(void) {
    /* LANDLOCK_CREATE_RULESET_VERSION */
    long level = syscall(SYS_landlock_create_ruleset, NULL, 0, 1U);
    return level < 0 ? 0 : (int)level;
}

/* All rights over files that a kernel of this level knows. */
static uint64_t all_rights(int level) {
    return level >= 5 ? 0xFFFF : level >= 3 ? 0x7FFF : level >= 2 ? 0x3FFF : 0x1FFF;
}

static int allow(int rules, const char *path, uint64_t rights) {
    int place = open(path, O_PATH | O_CLOEXEC);
    if (place < 0) return errno == ENOENT || errno == EACCES || errno == ENOTDIR ? 0 : errno;
    struct stat facts;
    if (fstat(place, &facts) != 0 || !S_ISDIR(facts.st_mode)) rights &= fs_write_file | fs_read_file | fs_truncate;
    struct beneath beneath = {.allowed = rights, .parent = place};
    int failed = syscall(SYS_landlock_add_rule, rules, 1 /* path beneath */, &beneath, 0U) == 0 ? 0 : errno;
    close(place);
    return failed;
}

int kist_landlock(const char *const *writable, const char *const *readable) {
    int level = kist_landlock_level();
    if (level < 1) return ENOSYS;
    uint64_t known = all_rights(level);
    struct ruleset asked = {
        .fs = known,
        .net = level >= 4 ? 3 : 0,    /* bind and connect over TCP: none */
        .scoped = level >= 6 ? 3 : 0, /* abstract Unix sockets and signals: only among ourselves */
    };
    size_t size = level >= 6 ? 24 : level >= 4 ? 16 : 8;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &asked, size, 0U);
    if (rules < 0) return errno;
    const uint64_t reading = fs_read_file | fs_read_dir;
    const uint64_t writing =
        reading | fs_write_file | fs_remove_dir | fs_remove_file | fs_make_dir | fs_make_reg | fs_truncate;
    int failed = 0;
    for (; *writable && !failed; writable++) failed = allow(rules, *writable, writing & known);
    for (; *readable && !failed; readable++) failed = allow(rules, *readable, reading & known);
    if (!failed && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) failed = errno;
    if (!failed && syscall(SYS_landlock_restrict_self, rules, 0U) != 0) failed = errno;
    close(rules);
    return failed;
}
