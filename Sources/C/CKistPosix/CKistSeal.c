#define _GNU_SOURCE
#include "CKistPosix.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define KIST_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define KIST_ARCH AUDIT_ARCH_AARCH64
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
/* Calls that came after the headers this is built with. */
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define REFUSE_CALL(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), REFUSE

int kist_seal_calls(void) {
#ifndef KIST_ARCH
    return ENOSYS;
#else
    struct sock_filter rules[] = {
        /* Another calling convention (32 bits, x32) would have other numbers: end. */
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, KIST_ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
#ifdef __x86_64__
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        REFUSE_CALL(fork),
        REFUSE_CALL(vfork),
#endif
        REFUSE_CALL(execve),
        REFUSE_CALL(execveat),
        /* Other processes. abort(3) sends to its own thread with tgkill, which stays. */
        REFUSE_CALL(ptrace),
        REFUSE_CALL(process_vm_readv),
        REFUSE_CALL(process_vm_writev),
        REFUSE_CALL(process_madvise),
        REFUSE_CALL(pidfd_getfd),
        REFUSE_CALL(pidfd_send_signal),
        REFUSE_CALL(kill),
        REFUSE_CALL(tkill),
        REFUSE_CALL(rt_sigqueueinfo),
        REFUSE_CALL(rt_tgsigqueueinfo),
        REFUSE_CALL(kcmp),
        /* Whoever listens already goes on; nothing new, and nobody is called. */
        REFUSE_CALL(connect),
        REFUSE_CALL(bind),
        REFUSE_CALL(listen),
        /* Other ways to do input and output, past this filter or past Landlock. */
        REFUSE_CALL(io_uring_setup),
        REFUSE_CALL(io_uring_enter),
        REFUSE_CALL(io_uring_register),
        REFUSE_CALL(open_by_handle_at),
        REFUSE_CALL(name_to_handle_at),
        REFUSE_CALL(userfaultfd),
        REFUSE_CALL(memfd_secret),
        REFUSE_CALL(perf_event_open),
        REFUSE_CALL(bpf),
        REFUSE_CALL(keyctl),
        REFUSE_CALL(add_key),
        REFUSE_CALL(request_key),
        /* Other users, other views of the system, and the system itself. */
        REFUSE_CALL(setuid),
        REFUSE_CALL(setgid),
        REFUSE_CALL(setreuid),
        REFUSE_CALL(setregid),
        REFUSE_CALL(setresuid),
        REFUSE_CALL(setresgid),
        REFUSE_CALL(setgroups),
        REFUSE_CALL(setfsuid),
        REFUSE_CALL(setfsgid),
        REFUSE_CALL(capset),
        REFUSE_CALL(personality),
        REFUSE_CALL(unshare),
        REFUSE_CALL(setns),
        REFUSE_CALL(chroot),
        REFUSE_CALL(pivot_root),
        REFUSE_CALL(mount),
        REFUSE_CALL(umount2),
        REFUSE_CALL(move_mount),
        REFUSE_CALL(open_tree),
        REFUSE_CALL(fsopen),
        REFUSE_CALL(fsmount),
        REFUSE_CALL(mount_setattr),
        REFUSE_CALL(swapon),
        REFUSE_CALL(swapoff),
        REFUSE_CALL(reboot),
        REFUSE_CALL(kexec_load),
        REFUSE_CALL(init_module),
        REFUSE_CALL(finit_module),
        REFUSE_CALL(delete_module),
        REFUSE_CALL(settimeofday),
        REFUSE_CALL(clock_settime),
        REFUSE_CALL(adjtimex),
        REFUSE_CALL(syslog),
        REFUSE_CALL(acct),
        REFUSE_CALL(quotactl),
        REFUSE_CALL(sethostname),
        /* Names that lead elsewhere, and devices. */
        REFUSE_CALL(symlinkat),
        REFUSE_CALL(linkat),
        REFUSE_CALL(mknodat),
#ifdef __x86_64__
        REFUSE_CALL(symlink),
        REFUSE_CALL(link),
        REFUSE_CALL(mknod),
        REFUSE_CALL(modify_ldt),
        REFUSE_CALL(iopl),
        REFUSE_CALL(ioperm),
        REFUSE_CALL(uselib),
#endif
        /* Shared memory and queues that outlive a process. */
        REFUSE_CALL(shmget),
        REFUSE_CALL(msgget),
        REFUSE_CALL(semget),
        REFUSE_CALL(mq_open),
        REFUSE_CALL(mq_unlink),
        /* Memory that can be executed: all code is there already. */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pkey_mprotect, 0, 4),
        LOAD(args[2]),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
        REFUSE,
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        /* glibc falls back to clone when clone3 is not there; its flags can be read, those of clone3 cannot. */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        /* clone: threads only. */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
        LOAD(args[0]),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x00010000 /* CLONE_THREAD */, 1, 0),
        REFUSE,
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        /* No new socket, alone or in a pair: whoever has one of datagrams reaches every path with sendto. */
        REFUSE_CALL(socket),
        REFUSE_CALL(socketpair),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof rules / sizeof rules[0], .filter = rules};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0) return errno;
    return 0;
#endif
}
