/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cursor is base64url of a digest over list, filters and key, followed by the key. The digest is no
 * secret: it tells a cursor of another list, of other filters or a damaged one from a good one. */
#include "base/cursor.h"

#include "base/error.h"

#include <sodium.h>
#include <string.h>

#define DIGEST_BYTES    16
#define CURSOR_TEXT_MAX 16384 /* longest cursor looked at */

static void digest_of(const char *list, const char *filters, const char *key, unsigned char *out)
{
        crypto_generichash_state state;

        crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
        /* with their NUL bytes, so that no two triples run together to the same bytes */
        crypto_generichash_update(&state, (const unsigned char *)list, strlen(list) + 1);
        crypto_generichash_update(&state, (const unsigned char *)(filters ? filters : ""),
                                  filters ? strlen(filters) + 1 : 1);
        crypto_generichash_update(&state, (const unsigned char *)key, strlen(key) + 1);
        crypto_generichash_final(&state, out, DIGEST_BYTES);
}

char *cursor_new(const char *list, const char *filters, const char *key)
{
        size_t length = strlen(key), bytes = DIGEST_BYTES + length;
        size_t room = sodium_base64_encoded_len(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        g_autofree unsigned char *raw = g_malloc(bytes);
        char *text = g_malloc(room);

        digest_of(list, filters, key, raw);
        memcpy(raw + DIGEST_BYTES, key, length);
        return sodium_bin2base64(text, room, raw, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

char *cursor_key(const char *list, const char *filters, const char *text, GError **error)
{
        size_t length = text ? strnlen(text, CURSOR_TEXT_MAX + 1) : 0, bytes = 0;
        g_autofree unsigned char *raw = NULL;
        unsigned char expected[DIGEST_BYTES];

        if (length == 0)
                return g_strdup("");
        raw = g_malloc0(length + 1);
        if (length <= CURSOR_TEXT_MAX &&
            sodium_base642bin(raw, length, text, length, NULL, &bytes, NULL,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
            bytes >= DIGEST_BYTES && !memchr(raw + DIGEST_BYTES, 0, bytes - DIGEST_BYTES)) {
                raw[bytes] = '\0';
                digest_of(list, filters, (const char *)raw + DIGEST_BYTES, expected);
                if (memcmp(raw, expected, DIGEST_BYTES) == 0)
                        return g_strdup((const char *)raw + DIGEST_BYTES);
        }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                    "the cursor given as 'after' is not one of this list with these filters; "
                    "begin again without it");
        return NULL;
}
