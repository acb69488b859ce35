#include "CCurl.h"
#include <curl/curl.h>
const char *kist_curl_version(void) { return curl_version(); }
