/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"
#include "base/json.h"

#define NAME_CHARS_MIN 5

static bool is_of_name(char c)
{
        return g_ascii_isupper(c) || g_ascii_isdigit(c) || c == '_';
}

/* The name of the limit that a message has: every one names it. The caller frees; NULL if there is none. */
static char *find_limit(const char *message)
{
        for (const char *at = message; *at; at++) {
                const char *end = at;
                bool has_line = false;

                while (is_of_name(*end))
                        has_line |= *end++ == '_';
                if (has_line && g_ascii_isupper(*at) && end - at >= NAME_CHARS_MIN)
                        return g_strndup(at, (gsize)(end - at));
                if (end > at)
                        at = end - 1;
        }
        return NULL;
}

JsonObject *json_error_payload(const GError *error)
{
        JsonObject *payload = json_object_new();
        g_autofree char *limit =
                error_code(error) == OUROBOROS_ERROR_LIMIT ? find_limit(error->message) : NULL;

        if (error_path(error))
                json_object_set_string_member(payload, "path", error_path(error));
        if (limit)
                json_object_set_string_member(payload, "limit", limit);
        return payload;
}
