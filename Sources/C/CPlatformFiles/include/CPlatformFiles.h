#ifndef CPLATFORMFILES_H
#define CPLATFORMFILES_H

/* The platform files that are part of the program. */

struct kist_platform_file {
    char name[32];
    unsigned long count;
    const unsigned char *bytes;
};

int kist_platform_files(void);

/* `index` is less than kist_platform_files(). */
const struct kist_platform_file *kist_platform_file(int index);

#endif
