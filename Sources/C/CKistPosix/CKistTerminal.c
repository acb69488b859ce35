#define _GNU_SOURCE
#include "CKistTerminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <termios.h>
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

/* Echo off between two questions. */

static volatile sig_atomic_t quiet_on, quiet_paused;
static int quiet_fd = -1;
static struct termios quiet_shown, quiet_hidden;
static struct sigaction quiet_before[HELD];

static void block_held(sigset_t *former) {
    sigset_t block;
    sigemptyset(&block);
    for (size_t i = 0; i < HELD; i++) sigaddset(&block, held[i]);
    sigprocmask(SIG_BLOCK, &block, former);
}

/* Whether the terminal is this job's. In front of any other its modes are that job's, or the shell's own for its line. */
static int is_in_front(int fd) { return tcgetpgrp(fd) == getpgrp(); }

static void set_in_front(const struct termios *modes) {
    if (is_in_front(quiet_fd)) tcsetattr(quiet_fd, TCSANOW, modes);
}

/* Only functions that are safe in a handler. A job that comes here from the background was stopped before, and has put the
   modes back then; with TTOU blocked as here nothing but the look at the foreground keeps it from another's terminal. */
static void show_and_act(int number) {
    int kept = errno;
    size_t place = 0;
    while (place < HELD && held[place] != number) place++;
    if (place < HELD && quiet_on) {
        struct sigaction own;
        sigset_t one;
        set_in_front(&quiet_shown);
        sigaction(number, &quiet_before[place], &own);
        raise(number);
        sigemptyset(&one);
        sigaddset(&one, number);
        sigprocmask(SIG_UNBLOCK, &one, NULL); /* acts now: the program ends or stops here */
        sigprocmask(SIG_BLOCK, &one, NULL);
        sigaction(number, &own, NULL);
        set_in_front(quiet_paused ? &quiet_shown : &quiet_hidden);
    }
    errno = kept;
}

int kist_quiet_begin(int fd) {
    if (quiet_on) return -1;
    sigset_t former;
    block_held(&former); /* from here on nothing but a SIGSTOP takes the terminal away */
    if (!is_in_front(fd) || tcgetattr(fd, &quiet_shown) != 0) {
        sigprocmask(SIG_SETMASK, &former, NULL);
        return -1;
    }
    quiet_hidden = quiet_shown;
    quiet_hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    quiet_fd = fd;
    quiet_paused = 0;
    quiet_on = 1;
    for (size_t i = 0; i < HELD; i++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        sigfillset(&action.sa_mask);
        action.sa_flags = SA_RESTART;
        action.sa_handler = show_and_act;
        sigaction(held[i], NULL, &quiet_before[i]);
        if (quiet_before[i].sa_handler != SIG_IGN) sigaction(held[i], &action, NULL);
    }
    tcsetattr(fd, TCSANOW, &quiet_hidden);
    sigprocmask(SIG_SETMASK, &former, NULL);
    return 0;
}

void kist_quiet_pause(void) {
    if (!quiet_on) return;
    quiet_paused = 1;
    set_in_front(&quiet_shown);
}

void kist_quiet_resume(void) {
    if (!quiet_on) return;
    quiet_paused = 0;
    set_in_front(&quiet_hidden);
}

void kist_quiet_end(int discard) {
    if (!quiet_on) return;
    sigset_t former;
    block_held(&former);
    if (is_in_front(quiet_fd)) {
        if (discard) tcflush(quiet_fd, TCIFLUSH);
        tcsetattr(quiet_fd, TCSANOW, &quiet_shown);
    }
    for (size_t i = 0; i < HELD; i++) sigaction(held[i], &quiet_before[i], NULL);
    quiet_on = 0;
    sigprocmask(SIG_SETMASK, &former, NULL);
}

void kist_signals_unblock(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}
