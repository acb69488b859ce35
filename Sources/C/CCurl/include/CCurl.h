#ifndef CCURL_H
#define CCURL_H
/* libcurl's setters are variadic, which Swift cannot call: this shim gives them fixed forms. */
const char *kist_curl_version(void);
#endif
