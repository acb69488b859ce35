#include "CShortStart.h"

/* Swift's runtime looks in eight places for its reporter of crashes, at every start of every program, and a report would show
   memory: Kist wants none. With these two in a program, the part of the runtime that makes reports is not linked into it. They are
   weak: where that part is linked in all the same, or stands in a library, it is as it was, and Hardening turns it off.

   All zero means: no reports. The runtime's own settings take fewer bytes. */
__attribute__((weak)) unsigned char _swift_backtraceSettings[512];

/* Asked by nothing but reports. */
__attribute__((weak)) bool _swift_backtrace_isThunkFunction(const char *name) {
    (void)name;
    return false;
}
