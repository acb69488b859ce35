#ifndef CSIGNING_H
#define CSIGNING_H

/* RSA signatures with a private key in PEM form and keyed hashes, over the system's OpenSSL (the one that libcurl uses). */

#include <stddef.h>

enum kist_signing_result {
    KIST_SIGNING_DONE = 0,
    KIST_SIGNING_CLOSED,  /* the key is encrypted and the passphrase does not open it, or there is none */
    KIST_SIGNING_KIND,    /* not an RSA key of 2048 bits or more */
    KIST_SIGNING_FAILED
};

enum { KIST_FINGERPRINT = 32, KIST_SIGNATURE = 2048 };

/* SHA-256 of the public half (SubjectPublicKeyInfo, DER). */
int kist_key_fingerprint(const void *pem, size_t length, const void *passphrase, size_t passphrase_length,
                         unsigned char fingerprint[KIST_FINGERPRINT]);

/* RSASSA-PKCS1-v1_5 with SHA-256 (RS256) over `text`. `*written` is the length of the signature. */
int kist_key_sign(const void *pem, size_t length, const void *passphrase, size_t passphrase_length, const void *text,
                  size_t text_length, unsigned char signature[KIST_SIGNATURE], size_t *written);

enum { KIST_SHA256 = 32 };

/* Both return 0 when OpenSSL cannot. */
int kist_sha256(const void *bytes, size_t length, unsigned char digest[KIST_SHA256]);
int kist_hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length,
                     unsigned char tag[KIST_SHA256]);

#endif
