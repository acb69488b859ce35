#ifndef CKISTPOSIX_H
#define CKISTPOSIX_H

/* What glibc offers only as macros, variadic functions or _GNU_SOURCE structs, in fixed forms for Swift. */

#include "CKistChild.h"
#include "CKistRelay.h"
#include "CKistTerminal.h"

#include <stdint.h>
#include <sys/types.h>

/* No core dump, no ptrace by the same user, default action for crash signals (so that no reporter prints memory).
   Returns 0, or the errno of the first step that failed. */
int kist_harden(void);

/* Gives the core limit back that was found, for a program about to be executed. What is ignored was never touched,
   and handlers end with execve. This process itself stays as it is: it is not dumpable. */
void kist_soften(void);

/* The peer of a connected Unix socket (SO_PEERCRED). Returns 0 or an errno. */
int kist_peer(int fd, pid_t *pid, uid_t *uid, gid_t *gid);

/* A pidfd of the peer of a connected Unix socket (SO_PEERPIDFD, Linux 6.5), close-on-exec; -1 when there is none. */
int kist_peer_process(int fd);

/* prctl(PR_GET_DUMPABLE): 0 when this process cannot be dumped or traced. */
int kist_dumpable(void);

/* open(2) with a mode; -1 and errno on failure. */
int kist_open(const char *path, int flags, unsigned mode);

/* renameat2(2) that never replaces: EEXIST when the new name is taken; -1 and errno on failure. */
int kist_rename_new(const char *from, const char *to);

/* fcntl(fd, F_SETFD / F_SETFL) in fixed form. */
int kist_set_cloexec(int fd, int on);
int kist_set_nonblock(int fd, int on);

/* close_range(from, ~0, CLOEXEC) without a change of the descriptors below `from`. Returns 0 or an errno. */
int kist_cloexec_from(unsigned from);

/* memfd_create(2), close-on-exec and sealable; -1 and errno on failure. The other forbids every change of it. */
int kist_memory_file(const char *name);
int kist_memory_seal(int fd);

/* pidfd_open(2); -1 and errno on failure. */
int kist_pidfd_open(pid_t pid);

/* renameat2(RENAME_NOREPLACE); 0 or an errno. */
int kist_rename_noreplace(const char *from, const char *to);

/* fallocate(FALLOC_FL_KEEP_SIZE), restarted after signals; 0 or an errno. */
int kist_reserve(int fd, off_t offset, off_t count);

/* This process's arguments, its own name first. They are taken before main. */
int kist_argument_count(void);
char *kist_argument(int index);

/* The environment, NULL-terminated; NULL when there is none. */
char **kist_environ(void);

/* socket(AF_UNIX, SOCK_STREAM | CLOEXEC), socketpair and accept4 (CLOEXEC | NONBLOCK); -1 and errno on failure. */
int kist_unix_socket(void);
int kist_unix_pair(int fds[2]);
int kist_accept(int fd);

/* bind or connect to a path of `length` bytes (≤ 107). Returns 0 or an errno. */
int kist_unix_bind(int fd, const char *path, unsigned length);
int kist_unix_connect(int fd, const char *path, unsigned length);

/* pipe2(CLOEXEC); -1 and errno on failure. */
int kist_pipe(int fds[2]);

/* recv(2) and send(2) without SIGPIPE, restarted after signals; count ≥ 0, or minus an errno. */
ssize_t kist_recv(int fd, void *bytes, size_t count);
ssize_t kist_send(int fd, const void *bytes, size_t count);
/* readv(2)/sendmsg(2) of two parts, as above. */
ssize_t kist_recv2(int fd, void *first, size_t first_count, void *second, size_t second_count);
ssize_t kist_send2(int fd, const void *first, size_t first_count, const void *second, size_t second_count);

/* epoll, level-triggered; `events` are EPOLLIN (1), EPOLLOUT (4), EPOLLHUP (16). */
int kist_epoll_create(void);
int kist_epoll_set(int epoll, int fd, int isNew, uint32_t events, uint64_t token);
int kist_epoll_remove(int epoll, int fd);
/* Waits; fills tokens and events of up to `most`. Returns how many, 0 at the time-out or at a signal. */
int kist_epoll_wait(int epoll, uint64_t *tokens, uint32_t *events, int most, int milliseconds);

/* eventfd and signalfd (blocks the signals in the calling thread first); -1 and errno on failure. */
int kist_eventfd(void);
int kist_signalfd(const int *signals, unsigned count);

/* flock(2) without waiting: 0, or an errno (EWOULDBLOCK when another has it). */
int kist_try_lock(int fd);
int kist_unlock(int fd);

/* Starts `path` as an orphan of its own session: descriptors 0 to 2 on /dev/null, `pass` as 3, `other` as 4
   unless it is -1, nothing else; an empty environment, folder /, umask 077, no blocked or ignored signals. `argv` ends
   with NULL. A failed execve writes 'X' and the errno (one byte) to descriptor 3. Returns 0 or the errno of a failed start. */
int kist_spawn_orphan(const char *path, char *const *argv, int pass, int other);

/* Starts a thread with a small stack and all signals blocked; 0 or an errno. */
int kist_thread(void *(*body)(void *), void *context);

/* The level of Landlock that this kernel has, 0 for none. */
int kist_landlock_level(void);

/* No new privileges, then Landlock for this thread and those that it starts: files and folders beneath `writable` may be
   read, written, made and removed, those beneath `readable` be read, and no others be opened; no program executed, no
   TCP, no abstract Unix socket, no signal to others, as far as the level goes. Both lists end with NULL; what is not
   there is passed over. Returns 0 or an errno. */
int kist_landlock(const char *const *writable, const char *const *readable);

/* No new privileges, then a system call filter: no new program, no process, no socket but a pair of Unix ones, no
   connection, no signal to others, no ptrace, nothing of administrators, no memory that can be executed. Returns 0 or an
   errno. */
int kist_seal_calls(void);

/* The type of the file system that holds `path` (statfs(2)), 0 when it cannot be told. */
uint32_t kist_file_system(const char *path);

/* Terminal columns of `fd`, 0 when it is not a terminal. */
int kist_columns(int fd);

/* Starts a child with `input` as descriptor 0, and as 1 too when `both` is not 0; /dev/null as 2, and as 1 otherwise;
   nothing else, default signals and exactly this environment. `*pid` is to be waited for. Returns 0 or an errno, that of execve included. */
int kist_spawn_child(const char *path, char *const *argv, char *const *environment, int input, int both,
                     pid_t *pid);

#endif
