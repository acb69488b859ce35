/* Reads windows of eight bytes (hexadecimal, a label before each) from standard input, and looks for every one of them at
   every place of a process's memory: scan PID. Prints "label count" for what was found, and last how many bytes were read. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 4096, CHUNK = 1 << 22 };

struct window {
    uint64_t bytes;
    char label[64];
    long found;
};

static struct window windows[MOST];
static int count;
static uint8_t first[1 << 16];

static void look(const unsigned char *bytes, size_t length) {
    for (size_t at = 0; at + 8 <= length; at++) {
        uint16_t start;
        memcpy(&start, bytes + at, 2);
        if (!first[start]) continue;
        uint64_t here;
        memcpy(&here, bytes + at, 8);
        for (int n = 0; n < count; n++) windows[n].found += windows[n].bytes == here;
    }
}

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    char label[64], hex[17];
    while (count < MOST && scanf("%63s %16s", label, hex) == 2) {
        unsigned char bytes[8];
        for (int n = 0; n < 8; n++) {
            unsigned byte;
            if (sscanf(hex + 2 * n, "%2x", &byte) != 1) return 65;
            bytes[n] = (unsigned char)byte;
        }
        memcpy(&windows[count].bytes, bytes, 8);
        uint16_t start;
        memcpy(&start, bytes, 2);
        first[start] = 1;
        strcpy(windows[count++].label, label);
    }
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%s/maps", argv[1]);
    FILE *maps = fopen(path, "r");
    snprintf(path, sizeof path, "/proc/%s/mem", argv[1]);
    int memory = open(path, O_RDONLY);
    unsigned char *chunk = malloc(CHUNK + 8);
    if (!maps || memory < 0 || !chunk) return 66;
    unsigned long long read_bytes = 0;
    while (fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        char mode[8];
        if (sscanf(line, "%lx-%lx %7s", &start, &end, mode) != 3 || mode[0] != 'r' || strstr(line, "[v")) continue;
        for (unsigned long at = start; at < end; at += CHUNK) {
            size_t wanted = end - at < CHUNK + 7 ? end - at : CHUNK + 7;
            ssize_t got = pread(memory, chunk, wanted, (off_t)at);
            if (got <= 0) break;
            read_bytes += (unsigned long long)got;
            look(chunk, (size_t)got);
        }
    }
    for (int n = 0; n < count; n++)
        if (windows[n].found) printf("%s %ld\n", windows[n].label, windows[n].found);
    printf("bytes %llu\n", read_bytes);
    return 0;
}
