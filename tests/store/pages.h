/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The raw pages of a database and the frames of its -wal, decrypted by hand: whatever SQLite thinks of them, free ones
 * included. SQLCipher 4: pages of 4096 bytes whose last 80 are 16 of IV and an HMAC-SHA512, AES-256-CBC; the
 * first page begins with 16 bytes of salt. */
#pragma once

#include <glib.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define PAGES_BYTES     4096
#define PAGES_RESERVED  80
#define PAGES_SALT      16
#define PAGES_WAL_HEAD  32
#define PAGES_WAL_FRAME 24

static inline void pages_decrypt(const uint8_t *page, size_t begin, const uint8_t *key,
                                 GByteArray *out)
{
        EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
        int size = (int)(PAGES_BYTES - PAGES_RESERVED - begin), written = 0, rest = 0;
        uint8_t plain[PAGES_BYTES];

        g_assert_cmpint(EVP_DecryptInit_ex(context, EVP_aes_256_cbc(), NULL, key,
                                           page + PAGES_BYTES - PAGES_RESERVED),
                        ==, 1);
        g_assert_cmpint(EVP_CIPHER_CTX_set_padding(context, 0), ==, 1);
        g_assert_cmpint(EVP_DecryptUpdate(context, plain, &written, page + begin, size), ==, 1);
        g_assert_cmpint(EVP_DecryptFinal_ex(context, plain + written, &rest), ==, 1);
        g_assert_cmpint(written + rest, ==, size);
        g_byte_array_append(out, plain, (unsigned)size);
        EVP_CIPHER_CTX_free(context);
}

static inline void pages_read_database(const char *path, const uint8_t *key, GByteArray *out)
{
        g_autofree char *content = NULL;
        size_t length = 0;

        g_assert_true(g_file_get_contents(path, &content, &length, NULL));
        g_assert_cmpuint(length % PAGES_BYTES, ==, 0);
        for (size_t at = 0; at < length; at += PAGES_BYTES)
                pages_decrypt((const uint8_t *)content + at, at == 0 ? PAGES_SALT : 0, key, out);
}

static inline uint32_t pages_number(const char *at)
{
        uint32_t number;

        memcpy(&number, at, sizeof(number));
        return GUINT32_FROM_BE(number);
}

/* Every frame that the file has room for, also those of before its last restart. */
static inline void pages_read_wal(const char *path, const uint8_t *key, GByteArray *out)
{
        g_autofree char *name = g_strconcat(path, "-wal", NULL);
        g_autofree char *content = NULL;
        size_t length = 0, frame = PAGES_WAL_FRAME + PAGES_BYTES;

        if (!g_file_get_contents(name, &content, &length, NULL))
                return;
        for (size_t at = PAGES_WAL_HEAD; at + frame <= length; at += frame)
                pages_decrypt((const uint8_t *)content + at + PAGES_WAL_FRAME,
                              pages_number(content + at) == 1 ? PAGES_SALT : 0, key, out);
}

/* What both hold, in lower case. */
static inline GByteArray *pages_read(const char *path, const uint8_t *key)
{
        GByteArray *out = g_byte_array_new();

        pages_read_database(path, key, out);
        pages_read_wal(path, key, out);
        for (unsigned i = 0; i < out->len; i++)
                out->data[i] = (uint8_t)g_ascii_tolower((char)out->data[i]);
        return out;
}

static inline bool pages_have(const GByteArray *pages, const char *text)
{
        return memmem(pages->data, pages->len, text, strlen(text)) != NULL;
}
