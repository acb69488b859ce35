#include "CShortStart.h"

/* A program that lies at another address every time corrects its pointers before anything else, and writes to a hundred pages or so
   for that: each is copied at its first byte, one trap after the other. Asked for together they come in two calls. The entry point
   that Scripts/build gives to the linker; then the C library's own. Nothing here may need a corrected pointer itself, nor anything
   else that the C library prepares. Only for programs without an interpreter: ld.so has corrected all of it before.

   A kernel before 5.14 does not know the request, a program without DT_RELR does not say which pages, and nothing is lost. */
#if defined(__x86_64__) && defined(__linux__)
#include <elf.h>
#include <stdint.h>

extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

enum { MADVISE = 28, POPULATE_WRITE = 23, PAGE = 4096, FAR = 16 * PAGE, RELR_SIZE = 35, RELR = 36 };

__attribute__((no_stack_protector)) static void populate(uintptr_t from, uintptr_t to) {
    from &= ~(uintptr_t)(PAGE - 1);
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"((long)MADVISE), "D"(from), "S"(to - from), "d"((long)POPULATE_WRITE)
                     : "rcx", "r11", "memory");
}

/* Relative relocations in few words (gABI, DT_RELR): an even one is an address, each odd one behind it says which of the next
   63 words are meant. Addresses ascend. */
__attribute__((used, visibility("hidden"), no_stack_protector)) void kist_settle(void) {
    const uintptr_t base = (uintptr_t)&__ehdr_start;
    const Elf64_Phdr *part = (const Elf64_Phdr *)(base + __ehdr_start.e_phoff);
    const Elf64_Dyn *known = 0;
    for (int i = 0; i < __ehdr_start.e_phnum; i++) {
        if (part[i].p_type == PT_INTERP) return;
        if (part[i].p_type == PT_DYNAMIC) known = (const Elf64_Dyn *)(base + part[i].p_vaddr);
    }
    const uint64_t *word = 0;
    uint64_t count = 0;
    for (; known && known->d_tag != DT_NULL; known++) {
        if (known->d_tag == RELR) word = (const uint64_t *)(base + known->d_un.d_ptr);
        if (known->d_tag == RELR_SIZE) count = known->d_un.d_val / sizeof *word;
    }
    if (!word) return;
    uint64_t from = 0, to = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (word[i] & 1) {
            to += 63 * sizeof *word;
            continue;
        }
        if (from && word[i] > to + FAR) {
            populate(base + from, base + to);
            from = 0;
        }
        if (!from) from = word[i];
        to = word[i] + sizeof *word;
    }
    if (from) populate(base + from, base + to);
}

/* The kernel's stack, and what it left in rdx, reach the C library as they were (System V ABI, AMD64, 3.4.1). */
__asm__(".text\n"
        ".globl kist_start\n"
        ".hidden kist_start\n"
        ".type kist_start, @function\n"
        "kist_start:\n"
        "    pushq %rdx\n"
        "    subq $8, %rsp\n"
        "    callq kist_settle\n"
        "    addq $8, %rsp\n"
        "    popq %rdx\n"
        "    jmp _start\n"
        ".size kist_start, . - kist_start\n");
#endif
