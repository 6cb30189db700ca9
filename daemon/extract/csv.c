/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/plain.h"

#include <string.h>

#include "extract/items.h"
#include "extract/scan.h"

#define CSV_COLUMNS_MAX     500
#define CSV_FIELD_BYTES_MAX (64 * 1024) /* a quote that is never closed ends the reading of rows */

typedef struct Csv {
        const char *text;
        size_t at, end;
        char separator;
        bool broken;
} Csv;

/* The one of , ; tab | that the first line has most of. */
static char guess_separator(const char *text, size_t length)
{
        static const char candidates[] = ",;\t|";
        const char *stop = memchr(text, '\n', length);
        size_t counts[sizeof(candidates)] = {0}, n = stop ? (size_t)(stop - text) : length;
        bool quoted = false;
        for (size_t i = 0; i < n; i++) {
                const char *at = text[i] ? strchr(candidates, text[i]) : NULL;
                quoted ^= text[i] == '"';
                if (at && !quoted)
                        counts[at - candidates]++;
        }
        size_t best = 0;
        for (size_t i = 1; i < sizeof(candidates) - 1; i++)
                if (counts[i] > counts[best])
                        best = i;
        return candidates[best];
}

static void skip_quoted(Csv *csv, GString *field)
{
        size_t limit = MIN(csv->end, csv->at + CSV_FIELD_BYTES_MAX);
        for (csv->at++; csv->at < limit; csv->at++) {
                if (csv->text[csv->at] != '"') {
                        g_string_append_c(field, csv->text[csv->at]);
                } else if (csv->at + 1 < limit && csv->text[csv->at + 1] == '"') {
                        g_string_append_c(field, '"');
                        csv->at++;
                } else {
                        csv->at++;
                        return;
                }
        }
        csv->broken = true;
}

static char *next_field(Csv *csv)
{
        g_autoptr(GString) field = g_string_new(NULL);
        if (csv->at < csv->end && csv->text[csv->at] == '"')
                skip_quoted(csv, field);
        size_t start = csv->at;
        while (csv->at < csv->end && csv->text[csv->at] != csv->separator &&
               csv->text[csv->at] != '\n')
                csv->at++;
        g_string_append_len(field, csv->text + start, (gssize)(csv->at - start));
        return output_collapse(field->str, field->len, ITEMS_TEXT_BYTES);
}

static GPtrArray *next_record(Csv *csv)
{
        GPtrArray *fields = g_ptr_array_new_with_free_func(g_free);
        for (;;) {
                char *field = next_field(csv);
                if (fields->len < CSV_COLUMNS_MAX)
                        g_ptr_array_add(fields, field);
                else
                        g_free(field);
                if (csv->at >= csv->end || csv->text[csv->at++] == '\n')
                        return fields;
        }
}

/* Names of columns are no numbers. */
static bool has_number(GPtrArray *cells)
{
        for (guint i = 0; i < cells->len; i++) {
                const char *cell = g_ptr_array_index(cells, i);
                if (*cell && strspn(cell, "0123456789.,-+ ") == strlen(cell) &&
                    !(strlen(cell) == 4 &&
                      (g_str_has_prefix(cell, "19") || g_str_has_prefix(cell, "20"))))
                        return true; /* but years are */
        }
        return false;
}

void csv_parse(Output *output, const Kind *kind)
{
        Csv csv = {.text = output_get(output), .end = output_length(output)};
        bool tabs = strcmp(kind->mime, "text/tab-separated-values") == 0;
        csv.separator = tabs ? '\t' : guess_separator(csv.text, csv.end);
        scan(output, 0, csv.end, SCAN_CODE);
        g_autoptr(GPtrArray) header = next_record(&csv);
        if (header->len < 2)
                return;           /* a list, not a table */
        if (has_number(header)) { /* no names of columns but a record */
                csv.at = 0;
                g_ptr_array_set_size(header, 0);
        }
        while (csv.at < csv.end && !csv.broken && !output_failed(output)) {
                size_t start = csv.at;
                g_autoptr(GPtrArray) cells = next_record(&csv);
                if (!csv.broken)
                        items_row(output, start, csv.at, &(ItemsRow){header, cells, NULL});
        }
}
