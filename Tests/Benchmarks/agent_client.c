/* A client of the agent's socket as small as one can be, so that what is measured is the agent.
 *
 *   agent_client SOCKET init PASSES KIB          makes the vault, with the passphrase "bench"
 *   agent_client SOCKET fill FIRST COUNT         stores COUNT credentials in one batch; prints seconds
 *   agent_client SOCKET lookup POPULATION N D    N random reveals, D in flight; prints reveals per second
 *   agent_client SOCKET single POPULATION N      N random reveals, one after the other; prints microseconds p50 p99 max
 *   agent_client SOCKET list                     lists everything; prints seconds and bytes
 *   agent_client SOCKET unlock N                 N times lock and unlock; prints seconds of each unlock
 *   agent_client SOCKET lock                     locks the vault; the agent stays
 *   agent_client SOCKET retire                   ends the agent
 *
 * Frames: Sources/KistProtocol/AgentProtocol.md. Any error from the agent is printed and ends with status 1.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SECRET = 40, FRAME = 8 << 20, BATCH = 128 };

static int sock;
static unsigned char *out, *in;
static size_t out_len;
static long next_id = 1;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *why) {
    fprintf(stderr, "agent_client: %s%s%s\n", why, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

static void flush(void) {
    for (size_t at = 0; at < out_len;) {
        ssize_t n = write(sock, out + at, out_len - at);
        if (n <= 0) die("write");
        at += n;
    }
    out_len = 0;
}

static void put32(unsigned char *at, uint32_t value) {
    value = htonl(value);
    memcpy(at, &value, 4);
}

static uint32_t get32(const unsigned char *at) {
    uint32_t value;
    memcpy(&value, at, 4);
    return ntohl(value);
}

/* Appends one frame to what flush() will write; n segments of `length` bytes each lie in `segments`. */
static void frame(const char *header, int n, size_t length, const char *segments) {
    size_t size = strlen(header), total = 6 + 4 * (size_t)n + size + n * length;
    unsigned char *at = out + out_len;
    put32(at, total);
    put32(at + 4, size);
    at[8] = n >> 8, at[9] = n;
    for (int i = 0; i < n; i++) put32(at + 10 + 4 * i, length);
    memcpy(at + 10 + 4 * n, header, size);
    if (n) memcpy(at + 10 + 4 * n + size, segments, n * length);
    out_len += 4 + total;
}

static void request(int n, size_t length, const char *segments, const char *method, const char *params, ...) {
    static char header[65536], filled[65000];
    va_list arguments;
    va_start(arguments, params);
    vsnprintf(filled, sizeof filled, params, arguments);
    va_end(arguments);
    snprintf(
        header, sizeof header, "{\"jsonrpc\":\"2.0\",\"id\":%ld,\"method\":\"%s\",\"params\":%s}", next_id++, method, filled);
    frame(header, n, length, segments);
}

/* Bytes read and not yet used. */
static size_t have, used;

/* Reads one answer's frame; returns whether more of the same answer follows. `bytes` counts what was received. */
static int answer(size_t *bytes) {
    for (;;) {
        if (have - used >= 4 && have - used >= 4 + (size_t)get32(in + used)) break;
        if (used) memmove(in, in + used, have - used), have -= used, used = 0;
        ssize_t n = read(sock, in + have, 2 * FRAME - have);
        if (n <= 0) die("the agent closed the connection");
        have += n;
    }
    const unsigned char *at = in + used;
    size_t total = 4 + get32(at), size = get32(at + 4), n = at[8] << 8 | at[9];
    const char *header = (const char *)at + 10 + 4 * n;
    if (memmem(header, size, "\"error\":", 8)) {
        errno = 0;
        fprintf(stderr, "%.*s\n", (int)size, header);
        die("the agent refused");
    }
    if (bytes) *bytes += total;
    used += total;
    return memmem(header, size, "\"more\":true", 11) != NULL;
}

static void whole_answer(size_t *bytes) {
    while (answer(bytes)) {}
}

static void reveal(long population) {
    request(0, 0, NULL, "reveal",
        "{\"wants\":[{\"profile\":\"default\",\"name\":\"bench-%06ld\",\"fields\":[\"key\"]}],\"purpose\":\"get\"}",
        random() % population);
}

/* One batch of `count`, in frames of BATCH with one request id; every frame but the last says that more follows. */
static double fill(long first, long count) {
    static char params[60000], secrets[BATCH * SECRET];
    double start = now();
    for (long done = 0; done < count;) {
        int n = count - done < BATCH ? count - done : BATCH;
        char *at = params + sprintf(params, "{\"items\":[");
        for (int i = 0; i < n; i++) {
            at += sprintf(at,
                "%s{\"profile\":\"default\",\"name\":\"bench-%06ld\",\"platform\":\"http-api-key\",\"plain\":"
                "{\"url\":\"https://api.example.com/v1\",\"header\":\"Authorization\"},\"order\":[\"url\",\"header\"],"
                "\"secrets\":[\"key\"]}", i ? "," : "", first + done + i);
            char secret[64];
            snprintf(secret, sizeof secret, "sk-bench-%06ld-0123456789abcdefghijklmnopqrs", first + done + i);
            memcpy(secrets + i * SECRET, secret, SECRET);
        }
        done += n;
        sprintf(at, "],\"requestID\":\"bench-%ld-%d\",\"why\":\"bench\"%s}", first, (int)getpid(), done < count ? ",\"more\":true" : "");
        request(n, SECRET, secrets, "put", "%s", params);
        if (done < count) next_id--;
        flush();
    }
    whole_answer(NULL);
    return now() - start;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void lookups(long population, long count, long depth) {
    double start = now();
    long sent = 0, received = 0;
    while (received < count) {
        while (sent < count && sent - received < depth) reveal(population), sent++;
        if (out_len) flush();
        whole_answer(NULL), received++;
        while (received < sent && have - used >= 4 && have - used >= 4 + (size_t)get32(in + used)) whole_answer(NULL), received++;
    }
    printf("%.0f\n", count / (now() - start));
}

static void singles(long population, long count) {
    double *took = calloc(count, sizeof *took);
    for (long i = 0; i < count; i++) {
        reveal(population);
        double start = now();
        flush();
        whole_answer(NULL);
        took[i] = (now() - start) * 1e6;
    }
    qsort(took, count, sizeof *took, ascending);
    printf("%.1f %.1f %.1f\n", took[count / 2], took[count * 99 / 100], took[count - 1]);
}

int main(int argc, char **argv) {
    if (argc < 3) return 64;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(argv[1]) >= sizeof address.sun_path) die("the socket's path is too long");
    strcpy(address.sun_path, argv[1]);
    sock = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(sock, (struct sockaddr *)&address, sizeof address)) die("connect");
    out = malloc(FRAME), in = malloc(2 * FRAME);
    srandom(7);
    request(0, 0, NULL, "hello", "{\"protocol\":1,\"version\":\"bench\"}");
    flush();
    whole_answer(NULL);

    const char *verb = argv[2];
    long first = argc > 3 ? atol(argv[3]) : 0, second = argc > 4 ? atol(argv[4]) : 0;
    if (!strcmp(verb, "init")) {
        request(1, 5, "bench", "init", "{\"passes\":%ld,\"memory\":%ld}", first, second);
        flush();
        whole_answer(NULL);
    } else if (!strcmp(verb, "fill")) {
        printf("%.6f\n", fill(first, second));
    } else if (!strcmp(verb, "lookup")) {
        lookups(first, second, atol(argv[5]));
    } else if (!strcmp(verb, "single")) {
        singles(first, second);
    } else if (!strcmp(verb, "list")) {
        size_t bytes = 0;
        double start = now();
        request(0, 0, NULL, "list", "{\"all\":true}");
        flush();
        whole_answer(&bytes);
        printf("%.6f %zu\n", now() - start, bytes);
    } else if (!strcmp(verb, "unlock")) {
        while (first-- > 0) {
            request(0, 0, NULL, "lock", "{}");
            flush();
            whole_answer(NULL);
            double start = now();
            request(1, 5, "bench", "unlock", "{\"with\":\"passphrase\"}");
            flush();
            whole_answer(NULL);
            printf("%.6f\n", now() - start);
        }
    } else if (!strcmp(verb, "lock") || !strcmp(verb, "retire")) {
        request(0, 0, NULL, verb, "{}");
        flush();
        whole_answer(NULL);
    } else {
        return 64;
    }
    return 0;
}
