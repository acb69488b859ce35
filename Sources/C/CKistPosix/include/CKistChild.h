#ifndef CKISTCHILD_H
#define CKISTCHILD_H

#include <sys/types.h>

/* A child that this process waits for, passing on the signals that would end or stop it. One at a time. */

/* posix_spawn(3) with default signal actions and an empty mask. Returns the pid, or 0 with *code an errno. */
pid_t kist_child_start(const char *path, char *const arguments[], char *const variables[], int *code);

/* Waits; HUP INT QUIT TERM USR1 USR2 WINCH ALRM go to the child. Returns its code, or 128 + N after signal N. */
int kist_child_wait(pid_t child);

#endif
