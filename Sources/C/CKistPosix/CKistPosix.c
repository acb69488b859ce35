#define _GNU_SOURCE
#include "CKistPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/un.h>
#include <unistd.h>

static struct rlimit core_before;
static int knows_core;

int kist_harden(void) {
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT, SIGSYS};
    int failed = 0;
    for (unsigned i = 0; i < sizeof crashes / sizeof crashes[0]; i++) {
        /* What the starter had ignored stays so: a program executed later inherits it. */
        struct sigaction now;
        if (sigaction(crashes[i], NULL, &now) == 0 && (now.sa_handler == SIG_IGN || now.sa_handler == SIG_DFL)) continue;
        if (signal(crashes[i], SIG_DFL) == SIG_ERR && !failed) failed = errno;
    }
    if (getrlimit(RLIMIT_CORE, &core_before) == 0) {
        knows_core = 1;
        /* The hard limit stays: nobody could raise it again for a program executed later. */
        struct rlimit none = {0, core_before.rlim_max};
        if (setrlimit(RLIMIT_CORE, &none) != 0 && !failed) failed = errno;
    } else if (!failed) {
        failed = errno;
    }
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 && !failed) failed = errno;
    return failed;
}

void kist_soften(void) {
    if (knows_core) (void)setrlimit(RLIMIT_CORE, &core_before);
}

int kist_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); }

int kist_memory_seal(int fd) {
    return fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}

int kist_reserve(int fd, off_t offset, off_t count) {
    while (fallocate(fd, FALLOC_FL_KEEP_SIZE, offset, count) != 0) {
        if (errno != EINTR) return errno;
    }
    return 0;
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

int kist_peer_process(int fd) {
    int process = -1;
    socklen_t size = sizeof process;
    if (getsockopt(fd, SOL_SOCKET, 77 /* SO_PEERPIDFD */, &process, &size) != 0) return -1;
    return process;
}

int kist_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

int kist_open(const char *path, int flags, unsigned mode) { return open(path, flags, (mode_t)mode); }

int kist_rename_new(const char *from, const char *to) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1 /* RENAME_NOREPLACE */);
}

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

static int argument_count;
static char **argument_values;

/* glibc hands them to every constructor. */
__attribute__((constructor)) static void take_arguments(int count, char **values) {
    argument_count = count;
    argument_values = values;
}

int kist_argument_count(void) { return argument_count; }

char *kist_argument(int index) { return argument_values[index]; }

char **kist_environ(void) { return environ; }

uint32_t kist_file_system(const char *path) {
    struct statfs facts;
    return statfs(path, &facts) == 0 ? (uint32_t)facts.f_type : 0;
}

int kist_columns(int fd) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
}

int kist_unix_socket(void) { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

int kist_unix_pair(int fds[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds); }

int kist_accept(int fd) { return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

static int address(struct sockaddr_un *to, const char *path, unsigned length) {
    if (length == 0 || length >= sizeof to->sun_path) return ENAMETOOLONG;
    memset(to, 0, sizeof *to);
    to->sun_family = AF_UNIX;
    memcpy(to->sun_path, path, length);
    return 0;
}

int kist_unix_bind(int fd, const char *path, unsigned length) {
    struct sockaddr_un to;
    int failed = address(&to, path, length);
    if (failed) return failed;
    return bind(fd, (struct sockaddr *)&to, sizeof to) == 0 ? 0 : errno;
}

int kist_unix_connect(int fd, const char *path, unsigned length) {
    struct sockaddr_un to;
    int failed = address(&to, path, length);
    if (failed) return failed;
    return connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ? 0 : errno;
}

int kist_pipe(int fds[2]) { return pipe2(fds, O_CLOEXEC); }

ssize_t kist_recv2(int fd, void *first, size_t first_count, void *second, size_t second_count) {
    struct iovec parts[2] = {{first, first_count}, {second, second_count}};
    ssize_t got;
    do got = readv(fd, parts, second_count ? 2 : 1);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

ssize_t kist_send2(int fd, const void *first, size_t first_count, const void *second, size_t second_count) {
    struct iovec parts[2] = {{(void *)first, first_count}, {(void *)second, second_count}};
    struct msghdr message = {0};
    message.msg_iov = parts;
    message.msg_iovlen = second_count ? 2 : 1;
    ssize_t sent;
    do sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t kist_recv(int fd, void *bytes, size_t count) { return kist_recv2(fd, bytes, count, NULL, 0); }

ssize_t kist_send(int fd, const void *bytes, size_t count) { return kist_send2(fd, bytes, count, NULL, 0); }

int kist_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int kist_epoll_set(int epoll, int fd, int isNew, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) == 0 ? 0 : errno;
}

int kist_epoll_remove(int epoll, int fd) { return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL) == 0 ? 0 : errno; }

int kist_epoll_wait(int epoll, uint64_t *tokens, uint32_t *events, int most, int milliseconds) {
    struct epoll_event ready[64];
    if (most > 64) most = 64;
    int count = epoll_wait(epoll, ready, most, milliseconds);
    if (count < 0) return 0;
    for (int i = 0; i < count; i++) {
        tokens[i] = ready[i].data.u64;
        events[i] = ready[i].events;
    }
    return count;
}

int kist_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int kist_signalfd(const int *signals, unsigned count) {
    sigset_t set;
    sigemptyset(&set);
    for (unsigned i = 0; i < count; i++) sigaddset(&set, signals[i]);
    int failed = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (failed) {
        errno = failed;
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int kist_try_lock(int fd) { return flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno; }

int kist_unlock(int fd) { return flock(fd, LOCK_UN) == 0 ? 0 : errno; }

int kist_thread(void *(*body)(void *), void *context) {
    pthread_attr_t attributes;
    int failed = pthread_attr_init(&attributes);
    if (failed) return failed;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 512 * 1024);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    failed = pthread_create(&thread, &attributes, body, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return failed;
}
