#define _GNU_SOURCE
#include "CKistTerminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const int held[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT};
#define HELD (sizeof held / sizeof held[0])

static volatile sig_atomic_t came[HELD];
static struct sigaction before[HELD];
static sigset_t mask_before;

static void note(int number) {
    for (size_t i = 0; i < HELD; i++)
        if (held[i] == number) came[i] = 1;
}

void kist_signals_hold(void) {
    sigset_t block;
    sigemptyset(&block);
    for (size_t i = 0; i < HELD; i++) {
        came[i] = 0;
        sigaddset(&block, held[i]);
    }
    sigprocmask(SIG_BLOCK, &block, &mask_before);
    for (size_t i = 0; i < HELD; i++) {
        struct sigaction action = {0};
        sigemptyset(&action.sa_mask);
        action.sa_handler = note;
        sigaction(held[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN || held[i] == SIGCONT) sigaction(held[i], &action, NULL);
    }
}

void kist_signals_release(void) {
    for (size_t i = 0; i < HELD; i++) sigaction(held[i], &before[i], NULL);
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

int kist_signals_wait(int fd) {
    struct pollfd poll = {.fd = fd, .events = POLLIN};
    sigset_t open = mask_before;
    for (size_t i = 0; i < HELD; i++) sigdelset(&open, held[i]);
    int ready = ppoll(&poll, 1, NULL, &open);
    if (ready > 0) return 1;
    if (ready < 0 && errno == EINTR) return 0;
    return -1;
}

int kist_signals_take(void) {
    for (size_t i = 0; i < HELD; i++)
        if (came[i]) {
            came[i] = 0;
            return held[i];
        }
    return 0;
}

void kist_signals_unblock(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}
