#ifndef CCURL_H
#define CCURL_H

/* One HTTP exchange over the system's libcurl, in fixed forms: its setters are variadic, which Swift cannot call.
   Everything libcurl allocates is wiped when it is freed. Not for use on two threads at once. */

#include <stddef.h>
#include <stdint.h>

/* What to send. All strings end in NUL and must stay while the call runs; none is copied but by libcurl itself. */
struct kist_http_request {
    const char *method;          /* "GET" or "POST" */
    const char *url;
    const char *const *headers;  /* "Name: value" */
    size_t header_count;         /* at most KIST_HTTP_HEADERS */
    const void *body;            /* NULL for none */
    size_t body_length;
    const char *proxy;           /* NULL for none; the environment is never asked */
    const char *no_proxy;        /* NULL for none */
    const char *ca_file;         /* NULL for the system's */
    const void *ca;              /* the same as PEM in memory, which goes before; NULL for none */
    size_t ca_length;
    const void *certificate;     /* as whom to appear, PEM; NULL for nobody */
    size_t certificate_length;
    const void *key;             /* of the certificate, PEM */
    size_t key_length;
    const char *wanted_header;   /* a field of the answer to keep; NULL for none */
    int only_loopback;           /* refuse to connect to any other address, whatever a name resolves to */
    long timeout_ms;             /* for everything together */
    size_t largest_body;         /* more than this is not read */
};

enum { KIST_HTTP_HEADERS = 32, KIST_HTTP_TEXT = 256, KIST_HTTP_ADDRESS = 2048 };

enum kist_http_failure {
    KIST_HTTP_DONE = 0,
    KIST_HTTP_NAME,      /* the host's name is not known */
    KIST_HTTP_CONNECT,   /* nobody answers there */
    KIST_HTTP_TIMEOUT,
    KIST_HTTP_TLS,       /* no trustworthy TLS connection */
    KIST_HTTP_PROXY,     /* the proxy refused */
    KIST_HTTP_NO_PROXY,  /* the proxy cannot be reached */
    KIST_HTTP_REFUSED,   /* not allowed by only_loopback */
    KIST_HTTP_GARBAGE,   /* what came is no HTTP, or has too many or too long headers */
    KIST_HTTP_CLOSED,    /* the connection ended too early */
    KIST_HTTP_OTHER
};

struct kist_http_answer {
    int failure;                         /* kist_http_failure */
    long status;                         /* 0 when there was none */
    int64_t microseconds;
    int is_truncated;                    /* the body is longer than largest_body; the rest was not read */
    size_t body_length;
    char *body;                          /* wiped and freed by kist_http_forget */
    char wanted[KIST_HTTP_TEXT];         /* value of wanted_header, cut; bytes as they came */
    char redirect[KIST_HTTP_ADDRESS];    /* where a 3xx points to, cut; bytes as they came */
};

/* Performs the exchange. Never follows a redirect. Returns 0, or -1 when libcurl cannot be set up. */
int kist_http_perform(const struct kist_http_request *request, struct kist_http_answer *answer);

/* Wipes and frees. */
void kist_http_forget(struct kist_http_answer *answer);

/* "libcurl/7.88.1 OpenSSL/3.0.11 …" */
const char *kist_curl_version(void);

#endif
