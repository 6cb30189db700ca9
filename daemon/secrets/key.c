/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys in memory. Everything that holds key bytes comes from sodium_malloc(): locked into memory, kept
 * out of core dumps, wiped when freed. */
#include "secrets/key.h"

#include <sodium.h>
#include <string.h>

static const char *const source_names[] = {
        [KEY_SOURCE_NONE] = "none",
        [KEY_SOURCE_SECRET_SERVICE] = "secret-service",
        [KEY_SOURCE_CREDENTIAL] = "credential",
        [KEY_SOURCE_FILE] = "file",
};

const char *key_source_to_string(KeySource source)
{
        return (size_t)source < G_N_ELEMENTS(source_names) ? source_names[source] : "none";
}

bool key_source_from_string(const char *text, KeySource *ret)
{
        for (size_t i = 0; i < G_N_ELEMENTS(source_names); i++)
                if (g_strcmp0(text, source_names[i]) == 0) {
                        *ret = (KeySource)i;
                        return true;
                }
        return false;
}

const char *key_state_to_string(KeyState state)
{
        static const char *const names[] = {
                [KEY_FOUND] = "found",   [KEY_MISSING] = "missing", [KEY_LOCKED] = "locked",
                [KEY_ABSENT] = "absent", [KEY_HUNG] = "hung",       [KEY_WRONG] = "wrong",
        };
        return (size_t)state < G_N_ELEMENTS(names) ? names[state] : "unknown";
}

Key *key_new(void)
{
        Key *key = sodium_malloc(SECRETS_KEY_BYTES);
        if (!key)
                g_error("no locked memory left for a key of %d bytes", SECRETS_KEY_BYTES);
        sodium_memzero(key, SECRETS_KEY_BYTES);
        return key;
}

Key *key_new_random(void)
{
        Key *key = key_new();
        randombytes_buf(key, SECRETS_KEY_BYTES);
        return key;
}

Key *key_free(Key *key)
{
        sodium_free(key);
        return NULL;
}

char *key_id(const Key *key)
{
        static const uint8_t salt[crypto_generichash_blake2b_SALTBYTES] = {0};
        static const uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] =
                "ouroboros key id";
        uint8_t digest[KEY_ID_DIGITS / 2];
        crypto_generichash_blake2b_salt_personal(digest, sizeof(digest), key, SECRETS_KEY_BYTES,
                                                 NULL, 0, salt, personal);
        char *id = g_malloc(KEY_ID_DIGITS + 1);
        return sodium_bin2hex(id, KEY_ID_DIGITS + 1, digest, sizeof(digest));
}

bool key_id_is_valid(const char *id)
{
        return id && strlen(id) == KEY_ID_DIGITS && strspn(id, "0123456789abcdef") == KEY_ID_DIGITS;
}

bool key_has_id(const Key *key, const char *id)
{
        g_autofree char *mine = key_id(key);
        return g_strcmp0(mine, id) == 0;
}

bool key_parse(const void *data, size_t size, Key *ret_key)
{
        if (size == SECRETS_KEY_BYTES) {
                memcpy(ret_key, data, SECRETS_KEY_BYTES);
                return true;
        }
        const char *text = data;
        while (size > 0 && g_ascii_isspace(text[size - 1]))
                size--;
        while (size > 0 && g_ascii_isspace(*text)) {
                text++;
                size--;
        }
        g_autoptr(Key) key = key_new();
        size_t length = 0;
        if (size != KEY_HEX_BYTES ||
            sodium_hex2bin(key, SECRETS_KEY_BYTES, text, size, NULL, &length, NULL) != 0 ||
            length != SECRETS_KEY_BYTES)
                return false;
        memcpy(ret_key, key, SECRETS_KEY_BYTES);
        return true;
}

char *key_to_hex(const Key *key)
{
        char *hex = sodium_malloc(KEY_HEX_BYTES + 1);
        if (!hex)
                g_error("no locked memory left for a key as text");
        return sodium_bin2hex(hex, KEY_HEX_BYTES + 1, key, SECRETS_KEY_BYTES);
}
