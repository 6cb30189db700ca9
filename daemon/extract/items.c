/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/items.h"

#include <string.h>

#include "extract/protocol.h"
#include "extract/scan.h"

void items_heading(Output *output, size_t start, size_t end, unsigned level)
{
        g_autofree char *text =
                output_collapse(output_get(output) + start, end - start, ITEMS_TEXT_BYTES);
        char number[2] = {(char)('0' + CLAMP(level, 1, 6)), 0};
        output_item(output, &(Item){.kind = "heading",
                                    .start = start,
                                    .end = end,
                                    .name = {"level", "text"},
                                    .value = {number, text}});
}

void items_code(Output *output, size_t start, size_t end, const char *language, const char *code)
{
        /* "```{.python .numberLines}", "```rust,ignore", "```c title=x" */
        language = language ? language + strspn(language, "{. ") : "";
        g_autofree char *word = g_strndup(language, MIN(strcspn(language, " \t,}{:;"), 40));
        g_autofree char *symbol = code ? scan_symbol(code, strlen(code))
                                       : scan_symbol(output_get(output) + start, end - start);
        output_item(output, &(Item){.kind = "code_block",
                                    .start = start,
                                    .end = end,
                                    .name = {"language", "symbol"},
                                    .value = {word, symbol}});
}

void items_procedure(Output *output, size_t start, size_t end, const char *title, GPtrArray *steps)
{
        if (steps->len < ITEMS_STEPS_MIN)
                return;
        g_autoptr(GString) json = g_string_new("[");
        for (guint i = 0; i < steps->len && json->len < EXTRACT_VALUE_BYTES_MAX - 2000; i++) {
                const char *step = g_ptr_array_index(steps, i);
                if (i > 0)
                        g_string_append_c(json, ',');
                output_json(json, step, strlen(step));
        }
        g_string_append_c(json, ']');
        /* a step of control characters alone could swell sixfold: then the value would be cut, and be no JSON */
        if (json->len > EXTRACT_VALUE_BYTES_MAX)
                return;
        output_item(output, &(Item){.kind = "procedure",
                                    .start = start,
                                    .end = end,
                                    .name = {"title", "steps"},
                                    .value = {title, json->str}});
}

void items_row(Output *output, size_t start, size_t end, const ItemsRow *row)
{
        g_autoptr(GString) json = g_string_new("{");
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (guint i = 0; i < row->cells->len; i++) {
                const char *cell = g_ptr_array_index(row->cells, i);
                const char *column = i < row->header->len ? g_ptr_array_index(row->header, i) : "";
                g_autofree char *name = *column && !g_hash_table_contains(seen, column)
                                                ? g_strdup(column)
                                                : g_strdup_printf("column %u", i + 1);
                if (!*cell)
                        continue;
                if (json->len > 1)
                        g_string_append_c(json, ',');
                output_json(json, name, strlen(name));
                g_string_append_c(json, ':');
                output_json(json, cell, strlen(cell));
                g_hash_table_add(seen, g_steal_pointer(&name));
        }
        g_string_append_c(json, '}');
        if (json->len <= 2 || json->len > EXTRACT_VALUE_BYTES_MAX)
                return;
        output_item(output, &(Item){.kind = "table_row",
                                    .start = start,
                                    .end = end,
                                    .name = {"row", "caption"},
                                    .value = {json->str, row->caption}});
}
