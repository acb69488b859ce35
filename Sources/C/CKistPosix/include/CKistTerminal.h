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

/* An empty mask: what a program that is about to be executed expects. (Handlers end with execve by themselves.) */
void kist_signals_unblock(void);

#endif
