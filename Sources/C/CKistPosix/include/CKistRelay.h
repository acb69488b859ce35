#ifndef CKISTRELAY_H
#define CKISTRELAY_H

#include <sys/types.h>

/* A program whose output, and perhaps whose terminal, goes through this process. One at a time, one thread. */

/* A new pseudo-terminal, both ends close-on-exec, with the settings and the size of the terminal `like` (-1: as they
   come). `plain`: what is written comes out unchanged, because another terminal follows. Returns 0 or an errno. */
int kist_pty_open(int like, int plain, int *master, int *slave);

/* The window size of terminal `from` is given to `to`. */
void kist_pty_resize(int from, int to);

/* Blocks HUP INT QUIT TERM USR1 USR2 WINCH ALRM CHLD CONT TSTP TTIN TTOU PIPE and returns a non-blocking descriptor that
   tells of them; -1 and errno on failure. SIGCHLD gets its default action. */
int kist_relay_signals(void);

/* The next signal from it, 0 when there is none. *byTerminal is 1 when the kernel sent it to the whole group. */
int kist_relay_signal(int fd, int *byTerminal);

/* Starts `path` with `fds` as 0 to 2, in this session and group: posix_spawn(3) with default actions for what is
   not ignored and an empty mask. A script without a first line that names its program is given to /bin/sh as `shell`. Returns 0 or
   an errno. */
int kist_relay_start(const char *path, char *const *arguments, char *const *shell, char *const *variables,
                     const int fds[3], pid_t *child);

/* The same in a session of its own with `slave` as its terminal. Between here and there stays a process that leads
   the session, so that stopping works; it calls `forget` once the program is started, and tells of it through
   *channel: 's' and a signal when it stopped, 'e' and the status of waitpid(2) when it ended (5 bytes, the number in this
   machine's order). It takes 'c' (go on) and 'k' and a signal (2 bytes). When *channel closes without a word, it puts the terminal
   `before` back as it was and ends the program. Returns 0 or an errno. */
int kist_relay_session(const char *path, char *const *arguments, char *const *shell, char *const *variables,
                       const int fds[3], int slave, int before, void (*forget)(void), int *channel, pid_t *leader);

/* Acts on a signal that stops (TSTP, TTIN, TTOU) as if it had not been blocked; returns when something continued us. */
void kist_relay_stop(int number);

/* The terminal `fd` passes every byte on as it is; 0 or an errno. The settings before that come back with the other. */
int kist_terminal_raw(int fd);
void kist_terminal_restore(int fd);

#endif
