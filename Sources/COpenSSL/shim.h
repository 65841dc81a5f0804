// What Signing uses of OpenSSL 3's libcrypto, and the two calls whose parameter lists C builds better than Swift.
#ifndef SETTLED_COPENSSL_SHIM_H
#define SETTLED_COPENSSL_SHIM_H

#include <stddef.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

// Sets the key of an HMAC context with SHA-256. 1 on success.
static inline int settled_hmac_sha256_init(EVP_MAC_CTX *context, const unsigned char *key, size_t length) {
    OSSL_PARAM parameters[2];
    parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0);
    parameters[1] = OSSL_PARAM_construct_end();
    return EVP_MAC_init(context, key, length, parameters);
}

// HKDF (extract and expand) with SHA-256 into `output`. 1 on success.
static inline int settled_hkdf_sha256(
    EVP_KDF_CTX *context, const void *secret, size_t secret_length, const void *salt, size_t salt_length,
    const void *info, size_t info_length, unsigned char *output, size_t output_length
) {
    OSSL_PARAM parameters[5];
    OSSL_PARAM *next = parameters;
    *next++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0);
    *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret, secret_length);
    if (salt_length > 0) {
        *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_length);
    }
    if (info_length > 0) {
        *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_length);
    }
    *next = OSSL_PARAM_construct_end();
    return EVP_KDF_derive(context, output, output_length, parameters);
}

#endif
