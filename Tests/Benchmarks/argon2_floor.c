/* Argon2id alone, as libsodium does it: what every unlock costs before any work of ours. Prints seconds of each.
 *
 *   argon2_floor PASSES KIB TIMES
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv) {
    if (argc != 4 || sodium_init() < 0) return 64;
    unsigned char key[32], salt[crypto_pwhash_SALTBYTES] = {0};
    for (int times = atoi(argv[3]); times > 0; times--) {
        struct timespec start, end;
        clock_gettime(CLOCK_MONOTONIC, &start);
        if (crypto_pwhash(
                key, sizeof key, "bench", 5, salt, atoi(argv[1]), (size_t)atol(argv[2]) * 1024, crypto_pwhash_ALG_ARGON2ID13))
            return 1;
        clock_gettime(CLOCK_MONOTONIC, &end);
        printf("%.6f\n", end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9);
    }
    return 0;
}
