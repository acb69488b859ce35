#ifndef CKISTPOSIX_H
#define CKISTPOSIX_H

/* What glibc offers only as macros, variadic functions or _GNU_SOURCE structs, in fixed forms for Swift. */

#include "CKistTerminal.h"

#include <stdint.h>
#include <sys/types.h>

/* No core dump, no ptrace by the same user, default action for crash signals (so that no reporter prints memory).
   Returns 0, or the errno of the first step that failed. */
int kist_harden(void);

/* The peer of a connected Unix socket (SO_PEERCRED). Returns 0 or an errno. */
int kist_peer(int fd, pid_t *pid, uid_t *uid, gid_t *gid);

/* prctl(PR_GET_DUMPABLE): 0 when this process cannot be dumped or traced. */
int kist_dumpable(void);

/* open(2) with a mode; -1 and errno on failure. */
int kist_open(const char *path, int flags, unsigned mode);

/* fcntl(fd, F_SETFD / F_SETFL) in fixed form. */
int kist_set_cloexec(int fd, int on);
int kist_set_nonblock(int fd, int on);

/* close_range(from, ~0, CLOEXEC) without a change of the descriptors below `from`. Returns 0 or an errno. */
int kist_cloexec_from(unsigned from);

/* pidfd_open(2); -1 and errno on failure. */
int kist_pidfd_open(pid_t pid);

/* renameat2(RENAME_NOREPLACE); 0 or an errno. */
int kist_rename_noreplace(const char *from, const char *to);

/* The environment, NULL-terminated; NULL when there is none. */
char **kist_environ(void);

/* Terminal columns of `fd`, 0 when it is not a terminal. */
int kist_columns(int fd);

#endif
