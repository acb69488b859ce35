#ifndef CKISTTERMINAL_H
#define CKISTTERMINAL_H

/* Waiting at a terminal so that no signal can leave it without echo: the signals stay blocked except inside ppoll(2),
   their handlers only raise a flag, and the caller restores the terminal before it lets them act.
   One thread, one wait at a time. */

/* Blocks HUP INT QUIT PIPE ALRM TERM TSTP TTIN TTOU (and CONT) and installs the flag-only handlers. Signals that were
   ignored stay ignored. */
void kist_signals_hold(void);

/* Puts the earlier handlers and the earlier mask back; what is pending acts now. */
void kist_signals_release(void);

/* Waits until `fd` is readable: 1, or one of the held signals came: 0, or poll failed: -1 and errno. */
int kist_signals_wait(int fd);

/* The number of a signal that came since kist_signals_hold, forgetting it; 0 when none is left. */
int kist_signals_take(void);

/* Keeps the echo of the terminal `fd` off between questions as well, from here to kist_quiet_end: what is typed ahead of
   the next question is not shown. A signal that ends or stops the program finds the echo put back first; when it goes on
   in the foreground, the echo is off again. Questions may hold and release signals within. The caller has waited for the
   foreground: the modes found are those that come back. In front of another job the terminal is left alone, here and in
   all that follows. 0, or -1 when nothing was begun. */
int kist_quiet_begin(int fd);

/* For a question whose answer is shown: the echo as it was, and off again. */
void kist_quiet_pause(void);
void kist_quiet_resume(void);

/* Puts echo and handlers back; with `discard` what was typed ahead is thrown away. */
void kist_quiet_end(int discard);

/* An empty mask: what a program that is about to be executed expects. (Handlers end with execve by themselves.) */
void kist_signals_unblock(void);

#endif
