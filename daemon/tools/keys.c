/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys between homes: a person takes the vault's key out, or brings the one of another home's backup. They go
 * through descriptors of the caller's, never through arguments or messages. */
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/care-private.h"

#define KEY_TEXT_MAX 128 /* bytes of a file that is to hold a key */

/* The key's text, wiped by sodium_free(). */
static char *read_key(int fd, size_t *ret_size, GError **error)
{
        char *text = sodium_malloc(KEY_TEXT_MAX + 1);
        ssize_t n = text ? pread(fd, text, KEY_TEXT_MAX + 1, 0) : -1;

        if (n >= 0 && n <= KEY_TEXT_MAX) {
                *ret_size = (size_t)n;
                return text;
        }
        if (n < 0)
                error_set_errno(error, errno, "Cannot read the key");
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "The file has more than KEY_TEXT_MAX (%d) bytes: it is no key",
                            KEY_TEXT_MAX);
        sodium_free(text);
        return NULL;
}

static JsonObject *key_answer(const char *id)
{
        JsonObject *answer = json_object_new();

        json_object_set_string_member(answer, "key_id", id);
        return answer;
}

JsonObject *care_import_key(void *room, const Access *access, JsonObject *args, GError **error)
{
        Care *care = room;
        g_autofree char *id = NULL;
        size_t size = 0;

        if (!care_begin(care, "key import", error))
                return NULL;
        char *text = read_key((int)json_member_int(args, "file", -1), &size, error);
        bool kept = text && secrets_import(care->options.secrets, text, size, &id, error);
        sodium_free(text);
        care_end(care);
        return kept ? key_answer(id) : NULL;
}

static bool check_empty(int fd, GError **error)
{
        struct stat status;

        if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0)
                return true;
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "The file for the key must be a new, empty one");
        return false;
}

JsonObject *care_export_key(void *room, const Access *access, JsonObject *args, GError **error)
{
        Care *care = room;
        int fd = (int)json_member_int(args, "file", -1);
        uint8_t key[SECRETS_KEY_BYTES];

        if (!check_empty(fd, error) || !care_begin(care, "key export", error))
                return NULL;
        g_autofree char *id = secrets_key_id(care->options.secrets);
        bool written = care_load_key(care, key, error) && secrets_write_key(key, fd, error);
        care_end(care);
        explicit_bzero(key, sizeof key);
        return written ? key_answer(id) : NULL;
}
