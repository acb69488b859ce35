#define _GNU_SOURCE
#include "CKistPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs in the forked child: only async-signal-safe calls from here to execve. */
static void become(const char *path, char *const *argv, int pass, int other, int null) {
    char *const none[] = {NULL};
    /* Out of the way of 0 to 3 first, so that no dup2 overwrites what a later one needs. */
    int high = fcntl(pass, F_DUPFD, 16);
    int quiet = fcntl(null, F_DUPFD, 16);
    int second = other < 0 ? -1 : fcntl(other, F_DUPFD, 16);
    if (high < 0 || quiet < 0 || (other >= 0 && second < 0)) _exit(125);
    for (int fd = 0; fd < 3; fd++)
        if (dup2(quiet, fd) < 0) _exit(125);
    if (dup2(high, 3) < 0) _exit(125);
    if (second >= 0 && dup2(second, 4) < 0) _exit(125);
    unsigned first = second >= 0 ? 5 : 4;
    if (syscall(SYS_close_range, first, ~0U, 0U) != 0)
        for (int fd = (int)first; fd < 4096; fd++) close(fd);
    for (int number = 1; number <= 64; number++) signal(number, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    umask(077);
    if (chdir("/") != 0) _exit(125);
    execve(path, argv, none);
    unsigned char failed[2] = {'X', (unsigned char)errno};
    ssize_t ignored = write(3, failed, sizeof failed);
    (void)ignored;
    _exit(125);
}

int kist_spawn_orphan(const char *path, char *const *argv, int pass, int other) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return errno;
    pid_t middle = fork();
    if (middle < 0) {
        int failed = errno;
        close(null);
        return failed;
    }
    if (middle == 0) {
        setsid();
        pid_t last = fork();
        if (last < 0) _exit(126);
        if (last > 0) _exit(0);
        become(path, argv, pass, other, null);
    }
    close(null);
    int status = 0;
    pid_t ended;
    do ended = waitpid(middle, &status, 0);
    while (ended < 0 && errno == EINTR);
    return ended == middle && !(WIFEXITED(status) && WEXITSTATUS(status) == 0) ? EAGAIN : 0;
}

int kist_spawn_child(const char *path, char *const *argv, char *const *environment, int input, int both,
                     pid_t *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed) return failed;
    failed = posix_spawnattr_init(&attributes);
    if (failed) {
        posix_spawn_file_actions_destroy(&actions);
        return failed;
    }
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    if (!failed) failed = posix_spawnattr_setsigdefault(&attributes, &all);
    if (!failed) failed = posix_spawnattr_setsigmask(&attributes, &none);
    if (!failed) failed = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    if (!failed) failed = posix_spawn_file_actions_adddup2(&actions, input, 0);
    if (!failed)
        failed = both ? posix_spawn_file_actions_adddup2(&actions, input, 1)
                      : posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_RDWR, 0);
    if (!failed) failed = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_RDWR, 0);
    if (!failed) failed = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    if (!failed) failed = posix_spawn(pid, path, &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}
