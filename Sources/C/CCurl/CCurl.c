#define _GNU_SOURCE
#include "CCurl.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* Allocation that is wiped when freed: headers and bodies with secrets go through libcurl's buffers. */

struct block {
    size_t size;
    max_align_t bytes[];
};

static void *wiped_malloc(size_t size) {
    if (size > SIZE_MAX - sizeof(struct block)) return NULL;
    struct block *block = malloc(sizeof *block + size);
    if (!block) return NULL;
    block->size = size;
    return block->bytes;
}

static struct block *block_of(void *pointer) {
    return (struct block *)((char *)pointer - offsetof(struct block, bytes));
}

static void wiped_free(void *pointer) {
    if (!pointer) return;
    struct block *block = block_of(pointer);
    explicit_bzero(block->bytes, block->size);
    free(block);
}

static void *wiped_realloc(void *pointer, size_t size) {
    if (!pointer) return wiped_malloc(size);
    void *larger = wiped_malloc(size);
    if (!larger) return NULL;
    size_t old = block_of(pointer)->size;
    memcpy(larger, pointer, old < size ? old : size);
    wiped_free(pointer);
    return larger;
}

static char *wiped_strdup(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = wiped_malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

static void *wiped_calloc(size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) return NULL;
    void *pointer = wiped_malloc(count * size);
    return pointer ? memset(pointer, 0, count * size) : NULL;
}

struct exchange {
    const struct kist_http_request *request;
    struct kist_http_answer *answer;
    size_t capacity;
    unsigned header_lines;
    size_t header_bytes;
    int refused_address;
    int refused_headers;
};

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
    struct exchange *exchange = context;
    struct kist_http_answer *answer = exchange->answer;
    size_t length = size * count, space = exchange->request->largest_body - answer->body_length;
    size_t taken = length < space ? length : space;
    if (!answer->body && !(answer->body = malloc(exchange->request->largest_body + 1))) return 0;
    memcpy(answer->body + answer->body_length, bytes, taken);
    answer->body_length += taken;
    if (taken < length) {
        answer->is_truncated = 1;
        return 0; /* ends the transfer */
    }
    return length;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context) {
    struct exchange *exchange = context;
    size_t length = size * count;
    exchange->header_bytes += length;
    if (++exchange->header_lines > 200 || exchange->header_bytes > 65536) {
        exchange->refused_headers = 1;
        return 0;
    }
    const char *wanted = exchange->request->wanted_header;
    size_t name = wanted ? strlen(wanted) : 0;
    if (name && length > name && bytes[name] == ':' && strncasecmp(bytes, wanted, name) == 0) {
        const char *value = bytes + name + 1, *end = bytes + length;
        while (value < end && (*value == ' ' || *value == '\t')) value++;
        while (end > value && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ')) end--;
        size_t kept = (size_t)(end - value);
        if (kept > KIST_HTTP_TEXT - 1) kept = KIST_HTTP_TEXT - 1;
        memcpy(exchange->answer->wanted, value, kept);
        exchange->answer->wanted[kept] = 0;
    }
    return length;
}

static int is_loopback(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
        return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
    }
    return 0;
}

/* The last gate before any byte leaves: sees the address that the name resolved to. */
static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    struct exchange *exchange = context;
    (void)purpose;
    if (exchange->request->only_loopback && !is_loopback(&address->addr)) {
        exchange->refused_address = 1;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Whether `list` (NO_PROXY: names with or without a dot before them, between commas or blanks, or *) covers `host`. */
static int is_exempt(const char *list, const char *host) {
    size_t length = strlen(host);
    while (*list) {
        list += strspn(list, ", \t.");
        size_t part = strcspn(list, ", \t");
        if (part == 1 && *list == '*') return 1;
        if (part && part <= length && strncasecmp(list, host + length - part, part) == 0 &&
            (part == length || host[length - part - 1] == '.'))
            return 1;
        list += part;
    }
    return 0;
}

/* libcurl tells only from 8.7 on. */
static int uses_proxy(const struct kist_http_request *request) {
    if (!request->proxy || !*request->proxy) return 0;
    CURLU *url = curl_url();
    char *host = NULL;
    int uses = url && curl_url_set(url, CURLUPART_URL, request->url, 0) == CURLUE_OK &&
               curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
               !is_exempt(request->no_proxy ? request->no_proxy : "", host);
    curl_free(host);
    curl_url_cleanup(url);
    return uses;
}

static int failure_of(CURLcode code, const struct exchange *exchange) {
    if (exchange->refused_address) return KIST_HTTP_REFUSED;
    if (exchange->refused_headers) return KIST_HTTP_GARBAGE;
    if (exchange->answer->is_truncated) return KIST_HTTP_DONE;
    switch (code) {
    case CURLE_OK: return KIST_HTTP_DONE;
    case CURLE_COULDNT_RESOLVE_HOST: return KIST_HTTP_NAME;
    case CURLE_COULDNT_RESOLVE_PROXY: return KIST_HTTP_NO_PROXY;
    case CURLE_COULDNT_CONNECT: return uses_proxy(exchange->request) ? KIST_HTTP_NO_PROXY : KIST_HTTP_CONNECT;
    case CURLE_OPERATION_TIMEDOUT: return KIST_HTTP_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED: return KIST_HTTP_TLS;
    case CURLE_PROXY: return KIST_HTTP_PROXY;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_BAD_CONTENT_ENCODING: return KIST_HTTP_GARBAGE;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return KIST_HTTP_CLOSED;
    default: return KIST_HTTP_OTHER;
    }
}

/* libcurl does not change it, and it stays while the call runs. */
static struct curl_blob blob_of(const void *bytes, size_t length) {
    return (struct curl_blob){.data = (void *)(uintptr_t)bytes, .len = length, .flags = CURL_BLOB_NOCOPY};
}

#define SET(option, value) failed |= curl_easy_setopt(easy, option, value) != CURLE_OK

static int set_up(CURL *easy, const struct kist_http_request *request, struct exchange *exchange,
                  struct curl_slist *headers) {
    int failed = 0;
    SET(CURLOPT_URL, request->url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, request->timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, request->timeout_ms);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (request->ca) {
        struct curl_blob blob = blob_of(request->ca, request->ca_length);
        SET(CURLOPT_CAINFO_BLOB, &blob);
    } else if (request->ca_file) {
        SET(CURLOPT_CAINFO, request->ca_file);
    }
    if (request->certificate) {
        struct curl_blob certificate = blob_of(request->certificate, request->certificate_length);
        struct curl_blob key = blob_of(request->key, request->key_length);
        SET(CURLOPT_SSLCERTTYPE, "PEM");
        SET(CURLOPT_SSLCERT_BLOB, &certificate);
        SET(CURLOPT_SSLKEYTYPE, "PEM");
        SET(CURLOPT_SSLKEY_BLOB, &key);
    }
    /* An empty string keeps libcurl from asking the environment. */
    SET(CURLOPT_PROXY, request->proxy ? request->proxy : "");
    SET(CURLOPT_NOPROXY, request->no_proxy ? request->no_proxy : "");
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_USERAGENT, "kist");
    SET(CURLOPT_HTTPHEADER, headers);
    SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    if (strcmp(request->method, "POST") == 0) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        SET(CURLOPT_POSTFIELDS, request->body ? request->body : "");
    } else {
        SET(CURLOPT_HTTPGET, 1L);
    }
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, exchange);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, exchange);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
    SET(CURLOPT_OPENSOCKETDATA, exchange);
    return failed;
}

int kist_http_perform(const struct kist_http_request *request, struct kist_http_answer *answer) {
    memset(answer, 0, sizeof *answer);
    if (request->header_count > KIST_HTTP_HEADERS) return -1;
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wiped_malloc, wiped_free, wiped_realloc, wiped_strdup,
                             wiped_calloc) != CURLE_OK)
        return -1;
    struct exchange exchange = {.request = request, .answer = answer};
    /* Made by hand: curl_slist_append would copy every header. libcurl reads the list and does not change it. */
    struct curl_slist list[KIST_HTTP_HEADERS + 1];
    size_t count = 0;
    for (; count < request->header_count; count++) list[count].data = (char *)(uintptr_t)request->headers[count];
    list[count++].data = "Expect:";
    for (size_t i = 0; i < count; i++) list[i].next = i + 1 < count ? &list[i + 1] : NULL;

    CURL *easy = curl_easy_init();
    int failed = !easy || set_up(easy, request, &exchange, list);
    if (!failed) {
        CURLcode code = curl_easy_perform(easy);
        curl_off_t time = 0;
        char *redirect = NULL;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer->status);
        curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &time);
        curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &redirect);
        answer->microseconds = time;
        if (redirect) strncpy(answer->redirect, redirect, sizeof answer->redirect - 1);
        answer->failure = failure_of(code, &exchange);
    }
    if (easy) curl_easy_cleanup(easy);
    curl_global_cleanup();
    return failed ? -1 : 0;
}

void kist_http_forget(struct kist_http_answer *answer) {
    if (answer->body) {
        explicit_bzero(answer->body, answer->body_length);
        free(answer->body);
    }
    explicit_bzero(answer, sizeof *answer);
}

const char *kist_curl_version(void) { return curl_version(); }
