/* For programs that are all start, whose runtime is linked in: what stands in its place. See each file. */
#ifndef C_SHORT_START_H
#define C_SHORT_START_H

#include <stdbool.h>

/* CArguments.c */
char **_swift_stdlib_getUnsafeArgvArgc(int *count);
void _swift_stdlib_overrideUnsafeArgvArgc(char **values, int count);

/* CCrashReports.c */
extern unsigned char _swift_backtraceSettings[];
bool _swift_backtrace_isThunkFunction(const char *name);

#endif
