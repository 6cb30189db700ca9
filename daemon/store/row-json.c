/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RowShape: the columns and key of a table, prepared for printing its rows as JSON. On the path of
 * every journaled write, hence the copying of whole runs of plain characters. */
#include "store/row-json.h"

#include <math.h>
#include <string.h>

static void append_escaped(GString *out, unsigned char c)
{
        switch (c) {
        case '"':
                g_string_append_len(out, "\\\"", 2);
                return;
        case '\\':
                g_string_append_len(out, "\\\\", 2);
                return;
        case '\n':
                g_string_append_len(out, "\\n", 2);
                return;
        case '\r':
                g_string_append_len(out, "\\r", 2);
                return;
        case '\t':
                g_string_append_len(out, "\\t", 2);
                return;
        default:
                g_string_append_printf(out, "\\u%04x", c);
        }
}

static bool is_plain(unsigned char c)
{
        return c >= 0x20 && c != '"' && c != '\\';
}

static bool append_text(GString *out, const char *text, size_t length, GError **error)
{
        size_t start = 0, i = 0;
        unsigned char high = 0;

        g_string_append_c(out, '"');
        for (i = 0; i < length; i++) {
                unsigned char c = (unsigned char)text[i];

                high |= c;
                if (is_plain(c))
                        continue;
                g_string_append_len(out, text + start, (gssize)(i - start));
                append_escaped(out, c);
                start = i + 1;
        }
        g_string_append_len(out, text + start, (gssize)(length - start));
        g_string_append_c(out, '"');
        if (memchr(text, '\0', length) ||
            (high >= 0x80 && !g_utf8_validate_len(text, length, NULL))) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "text that is not UTF-8 or holds a NUL character");
                return false;
        }
        return true;
}

static bool append_real(GString *out, double value, GError **error)
{
        char text[40];

        if (!isfinite(value)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "a number that is not finite");
                return false;
        }
        sqlite3_snprintf(sizeof(text), text, "%!.15g", value);
        if (g_ascii_strtod(text, NULL) != value) /* the short form is kept only if it is exact */
                (void)g_ascii_dtostr(text, sizeof(text), value);
        g_string_append(out, text);
        if (!strpbrk(text, ".e"))
                g_string_append(out, ".0");
        return true;
}

static void append_blob(GString *out, const uint8_t *data, size_t size)
{
        static const char digits[] = "0123456789abcdef";

        g_string_append(out, "{\"hex\":\"");
        for (size_t i = 0; i < size; i++) {
                g_string_append_c(out, digits[data[i] >> 4]);
                g_string_append_c(out, digits[data[i] & 15]);
        }
        g_string_append(out, "\"}");
}

static bool append_value(GString *out, sqlite3_value *value, GError **error)
{
        char text[24];

        switch (sqlite3_value_type(value)) {
        case SQLITE_NULL:
                g_string_append_len(out, "null", 4);
                return true;
        case SQLITE_INTEGER:
                sqlite3_snprintf(sizeof(text), text, "%lld", (long long)sqlite3_value_int64(value));
                g_string_append(out, text);
                return true;
        case SQLITE_FLOAT:
                return append_real(out, sqlite3_value_double(value), error);
        case SQLITE_BLOB:
                append_blob(out, sqlite3_value_blob(value), (size_t)sqlite3_value_bytes(value));
                return true;
        default:
                return append_text(out, (const char *)sqlite3_value_text(value),
                                   (size_t)sqlite3_value_bytes(value), error);
        }
}

bool row_shape_print(const RowShape *shape, sqlite3_value **values, GString *out, GError **error)
{
        return row_shape_print_part(shape, values, NULL, out, error);
}

bool row_shape_print_part(const RowShape *shape, sqlite3_value **values, const bool *absent,
                          GString *out, GError **error)
{
        g_string_truncate(out, 0);
        for (unsigned i = 0; i < shape->columns; i++) {
                if (absent && absent[i])
                        continue;
                g_string_append_len(out, shape->fragments[i], (gssize)shape->lengths[i]);
                if (!append_value(out, values[i], error)) {
                        g_prefix_error(error, "%s.%s: ", shape->table, shape->names[i]);
                        return false;
                }
        }
        g_string_append_c(out, '}');
        return true;
}

bool row_shape_print_key(const RowShape *shape, sqlite3_value **values, GString *out,
                         GError **error)
{
        g_string_truncate(out, 0);
        for (unsigned i = 0; i < shape->keys; i++) {
                g_string_append(out, shape->key_fragments[i]);
                if (!append_value(out, values[shape->key[i]], error)) {
                        g_prefix_error(error, "%s.%s: ", shape->table, shape->names[shape->key[i]]);
                        return false;
                }
        }
        g_string_append_c(out, '}');
        return true;
}

bool row_value_equal(sqlite3_value *a, sqlite3_value *b)
{
        int type = sqlite3_value_type(a);
        int size;

        if (type != sqlite3_value_type(b))
                return false;
        switch (type) {
        case SQLITE_NULL:
                return true;
        case SQLITE_INTEGER:
                return sqlite3_value_int64(a) == sqlite3_value_int64(b);
        case SQLITE_FLOAT:
                return sqlite3_value_double(a) == sqlite3_value_double(b);
        default:
                size = sqlite3_value_bytes(a);
                return size == sqlite3_value_bytes(b) &&
                       (size == 0 ||
                        memcmp(sqlite3_value_blob(a), sqlite3_value_blob(b), (size_t)size) == 0);
        }
}

RowShape *row_shape_free(RowShape *shape)
{
        if (!shape)
                return NULL;
        g_free(shape->table);
        g_strfreev(shape->names);
        g_strfreev(shape->fragments);
        g_strfreev(shape->key_fragments);
        g_free(shape->lengths);
        g_free(shape->key);
        g_free(shape);
        return NULL;
}

static char *fragment(const char *name, bool first)
{
        return g_strdup_printf("%c\"%s\":", first ? '{' : ',', name);
}

static void shape_columns(RowShape *shape)
{
        shape->columns = g_strv_length(shape->names);
        shape->fragments = g_new0(char *, shape->columns + 1);
        shape->lengths = g_new0(size_t, shape->columns);
        shape->active = shape->superseded = -1;
        for (unsigned i = 0; i < shape->columns; i++) {
                if (g_str_equal(shape->names[i], "is_active"))
                        shape->active = (int)i;
                if (g_str_equal(shape->names[i], "superseded_at"))
                        shape->superseded = (int)i;
                shape->fragments[i] = fragment(shape->names[i], i == 0);
                shape->lengths[i] = strlen(shape->fragments[i]);
        }
}

static void shape_key(RowShape *shape, char **key)
{
        shape->keys = g_strv_length(key);
        shape->key = g_new0(unsigned, shape->keys);
        shape->key_fragments = g_new0(char *, shape->keys + 1);
        for (unsigned i = 0; i < shape->keys; i++) {
                for (unsigned j = 0; j < shape->columns; j++)
                        if (g_str_equal(shape->names[j], key[i]))
                                shape->key[i] = j;
                shape->key_fragments[i] = fragment(key[i], i == 0);
        }
}

RowShape *row_shape_new(Db *db, const char *table, GError **error)
{
        g_autoptr(RowShape) shape = g_new0(RowShape, 1);
        g_auto(GStrv) key = db_table_key(db, table, error);

        if (!key)
                return NULL;
        shape->table = g_strdup(table);
        shape->names = db_table_columns(db, table, error);
        if (!shape->names)
                return NULL;
        if (!*key) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                            "user table %s has no primary key", table);
                return NULL;
        }
        shape_columns(shape);
        shape_key(shape, key);
        return g_steal_pointer(&shape);
}

static bool is_null(sqlite3_value *value)
{
        return sqlite3_value_type(value) == SQLITE_NULL;
}

bool row_shape_ends(const RowShape *shape, sqlite3_value **before, sqlite3_value **after)
{
        int active = shape->active, superseded = shape->superseded;

        return (active >= 0 && sqlite3_value_int(before[active]) == 1 &&
                sqlite3_value_int(after[active]) == 0) ||
               (superseded >= 0 && is_null(before[superseded]) && !is_null(after[superseded]));
}
