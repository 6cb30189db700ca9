/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields of a form: see form.h. */
#include <string.h>

#include "base/base.h"
#include "http/form.h"

static bool refuse(const char *why, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "The form %s", why);
        return false;
}

char *form_unescape(const char *text, size_t length)
{
        g_autoptr(GString) plain = g_string_sized_new(length);

        for (size_t i = 0; i < length; i++) {
                if (text[i] != '%') {
                        g_string_append_c(plain, text[i] == '+' ? ' ' : text[i]);
                        continue;
                }
                if (i + 2 >= length || !g_ascii_isxdigit(text[i + 1]) ||
                    !g_ascii_isxdigit(text[i + 2]))
                        return NULL;
                g_string_append_c(plain, (char)(g_ascii_xdigit_value(text[i + 1]) << 4 |
                                                g_ascii_xdigit_value(text[i + 2])));
                i += 2;
        }
        if (!g_utf8_validate(plain->str, (gssize)plain->len, NULL))
                return NULL;
        return g_string_free(g_steal_pointer(&plain), /* free_segment= */ FALSE);
}

static bool add_field(GHashTable *fields, const char *text, size_t length, GError **error)
{
        const char *equals = memchr(text, '=', length);
        size_t name_length = equals ? (size_t)(equals - text) : length;
        g_autofree char *name = form_unescape(text, name_length);
        g_autofree char *value =
                equals ? form_unescape(equals + 1, length - name_length - 1) : g_strdup("");

        if (!name || !value)
                return refuse("has a field that is not text in UTF-8", error);
        if (g_hash_table_size(fields) == FORM_FIELDS_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "The form has more than FORM_FIELDS_MAX (%d) fields", FORM_FIELDS_MAX);
                return false;
        }
        if (!g_hash_table_insert(fields, g_steal_pointer(&name), g_steal_pointer(&value)))
                return refuse("has a field twice", error);
        return true;
}

GHashTable *form_parse(const char *text, size_t length, GError **error)
{
        g_autoptr(GHashTable) fields =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

        while (length > 0) {
                const char *end = memchr(text, '&', length);
                size_t size = end ? (size_t)(end - text) : length;
                if (size > 0 && !add_field(fields, text, size, error))
                        return NULL;
                text += size + (end != NULL);
                length -= size + (end != NULL);
        }
        return g_steal_pointer(&fields);
}

char *form_escape(const char *value)
{
        return g_uri_escape_string(value, NULL, /* allow_utf8= */ FALSE);
}
