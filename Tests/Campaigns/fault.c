/* Loaded before an agent: lets one call of the system fail, or of malloc, as a shared page says. The page is mapped at the
   start, so no sandbox is in its way; calls are counted only while `armed` is not 0. (strace cannot do this: it puts -1 for the
   number of the call, and the agent's filter ends the agent for that.) */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct page {
    /* Which call, which one of them, what error; `lasting`: from then on. */
    volatile int32_t armed, call, number, error, lasting;
    volatile int32_t counts[32];
};

enum { PWRITE, WRITE, FSYNC, FDATASYNC, OPEN, FTRUNCATE, UNLINK, RENAME, PREAD, STAT, FCNTL, FALLOCATE, MKDIR, FCHMOD, READ,
       MALLOC };

static struct page *page;

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("CAMPAIGN_FAULT");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *there = mmap(0, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (there != MAP_FAILED) page = there;
}

/* Whether this call fails; errno is set then. */
static int fails(int call) {
    if (!page || !page->armed) return 0;
    int number = __atomic_add_fetch(&page->counts[call], 1, __ATOMIC_RELAXED);
    if (page->call != call || (page->lasting ? number < page->number : number != page->number)) return 0;
    errno = page->error;
    return 1;
}

#define NEXT(name) ((__typeof__(&name))next(#name))
static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

ssize_t pwrite(int f, const void *b, size_t n, off_t o) { return fails(PWRITE) ? -1 : NEXT(pwrite)(f, b, n, o); }
ssize_t pwrite64(int f, const void *b, size_t n, off64_t o) { return fails(PWRITE) ? -1 : NEXT(pwrite64)(f, b, n, o); }
ssize_t pread(int f, void *b, size_t n, off_t o) { return fails(PREAD) ? -1 : NEXT(pread)(f, b, n, o); }
ssize_t pread64(int f, void *b, size_t n, off64_t o) { return fails(PREAD) ? -1 : NEXT(pread64)(f, b, n, o); }
ssize_t write(int f, const void *b, size_t n) { return fails(WRITE) ? -1 : NEXT(write)(f, b, n); }
ssize_t read(int f, void *b, size_t n) { return fails(READ) ? -1 : NEXT(read)(f, b, n); }
int fsync(int f) { return fails(FSYNC) ? -1 : NEXT(fsync)(f); }
int fdatasync(int f) { return fails(FDATASYNC) ? -1 : NEXT(fdatasync)(f); }
int ftruncate(int f, off_t n) { return fails(FTRUNCATE) ? -1 : NEXT(ftruncate)(f, n); }
int ftruncate64(int f, off64_t n) { return fails(FTRUNCATE) ? -1 : NEXT(ftruncate64)(f, n); }
int unlink(const char *p) { return fails(UNLINK) ? -1 : NEXT(unlink)(p); }
int rename(const char *a, const char *b) { return fails(RENAME) ? -1 : NEXT(rename)(a, b); }
int mkdir(const char *p, mode_t m) { return fails(MKDIR) ? -1 : NEXT(mkdir)(p, m); }
int fchmod(int f, mode_t m) { return fails(FCHMOD) ? -1 : NEXT(fchmod)(f, m); }
int fallocate(int f, int m, off_t o, off_t n) { return fails(FALLOCATE) ? -1 : NEXT(fallocate)(f, m, o, n); }
int posix_fallocate(int f, off_t o, off_t n) { return fails(FALLOCATE) ? page->error : NEXT(posix_fallocate)(f, o, n); }
int stat(const char *p, struct stat *s) { return fails(STAT) ? -1 : NEXT(stat)(p, s); }
int lstat(const char *p, struct stat *s) { return fails(STAT) ? -1 : NEXT(lstat)(p, s); }
int fstat(int f, struct stat *s) { return fails(STAT) ? -1 : NEXT(fstat)(f, s); }
int stat64(const char *p, struct stat64 *s) { return fails(STAT) ? -1 : NEXT(stat64)(p, s); }
int lstat64(const char *p, struct stat64 *s) { return fails(STAT) ? -1 : NEXT(lstat64)(p, s); }
int fstat64(int f, struct stat64 *s) { return fails(STAT) ? -1 : NEXT(fstat64)(f, s); }

static mode_t mode_of(int flags, va_list more) { return flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0; }

#define OPENING(name)                                              \
    int name(const char *path, int flags, ...) {                   \
        va_list more;                                              \
        va_start(more, flags);                                     \
        mode_t mode = mode_of(flags, more);                        \
        va_end(more);                                              \
        return fails(OPEN) ? -1 : NEXT(name)(path, flags, mode);   \
    }
OPENING(open)
OPENING(open64)

int fcntl64(int file, int command, ...) {
    va_list more;
    va_start(more, command);
    void *argument = va_arg(more, void *);
    va_end(more);
    return fails(FCNTL) ? -1 : NEXT(fcntl64)(file, command, argument);
}

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
void *malloc(size_t n) { return fails(MALLOC) ? NULL : __libc_malloc(n); }
void *calloc(size_t n, size_t m) { return fails(MALLOC) ? NULL : __libc_calloc(n, m); }
void *realloc(void *p, size_t n) { return fails(MALLOC) ? NULL : __libc_realloc(p, n); }
