#define _GNU_SOURCE
#include "CKistRelay.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <ucontext.h>
#include <unistd.h>

static const int relayed[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH,
                              SIGALRM, SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE};
#define RELAYED (sizeof relayed / sizeof relayed[0])

int kist_pty_open(int like, int plain, int *master, int *slave) {
    int first = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (first < 0) return errno;
    char name[128];
    int second = -1;
    if (grantpt(first) == 0 && unlockpt(first) == 0 && ptsname_r(first, name, sizeof name) == 0)
        second = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (second < 0) {
        int failed = errno;
        close(first);
        return failed;
    }
    struct termios settings;
    if ((like >= 0 && tcgetattr(like, &settings) == 0) || tcgetattr(second, &settings) == 0) {
        if (plain) settings.c_oflag &= ~(tcflag_t)OPOST;
        (void)tcsetattr(second, TCSANOW, &settings);
    }
    if (like >= 0) kist_pty_resize(like, first);
    *master = first;
    *slave = second;
    return 0;
}

void kist_pty_resize(int from, int to) {
    struct winsize size;
    if (ioctl(from, TIOCGWINSZ, &size) == 0) (void)ioctl(to, TIOCSWINSZ, &size);
}

int kist_relay_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < RELAYED; i++) sigaddset(&set, relayed[i]);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    signal(SIGCHLD, SIG_DFL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int kist_relay_signal(int fd, int *byTerminal) {
    struct signalfd_siginfo info;
    if (read(fd, &info, sizeof info) != (ssize_t)sizeof info) return 0;
    *byTerminal = info.ssi_code == SI_KERNEL;
    return (int)info.ssi_signo;
}

int kist_relay_start(const char *path, char *const *arguments, char *const *shell, char *const *variables,
                     const int fds[3], pid_t *child) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed) return failed;
    failed = posix_spawnattr_init(&attributes);
    if (failed) {
        posix_spawn_file_actions_destroy(&actions);
        return failed;
    }
    sigset_t none;
    sigemptyset(&none);
    failed = posix_spawnattr_setsigmask(&attributes, &none);
    if (!failed) failed = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    /* dup2 of a descriptor onto itself keeps it open in the program. */
    for (int i = 0; i < 3 && !failed; i++) failed = posix_spawn_file_actions_adddup2(&actions, fds[i], i);
    if (!failed) failed = posix_spawn(child, path, &actions, &attributes, arguments, variables);
    if (failed == ENOEXEC) failed = posix_spawn(child, shell[0], &actions, &attributes, shell, variables);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

void kist_relay_stop(int number) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    raise(number);
    /* Pending until here; an ignored one, or one in a group that nobody could continue, does nothing. */
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/* The program itself: only async-signal-safe calls from here to execve. */
static void become(const char *path, char *const *arguments, char *const *shell, char *const *variables,
                   const int fds[3], int slave, int failure) {
    setpgid(0, 0);
    (void)tcsetpgrp(slave, getpid());
    int high[3];
    for (int i = 0; i < 3; i++) high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 64);
    for (int i = 0; i < 3; i++)
        if (high[i] < 0 || dup2(high[i], i) < 0) goto failed;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, arguments, variables);
    if (errno == ENOEXEC) execve(shell[0], shell, variables);
failed:;
    int code = errno;
    ssize_t ignored = write(failure, &code, sizeof code);
    (void)ignored;
    _exit(127);
}

#if defined(__x86_64__)
enum { WIDE = 1, WIDER = 2 };

/* Which wide registers processor and kernel have. The compiler's own words for it would ask in a constructor, in every program
   that this file is linked into, and each question stops a virtual machine for some microseconds. */
static int wide_registers(void) {
    unsigned a, b, c, d, low, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_AVX)) return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if ((low & 0x06) != 0x06) return 0;
    int has512 = (low & 0xe6) == 0xe6 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX512F);
    return has512 ? WIDE | WIDER : WIDE;
}
#endif

/* The wide registers hold what was copied last. */
static void clear_registers(void) {
#if defined(__x86_64__)
    static int known = -1;
    if (known < 0) known = wide_registers();
    if (known & WIDE) __asm__ volatile("vzeroall" ::: "memory");
    if (known & WIDER)
        __asm__ volatile(
            "vpxorq %%zmm16, %%zmm16, %%zmm16\n\t"
            "vpxorq %%zmm17, %%zmm17, %%zmm17\n\t"
            "vpxorq %%zmm18, %%zmm18, %%zmm18\n\t"
            "vpxorq %%zmm19, %%zmm19, %%zmm19\n\t"
            "vpxorq %%zmm20, %%zmm20, %%zmm20\n\t"
            "vpxorq %%zmm21, %%zmm21, %%zmm21\n\t"
            "vpxorq %%zmm22, %%zmm22, %%zmm22\n\t"
            "vpxorq %%zmm23, %%zmm23, %%zmm23\n\t"
            "vpxorq %%zmm24, %%zmm24, %%zmm24\n\t"
            "vpxorq %%zmm25, %%zmm25, %%zmm25\n\t"
            "vpxorq %%zmm26, %%zmm26, %%zmm26\n\t"
            "vpxorq %%zmm27, %%zmm27, %%zmm27\n\t"
            "vpxorq %%zmm28, %%zmm28, %%zmm28\n\t"
            "vpxorq %%zmm29, %%zmm29, %%zmm29\n\t"
            "vpxorq %%zmm30, %%zmm30, %%zmm30\n\t"
            "vpxorq %%zmm31, %%zmm31, %%zmm31\n\t"
            ::: "memory");
#elif defined(__aarch64__)
    __asm__ volatile(
        "movi v0.16b, #0\n\t"
        "movi v1.16b, #0\n\t"
        "movi v2.16b, #0\n\t"
        "movi v3.16b, #0\n\t"
        "movi v4.16b, #0\n\t"
        "movi v5.16b, #0\n\t"
        "movi v6.16b, #0\n\t"
        "movi v7.16b, #0\n\t"
        "movi v8.16b, #0\n\t"
        "movi v9.16b, #0\n\t"
        "movi v10.16b, #0\n\t"
        "movi v11.16b, #0\n\t"
        "movi v12.16b, #0\n\t"
        "movi v13.16b, #0\n\t"
        "movi v14.16b, #0\n\t"
        "movi v15.16b, #0\n\t"
        "movi v16.16b, #0\n\t"
        "movi v17.16b, #0\n\t"
        "movi v18.16b, #0\n\t"
        "movi v19.16b, #0\n\t"
        "movi v20.16b, #0\n\t"
        "movi v21.16b, #0\n\t"
        "movi v22.16b, #0\n\t"
        "movi v23.16b, #0\n\t"
        "movi v24.16b, #0\n\t"
        "movi v25.16b, #0\n\t"
        "movi v26.16b, #0\n\t"
        "movi v27.16b, #0\n\t"
        "movi v28.16b, #0\n\t"
        "movi v29.16b, #0\n\t"
        "movi v30.16b, #0\n\t"
        "movi v31.16b, #0\n\t"
        ::: "memory");
#endif
}

/* Registers that were saved below may hold pieces of secrets: nothing there is needed any more. */
static __attribute__((noinline)) void clear_stack(void) {
    char used[256 * 1024];
    explicit_bzero(used, sizeof used);
}

static void noted(int number) { (void)number; }

static void tell(int channel, char what, int number) {
    char word[5] = {what};
    memcpy(word + 1, &number, sizeof number);
    (void)send(channel, word, sizeof word, MSG_NOSIGNAL);
}

static pid_t child;
static int knows_before;
static struct termios before_all;
static char *deepest;
extern void *__libc_stack_end;

/* Waits for the program and for words of the process that relays. On a stack of its own: the one before holds what registers
   held, pieces of secrets among it, in frames that nobody returns to. */
static void lead(void) {
    const int channel = 3, terminal = 4;
    const struct termios *before = knows_before ? &before_all : NULL;
    char *end = __libc_stack_end;
    if (end > deepest && end - deepest < 8 * 1024 * 1024) explicit_bzero(deepest, (size_t)(end - deepest));
    struct sigaction action = {0};
    action.sa_handler = noted;
    sigaction(SIGCHLD, &action, NULL);
    sigset_t open;
    sigfillset(&open);
    sigdelset(&open, SIGCHLD);
    int ended = 0;
    for (;;) {
        int status = 0;
        while (!ended && waitpid(child, &status, WNOHANG | WUNTRACED) == child) {
            if (WIFSTOPPED(status)) {
                tell(channel, 's', WSTOPSIG(status));
            } else {
                ended = 1;
                tell(channel, 'e', status);
            }
        }
        struct pollfd poll = {.fd = channel, .events = POLLIN};
        if (ppoll(&poll, 1, NULL, &open) <= 0) continue;
        char word[64];
        ssize_t count = recv(channel, word, sizeof word, 0);
        if (count <= 0) {
            if (!ended) {
                if (before) (void)tcsetattr(terminal, TCSANOW, before);
                kill(-child, SIGHUP);
                kill(-child, SIGCONT);
            }
            _exit(0);
        }
        for (ssize_t i = 0; i < count && !ended; i++) {
            if (word[i] == 'c') kill(-child, SIGCONT);
            if (word[i] == 'k' && i + 1 < count) kill(child, word[++i]);
        }
    }
}

int kist_relay_session(const char *path, char *const *arguments, char *const *shell, char *const *variables,
                       const int fds[3], int slave, int before, void (*forget)(void), int *channel, pid_t *leader) {
    int pair[2], failure[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return errno;
    if (pipe2(failure, O_CLOEXEC) != 0) {
        int failed = errno;
        close(pair[0]);
        close(pair[1]);
        return failed;
    }
    pid_t middle = fork();
    if (middle == 0) {
        int code = 0;
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, NULL);
        if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) != 0) code = errno;
        child = code ? -1 : fork();
        if (child == 0) become(path, arguments, shell, variables, fds, slave, failure[1]);
        if (child < 0) {
            if (!code) code = errno;
            ssize_t ignored = write(failure[1], &code, sizeof code);
            (void)ignored;
            _exit(127);
        }
        setpgid(child, child);
        knows_before = before >= 0 && tcgetattr(before, &before_all) == 0;
        /* Out of the way of 0 to 4, and then nothing but these two. */
        int words = fcntl(pair[1], F_DUPFD, 64), terminal = before < 0 ? -1 : fcntl(before, F_DUPFD, 64);
        int null = open("/dev/null", O_RDWR);
        for (int fd = 0; fd < 3; fd++) dup2(null, fd);
        dup2(words, 3);
        if (terminal >= 0) dup2(terminal, 4);
        unsigned first = terminal >= 0 ? 5 : 4;
        if (syscall(SYS_close_range, first, ~0U, 0U) != 0)
            for (int fd = (int)first; fd < 4096; fd++) close(fd);
        forget();
        clear_registers();
        clear_stack();
        static char stack[64 * 1024] __attribute__((aligned(64)));
        static ucontext_t other;
        char here = 0;
        deepest = (char *)((uintptr_t)&here & ~(uintptr_t)4095) - 4096;
        if (getcontext(&other) != 0) _exit(125);
        other.uc_stack.ss_sp = stack;
        other.uc_stack.ss_size = sizeof stack;
        other.uc_link = NULL;
        makecontext(&other, lead, 0);
        setcontext(&other);
        _exit(125);
    }
    int code = middle < 0 ? errno : 0;
    close(pair[1]);
    close(failure[1]);
    if (middle > 0) {
        int told = 0;
        ssize_t count;
        do count = read(failure[0], &told, sizeof told);
        while (count < 0 && errno == EINTR);
        if (count == (ssize_t)sizeof told) code = told ? told : EAGAIN;
    }
    close(failure[0]);
    if (code) {
        close(pair[0]);
        if (middle > 0) (void)waitpid(middle, NULL, 0);
        return code;
    }
    *channel = pair[0];
    *leader = middle;
    return 0;
}

static struct termios saved;
static int is_raw;

int kist_terminal_raw(int fd) {
    if (is_raw) return 0;
    if (tcgetattr(fd, &saved) != 0) return errno;
    struct termios raw = saved;
    cfmakeraw(&raw);
    if (tcsetattr(fd, TCSADRAIN, &raw) != 0) return errno;
    is_raw = 1;
    return 0;
}

void kist_terminal_restore(int fd) {
    if (!is_raw) return;
    is_raw = 0;
    while (tcsetattr(fd, TCSADRAIN, &saved) != 0 && errno == EINTR) {
    }
}
