#define _GNU_SOURCE
#include "CKistChild.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/wait.h>

static const int forwarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH, SIGALRM};
#define FORWARDED (sizeof forwarded / sizeof forwarded[0])

static volatile sig_atomic_t target;

static void forward(int number, siginfo_t *info, void *context) {
    (void)context;
    /* The terminal sends to the whole group, and so to the child by itself. */
    if (target > 0 && info->si_code != SI_KERNEL) kill((pid_t)target, number);
}

pid_t kist_child_start(const char *path, char *const arguments[], char *const variables[], int *code) {
    struct sigaction action = {0};
    action.sa_sigaction = forward;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigset_t all, defaults, none, before;
    sigfillset(&all);
    sigemptyset(&defaults);
    sigemptyset(&none);
    sigprocmask(SIG_BLOCK, &all, &before);
    for (size_t i = 0; i < FORWARDED; i++) {
        struct sigaction now;
        sigaction(forwarded[i], NULL, &now);
        if (now.sa_handler == SIG_IGN) continue;
        sigaction(forwarded[i], &action, NULL);
        sigaddset(&defaults, forwarded[i]);
    }
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    pid_t child = 0;
    *code = posix_spawn(&child, path, NULL, &attributes, arguments, variables);
    posix_spawnattr_destroy(&attributes);
    if (*code == 0) target = child;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return *code == 0 ? child : 0;
}

int kist_child_wait(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return 125;
    target = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
