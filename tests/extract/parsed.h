/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parses a text in this process and lets a test look at the result as lines such as
 * "heading|Hello|level=1|text=Hello": kind, the text of its range, its attributes. */
#pragma once

#include <string.h>

#include "base/base.h"
#include "extract/extract.h"
#include "extract/protocol.h"

typedef struct Parsed {
        char *mime, *title, *text;
        GPtrArray *items;
        GArray *starts; /* guint32: of the map's entries */
        GArray *pages;
        GError *error;
} Parsed;

static inline void parsed_free(Parsed *parsed)
{
        g_free(parsed->mime);
        g_free(parsed->title);
        g_free(parsed->text);
        g_ptr_array_unref(parsed->items);
        g_array_unref(parsed->starts);
        g_array_unref(parsed->pages);
        g_clear_error(&parsed->error);
        g_free(parsed);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Parsed, parsed_free)

static inline void parsed_fill(Parsed *parsed, GVariant *result)
{
        g_autoptr(GVariant) map = NULL, structure = NULL;
        GVariantIter iter, inner;
        guint32 start, end, page;
        const char *kind, *key, *value;
        GVariant *attributes;

        g_variant_get(result, "(sss@a(uu)@a(suua{ss}))", &parsed->mime, &parsed->title,
                      &parsed->text, &map, &structure);
        g_variant_iter_init(&iter, map);
        while (g_variant_iter_next(&iter, "(uu)", &page, &start)) {
                g_array_append_val(parsed->starts, start);
                g_array_append_val(parsed->pages, page);
        }
        glong chars = g_utf8_strlen(parsed->text, -1);
        g_variant_iter_init(&iter, structure);
        while (g_variant_iter_next(&iter, "(&suu@a{ss})", &kind, &start, &end, &attributes)) {
                g_autoptr(GVariant) owned = attributes;
                g_assert_cmpuint(start, <, end);
                g_assert_cmpuint(end, <=, chars);
                g_autofree char *range = g_utf8_substring(parsed->text, start, end);
                GString *line = g_string_new(NULL);
                g_string_printf(line, "%s|%s", kind, range);
                g_variant_iter_init(&inner, attributes);
                while (g_variant_iter_next(&inner, "{&s&s}", &key, &value))
                        g_string_append_printf(line, "|%s=%s", key, value);
                g_ptr_array_add(parsed->items, g_string_free(line, FALSE));
        }
}

static inline Parsed *parse_bytes(const char *name, const char *bytes, size_t length)
{
        g_autoptr(Extract) extract = extract_new();
        Parsed *parsed = g_new0(Parsed, 1);
        parsed->items = g_ptr_array_new_with_free_func(g_free);
        parsed->starts = g_array_new(FALSE, FALSE, sizeof(guint32));
        parsed->pages = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_autoptr(GVariant) result = extract_run(
                extract, &(ExtractFile){bytes, length, name, 1024 * 1024}, &parsed->error);
        if (result) {
                g_assert_true(g_utf8_validate(output_get(extract->output), -1, NULL));
                parsed_fill(parsed, result);
        }
        return parsed;
}

static inline Parsed *parse(const char *name, const char *text)
{
        Parsed *parsed = parse_bytes(name, text, strlen(text));
        g_assert_no_error(parsed->error);
        return parsed;
}

static inline Parsed *parse_sample(const char *name)
{
        g_autofree char *path = g_test_build_filename(G_TEST_DIST, "data", "extract", name, NULL);
        g_autofree char *bytes = NULL;
        g_autoptr(GError) error = NULL;
        gsize length;
        g_file_get_contents(path, &bytes, &length, &error);
        g_assert_no_error(error);
        Parsed *parsed = parse_bytes(name, bytes, length);
        g_assert_no_error(parsed->error);
        return parsed;
}

static inline bool has_item(const Parsed *parsed, const char *line)
{
        for (guint i = 0; i < parsed->items->len; i++)
                if (strcmp(g_ptr_array_index(parsed->items, i), line) == 0)
                        return true;
        return false;
}

static inline unsigned count_items(const Parsed *parsed, const char *kind)
{
        unsigned n = 0;
        g_autofree char *prefix = g_strconcat(kind, "|", NULL);
        for (guint i = 0; i < parsed->items->len; i++)
                n += g_str_has_prefix(g_ptr_array_index(parsed->items, i), prefix);
        return n;
}

/* Fails with all items shown. */
#define assert_item(parsed, line)                                                                  \
        do {                                                                                       \
                if (!has_item(parsed, line)) {                                                     \
                        for (guint i_ = 0; i_ < (parsed)->items->len; i_++)                        \
                                g_test_message("%s",                                               \
                                               (char *)g_ptr_array_index((parsed)->items, i_));    \
                        g_test_message("missing: %s", line);                                       \
                        g_assert_not_reached();                                                    \
                }                                                                                  \
        } while (0)
