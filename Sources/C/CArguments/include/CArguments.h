/* For programs whose runtime is linked in: see CArguments.c. */
#ifndef C_ARGUMENTS_H
#define C_ARGUMENTS_H

char **_swift_stdlib_getUnsafeArgvArgc(int *count);
void _swift_stdlib_overrideUnsafeArgvArgc(char **values, int count);

#endif
