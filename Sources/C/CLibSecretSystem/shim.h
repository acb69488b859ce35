/* The paths of items and collections: libsecret calls this part of it unstable, and has kept it since 2012. */
#define SECRET_API_SUBJECT_TO_CHANGE 1
#include <libsecret/secret.h>
