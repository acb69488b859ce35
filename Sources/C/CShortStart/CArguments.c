#include "CShortStart.h"

/* Swift's runtime looks for the arguments of a process on its stack, and reads a map of the whole process for that at every start,
   whether or not anybody asks for them: a tenth of the time of a short program. glibc hands them to every constructor. With
   these two functions in a program, that part of the runtime is not linked into it. */

static int argument_count;
static char **argument_values;

__attribute__((constructor)) static void take_arguments(int count, char **values) {
    argument_count = count;
    argument_values = values;
}

char **_swift_stdlib_getUnsafeArgvArgc(int *count) {
    *count = argument_count;
    return argument_values;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **values, int count) {
    argument_count = count;
    argument_values = values;
}
