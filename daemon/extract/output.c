/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/output.h"

#include <string.h>

#include "base/base.h"
#include "extract/pack.h"
#include "extract/protocol.h"

#define OUTPUT_KEEP_BYTES                                                                          \
        (1024 * 1024) /* a buffer larger than this is not kept for the next document */
#define OUTPUT_TITLE_BYTES 500

typedef struct MapEntry {
        guint32 page, start;
} MapEntry;

struct Output {
        GString *text;
        size_t text_max;
        GArray *pages;         /* MapEntry with byte offsets */
        GArray *items;         /* Item */
        GStringChunk *strings; /* values of the items */
        GByteArray *packed;    /* the items, serialised */
        size_t strings_bytes;
        void *kept;
        void (*destroy)(void *);
        const char *mime; /* literal */
        char *title;
        GError *error;
};

void output_keep(Output *output, void *thing, void (*destroy)(void *))
{
        if (output->kept)
                output->destroy(output->kept);
        output->kept = thing;
        output->destroy = destroy;
}

void *output_kept(const Output *output)
{
        return output->kept;
}

Output *output_new(void)
{
        Output *output = g_new0(Output, 1);
        output->text = g_string_sized_new(64 * 1024);
        output->pages = g_array_new(FALSE, FALSE, sizeof(MapEntry));
        output->items = g_array_new(FALSE, FALSE, sizeof(Item));
        output->strings = g_string_chunk_new(4096);
        output->packed = g_byte_array_new();
        return output;
}

Output *output_free(Output *output)
{
        if (!output)
                return NULL;
        output_keep(output, NULL, NULL);
        g_string_free(output->text, TRUE);
        g_array_unref(output->pages);
        g_array_unref(output->items);
        g_string_chunk_free(output->strings);
        g_byte_array_unref(output->packed);
        g_free(output->title);
        g_clear_error(&output->error);
        g_free(output);
        return NULL;
}

static void keep_small(GArray **array)
{
        if ((*array)->len * (size_t)g_array_get_element_size(*array) <= OUTPUT_KEEP_BYTES) {
                g_array_set_size(*array, 0);
                return;
        }
        guint element = g_array_get_element_size(*array);
        g_array_unref(*array);
        *array = g_array_new(FALSE, FALSE, element);
}

void output_reset(Output *output, size_t text_bytes_max)
{
        output_keep(output, NULL, NULL);
        if (output->text->allocated_len > OUTPUT_KEEP_BYTES) {
                g_string_free(output->text, TRUE);
                output->text = g_string_sized_new(64 * 1024);
        }
        g_string_truncate(output->text, 0);
        output->text_max = text_bytes_max;
        keep_small(&output->pages);
        keep_small(&output->items);
        if (output->packed->len > OUTPUT_KEEP_BYTES) {
                g_byte_array_unref(output->packed);
                output->packed = g_byte_array_new();
        }
        g_string_chunk_clear(output->strings);
        output->strings_bytes = 0;
        output->mime = NULL;
        g_clear_pointer(&output->title, g_free);
        g_clear_error(&output->error);
}

static bool fits(Output *output, size_t length)
{
        if (output->error)
                return false;
        if (length <= output->text_max - output->text->len)
                return true;
        output_fail(output, OUROBOROS_ERROR_LIMIT,
                    "the text is longer than the limit of %zu bytes (EXTRACTOR_TEXT_BYTES_MAX)",
                    output->text_max);
        return false;
}

void output_text(Output *output, const char *text, size_t length)
{
        if (length > 0 && fits(output, length))
                g_string_append_len(output->text, text, (gssize)length);
}

char *output_reserve(Output *output, size_t length)
{
        if (!fits(output, length))
                return NULL;
        size_t old = output->text->len;
        g_string_set_size(output->text, old + length);
        return output->text->str + old;
}

void output_shrink(Output *output, size_t total_length)
{
        g_string_truncate(output->text, total_length);
}

const char *output_get(const Output *output)
{
        return output->text->str;
}

size_t output_length(const Output *output)
{
        return output->text->len;
}

void output_page(Output *output, unsigned page)
{
        MapEntry entry = {page, (guint32)output->text->len};
        if (output->pages->len < EXTRACT_LINES_MAX)
                g_array_append_val(output->pages, entry);
}

static bool is_space(char c)
{
        return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\v' || c == '\r';
}

/* Cuts at a character boundary. */
static size_t cut(const char *text, size_t length, size_t max)
{
        if (length <= max)
                return length;
        while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
                max--;
        return max;
}

void output_item(Output *output, const Item *item)
{
        const char *text = output->text->str;
        Item copy = *item;
        copy.end = MIN(copy.end, output->text->len);
        while (copy.start < copy.end && is_space(text[copy.start]))
                copy.start++;
        while (copy.end > copy.start && is_space(text[copy.end - 1]))
                copy.end--;
        if (copy.start >= copy.end || output->items->len >= EXTRACT_ITEMS_MAX || output->error)
                return;
        for (unsigned i = 0; i < ITEM_ATTRIBUTES; i++) {
                const char *value = item->value[i];
                copy.value[i] = NULL;
                if (!value || !*value)
                        continue;
                /* an address out of broken HTML may be anything */
                g_autofree char *valid =
                        g_utf8_validate(value, -1, NULL) ? NULL : g_utf8_make_valid(value, -1);
                value = valid ?: value;
                size_t length = cut(value, strlen(value), EXTRACT_VALUE_BYTES_MAX);
                if (output->strings_bytes + length > EXTRACT_ITEMS_BYTES_MAX)
                        return;
                output->strings_bytes += length;
                copy.value[i] = g_string_chunk_insert_len(output->strings, value, (gssize)length);
        }
        g_array_append_val(output->items, copy);
}

const Item *output_items(const Output *output, unsigned *ret_count)
{
        *ret_count = output->items->len;
        return (const Item *)(void *)output->items->data;
}

void output_mime(Output *output, const char *mime)
{
        output->mime = mime;
}

const char *output_get_mime(const Output *output)
{
        return output->mime;
}

char *output_collapse(const char *text, size_t length, size_t max)
{
        GString *out = g_string_sized_new(MIN(length, max) + 1);
        bool gap = false;
        for (size_t i = 0; i < length && out->len < max; i++) {
                if (is_space(text[i])) {
                        gap = out->len > 0;
                        continue;
                }
                if (gap)
                        g_string_append_c(out, ' ');
                gap = false;
                g_string_append_c(out, text[i]);
        }
        /* the cut may have gone through a character: take its beginning off */
        const char *end;
        if (!g_utf8_validate(out->str, (gssize)out->len, &end))
                g_string_truncate(out, (gsize)(end - out->str));
        return g_string_free(out, FALSE);
}

void output_title(Output *output, const char *title, size_t length)
{
        if (output->title)
                return;
        g_autofree char *clean = output_collapse(title, length, OUTPUT_TITLE_BYTES);
        if (*clean)
                output->title = g_steal_pointer(&clean);
}

const char *output_get_title(const Output *output)
{
        return output->title;
}

void output_fail(Output *output, int code, const char *format, ...)
{
        if (output->error)
                return;
        va_list arguments;
        va_start(arguments, format);
        output->error = g_error_new_valist(OUROBOROS_ERROR, code, format, arguments);
        va_end(arguments);
}

bool output_failed(const Output *output)
{
        return output->error != NULL;
}

void output_json(GString *json, const char *text, size_t length)
{
        g_string_append_c(json, '"');
        for (size_t i = 0; i < length; i++) {
                unsigned char c = (unsigned char)text[i];
                if (c == '"' || c == '\\')
                        g_string_append_c(json, '\\');
                if (c == '\n')
                        g_string_append(json, "\\n");
                else if (c < 0x20 || c == 0x7f)
                        g_string_append_printf(json, "\\u%04x", c);
                else
                        g_string_append_c(json, (char)c);
        }
        g_string_append_c(json, '"');
}

/* Walks the text once, forward, turning rising byte offsets into character offsets. */
typedef struct Ruler {
        const char *text;
        size_t byte, chars;
        bool ascii;
} Ruler;

static guint32 ruler_at(Ruler *ruler, size_t byte)
{
        if (ruler->ascii)
                return (guint32)byte;
        for (; ruler->byte < byte; ruler->byte++)
                ruler->chars += ((unsigned char)ruler->text[ruler->byte] & 0xc0) != 0x80;
        return (guint32)ruler->chars;
}

static bool is_ascii(const char *text, size_t length)
{
        size_t i = 0;
        for (; i + sizeof(guint64) <= length; i += sizeof(guint64)) {
                guint64 word;
                memcpy(&word, text + i, sizeof(word));
                if (word & G_GUINT64_CONSTANT(0x8080808080808080))
                        return false;
        }
        for (; i < length; i++)
                if ((unsigned char)text[i] & 0x80)
                        return false;
        return true;
}

static void map_lines(Output *output)
{
        const char *text = output->text->str, *end = text + output->text->len;
        for (const char *line = text;;) {
                if (output->pages->len >= EXTRACT_LINES_MAX) {
                        output_fail(output, OUROBOROS_ERROR_LIMIT,
                                    "the text has more than %d lines (EXTRACT_LINES_MAX)",
                                    EXTRACT_LINES_MAX);
                        return;
                }
                MapEntry entry = {0, (guint32)(line - text)};
                g_array_append_val(output->pages, entry);
                const char *next = memchr(line, '\n', (size_t)(end - line));
                if (!next || next + 1 == end)
                        return;
                line = next + 1;
        }
}

static GVariant *finish_map(Output *output, bool ascii)
{
        if (output->pages->len == 0)
                map_lines(output);
        Ruler ruler = {.text = output->text->str, .ascii = ascii};
        for (guint i = 0; i < output->pages->len && !ascii; i++) {
                MapEntry *entry = &g_array_index(output->pages, MapEntry, i);
                entry->start = ruler_at(&ruler, entry->start);
        }
        return g_variant_new_fixed_array(G_VARIANT_TYPE("(uu)"), output->pages->data,
                                         output->pages->len, sizeof(MapEntry));
}

static int compare_items(const void *a, const void *b)
{
        const Item *x = a, *y = b;
        if (x->start != y->start)
                return x->start < y->start ? -1 : 1;
        return x->end < y->end ? -1 : x->end > y->end;
}

/* The ends need not rise with the beginnings, so each is counted from its own beginning. */
static GVariant *finish_items(Output *output, bool ascii)
{
        g_array_sort(output->items, compare_items);
        Ruler ruler = {.text = output->text->str, .ascii = ascii};
        g_byte_array_set_size(output->packed, 0);
        Pack pack = {.bytes = output->packed, .ends = g_array_new(FALSE, FALSE, sizeof(size_t))};
        for (guint i = 0; i < output->items->len; i++) {
                const Item *item = &g_array_index(output->items, Item, i);
                guint32 start = ruler_at(&ruler, item->start);
                Ruler inner = ruler;
                pack_item(&pack, item, start, ruler_at(&inner, item->end));
        }
        pack_end(&pack);
        g_array_unref(pack.ends);
        return g_variant_new_from_data(G_VARIANT_TYPE(EXTRACT_STRUCTURE_TYPE), output->packed->data,
                                       output->packed->len, TRUE, NULL, NULL);
}

GVariant *output_finish(Output *output, GError **error)
{
        bool ascii = is_ascii(output->text->str, output->text->len);
        g_autoptr(GVariant) map = g_variant_ref_sink(finish_map(output, ascii));
        if (output->error) {
                g_propagate_error(error, g_steal_pointer(&output->error));
                return NULL;
        }
        GVariant *text = g_variant_new_from_data(G_VARIANT_TYPE_STRING, output->text->str,
                                                 output->text->len + 1, TRUE, NULL, NULL);
        GVariant *members[] = {
                g_variant_new_string(output->mime ?: "text/plain"),
                g_variant_new_string(output->title ?: ""),
                text,
                map,
                finish_items(output, ascii),
        };
        return g_variant_ref_sink(g_variant_new_tuple(members, G_N_ELEMENTS(members)));
}
