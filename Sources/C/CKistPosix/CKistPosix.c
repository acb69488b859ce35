#define _GNU_SOURCE
#include "CKistPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int kist_harden(void) {
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT, SIGSYS};
    int failed = 0;
    for (unsigned i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        if (signal(crashes[i], SIG_DFL) == SIG_ERR && !failed) failed = errno;
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0 && !failed) failed = errno;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 && !failed) failed = errno;
    return failed;
}

int kist_peer(int fd, pid_t *pid, uid_t *uid, gid_t *gid) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return errno;
    *pid = peer.pid;
    *uid = peer.uid;
    *gid = peer.gid;
    return 0;
}

int kist_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

int kist_open(const char *path, int flags, unsigned mode) { return open(path, flags, (mode_t)mode); }

int kist_set_cloexec(int fd, int on) { return fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0); }

int kist_set_nonblock(int fd, int on) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return -1;
    return fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

int kist_cloexec_from(unsigned from) {
    /* CLOSE_RANGE_CLOEXEC = 4 (Linux 5.11). */
    if (syscall(SYS_close_range, from, ~0U, 4U) == 0) return 0;
    if (errno != ENOSYS && errno != EINVAL) return errno;
    long limit = sysconf(_SC_OPEN_MAX);
    for (long fd = (long)from; fd < limit; fd++) (void)fcntl((int)fd, F_SETFD, FD_CLOEXEC);
    return 0;
}

int kist_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0U); }

int kist_rename_noreplace(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 ? 0 : errno;
}

char **kist_environ(void) { return environ; }

int kist_columns(int fd) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
}
