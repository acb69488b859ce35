#include "CShortStart.h"

/* Swift's runtime looks in eight places for its reporter of crashes, at every start of every program, and a report would show
   memory: Kist wants none. With these two in a program whose runtime is linked in, what starts that reporter is not. They are weak and
   hidden: where it is linked in all the same, or the runtime is a library, all is as it was, and Hardening turns it off.

   All zero means: no reports. The runtime's own settings take 88 bytes. */
__attribute__((weak, visibility("hidden"))) unsigned char _swift_backtraceSettings[512];

/* Asked by nothing but reports; the compiler asks the linker for it in every program. */
__attribute__((weak, visibility("hidden"))) bool _swift_backtrace_isThunkFunction(const char *name) {
    (void)name;
    return false;
}
