#include "CSigning.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

struct passphrase {
    const void *bytes;
    size_t length;
};

/* Without this OpenSSL would ask on the terminal. */
static int give_passphrase(char *buffer, int size, int writing, void *context) {
    const struct passphrase *passphrase = context;
    (void)writing;
    if (!passphrase->bytes || passphrase->length == 0 || passphrase->length > (size_t)size) return -1;
    memcpy(buffer, passphrase->bytes, passphrase->length);
    return (int)passphrase->length;
}

static EVP_PKEY *open_key(const void *pem, size_t length, const void *bytes, size_t passphrase_length, int *result) {
    struct passphrase passphrase = {bytes, passphrase_length};
    *result = KIST_SIGNING_FAILED;
    if (length > INT_MAX) return NULL;
    BIO *text = BIO_new_mem_buf(pem, (int)length);
    if (!text) return NULL;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(text, NULL, give_passphrase, &passphrase);
    BIO_free(text);
    if (!key) {
        *result = KIST_SIGNING_CLOSED;
    } else if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) < 2048 ||
               EVP_PKEY_get_size(key) > KIST_SIGNATURE) {
        *result = KIST_SIGNING_KIND;
        EVP_PKEY_free(key);
        key = NULL;
    }
    /* The queue of errors is nobody's to print. */
    ERR_clear_error();
    return key;
}

int kist_key_fingerprint(const void *pem, size_t length, const void *passphrase, size_t passphrase_length,
                         unsigned char fingerprint[KIST_FINGERPRINT]) {
    int result;
    EVP_PKEY *key = open_key(pem, length, passphrase, passphrase_length, &result);
    if (!key) return result;
    unsigned char *der = NULL;
    unsigned written = 0;
    int size = i2d_PUBKEY(key, &der);
    if (size > 0 && EVP_Digest(der, (size_t)size, fingerprint, &written, EVP_sha256(), NULL) == 1 &&
        written == KIST_FINGERPRINT)
        result = KIST_SIGNING_DONE;
    OPENSSL_free(der);
    EVP_PKEY_free(key);
    return result;
}

int kist_key_sign(const void *pem, size_t length, const void *passphrase, size_t passphrase_length, const void *text,
                  size_t text_length, unsigned char signature[KIST_SIGNATURE], size_t *written) {
    int result;
    EVP_PKEY *key = open_key(pem, length, passphrase, passphrase_length, &result);
    if (!key) return result;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    *written = KIST_SIGNATURE;
    /* PKCS#1 v1.5 is the padding that OpenSSL uses for RSA when none is chosen. */
    if (context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
        EVP_DigestSign(context, signature, written, text, text_length) == 1)
        result = KIST_SIGNING_DONE;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return result;
}

int kist_sha256(const void *bytes, size_t length, unsigned char digest[KIST_SHA256]) {
    unsigned written = 0;
    return EVP_Digest(bytes, length, digest, &written, EVP_sha256(), NULL) == 1 && written == KIST_SHA256;
}

int kist_hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length,
                     unsigned char tag[KIST_SHA256]) {
    unsigned written = 0;
    if (key_length > INT_MAX) return 0;
    return HMAC(EVP_sha256(), key, (int)key_length, bytes, length, tag, &written) && written == KIST_SHA256;
}
