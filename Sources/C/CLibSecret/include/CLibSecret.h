#ifndef CLIBSECRET_H
#define CLIBSECRET_H

/* One item of the Secret Service over libsecret, in fixed forms: GLib's hash tables, lists and errors end here.
   Every call has a deadline. Not for use on two threads at once. */

#include <stddef.h>

enum kist_keyring_outcome {
    KIST_KEYRING_DONE = 0,
    KIST_KEYRING_NOTHING,       /* no such item */
    KIST_KEYRING_NO_BUS,        /* no message bus, or none that lets us in */
    KIST_KEYRING_NO_SERVICE,    /* nobody on the bus keeps secrets */
    KIST_KEYRING_NO_COLLECTION, /* it has no such collection */
    KIST_KEYRING_LOCKED,        /* and nobody was to be asked */
    KIST_KEYRING_DISMISSED,     /* somebody was asked and said no */
    KIST_KEYRING_TIMEOUT,
    KIST_KEYRING_CLEAR,         /* the service takes secrets in clear only */
    KIST_KEYRING_UNFIT,         /* the item holds nothing, or more than fits */
    KIST_KEYRING_OTHER          /* `why` says more */
};

enum { KIST_KEYRING_TEXT = 256 };

struct kist_keyring_request {
    const char *slot;       /* attribute of a key; NULL for probe, and where `vault` is not */
    const char *vault;      /* attribute of what was seen of a vault, which is no secret */
    const char *collection; /* its label; NULL for the default one */
    const char *label;      /* what people read in their keyring's window */
    int may_ask;            /* the desktop may ask for the keyring's password */
    int may_start;          /* the bus may start the service */
    long milliseconds;
};

struct kist_keyring_answer {
    int outcome;                  /* kist_keyring_outcome */
    int is_locked;                /* probe: the collection */
    long count;                   /* remove: how many */
    char text[KIST_KEYRING_TEXT]; /* probe: the collection's label. Otherwise why it failed. Bytes as they came, cut. */
};

/* Who is there, asking nobody and changing nothing. */
void kist_keyring_probe(const struct kist_keyring_request *request, struct kist_keyring_answer *answer);

/* Copies the secret to `secret`; `*length` is its length then. */
void kist_keyring_get(const struct kist_keyring_request *request, void *secret, size_t capacity, size_t *length,
                      struct kist_keyring_answer *answer);

/* Keeps `secret` (text), in place of one for the same slot, and reads it back. */
void kist_keyring_set(const struct kist_keyring_request *request, const void *secret, size_t length,
                      struct kist_keyring_answer *answer);

/* Removes every item of the slot that is not in a locked collection. */
void kist_keyring_remove(const struct kist_keyring_request *request, struct kist_keyring_answer *answer);

/* Copies what git, docker, cargo and Python's keyring keep there: for each item u8 kind (0 git, 1 docker, 2 cargo, 3 Python),
   u8 attributes, so many pairs of texts, the secret; each text and the secret as u32 length (big-endian) and bytes. */
void kist_keyring_others(const struct kist_keyring_request *request, void *bytes, size_t capacity, size_t *length,
                         struct kist_keyring_answer *answer);

#endif
