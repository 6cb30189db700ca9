/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions that strangers may call: what computes from its arguments, in time and space that the limits of a
 * value bound. What reads files, makes bytes of nothing, or tells of the handle is not among them. */
#include "store/sandbox.h"

#include <stdlib.h>
#include <string.h>

#define TRIM_CHARS_MAX 100 /* that trim() looks for at each end */

/* In order. */
static const char *const allowed[] = {
        "->",
        "->>",
        "abs",
        "acos",
        "acosh",
        "asin",
        "asinh",
        "atan",
        "atan2",
        "atanh",
        "avg",
        "ceil",
        "ceiling",
        "char",
        "coalesce",
        "concat",
        "concat_ws",
        "cos",
        "cosh",
        "count",
        "cume_dist",
        "current_date",
        "current_time",
        "current_timestamp",
        "date",
        "datetime",
        "degrees",
        "dense_rank",
        "exp",
        "first_value",
        "floor",
        "format",
        "glob",
        "group_concat",
        "hex",
        "ifnull",
        "iif",
        "instr",
        "json",
        "json_array",
        "json_array_length",
        "json_error_position",
        "json_extract",
        "json_group_array",
        "json_group_object",
        "json_object",
        "json_quote",
        "json_type",
        "json_valid",
        "julianday",
        "lag",
        "last_value",
        "lead",
        "length",
        "like",
        "likelihood",
        "likely",
        "ln",
        "log",
        "log10",
        "log2",
        "lower",
        "ltrim",
        "max",
        "min",
        "mod",
        "nth_value",
        "ntile",
        "nullif",
        "octet_length",
        "percent_rank",
        "pi",
        "pow",
        "power",
        "printf",
        "quote",
        "radians",
        "random",
        "rank",
        "replace",
        "round",
        "row_number",
        "rtrim",
        "sign",
        "sin",
        "sinh",
        "sqlite_version",
        "sqrt",
        "strftime",
        "string_agg",
        "substr",
        "substring",
        "sum",
        "tan",
        "tanh",
        "time",
        "timediff",
        "total",
        "trim",
        "trunc",
        "typeof",
        "unhex",
        "unicode",
        "unixepoch",
        "unlikely",
        "upper",
};

static int compare(const void *name, const void *element)
{
        return g_ascii_strcasecmp(name, *(const char *const *)element);
}

bool sandbox_allows_function(const char *name)
{
        return name && bsearch(name, allowed, G_N_ELEMENTS(allowed), sizeof(allowed[0]), compare);
}

/* ---- trim ----
 * SQLite's own compares each character with all that are looked for, in one step that nothing can stop: the
 * square of the limit of a value. */

typedef enum TrimSide { TRIM_LEFT = 1, TRIM_RIGHT = 2 } TrimSide;

static bool has(const char *chars, size_t size, const char *character, size_t length)
{
        return memmem(chars, size, character, length) != NULL;
}

static size_t character_length(const char *text, const char *end)
{
        const char *next = text + 1;

        while (next < end && ((unsigned char)*next & 0xc0) == 0x80)
                next++;
        return (size_t)(next - text);
}

static size_t last_length(const char *text, const char *end)
{
        const char *last = end - 1;

        while (last > text && ((unsigned char)*last & 0xc0) == 0x80)
                last--;
        return (size_t)(end - last);
}

static void trim(sqlite3_context *context, int argc, sqlite3_value **values)
{
        int sides = (int)(intptr_t)sqlite3_user_data(context);
        const char *text = (const char *)sqlite3_value_text(values[0]);
        const char *chars = (const char *)sqlite3_value_text(values[1]);
        const char *end = text ? text + sqlite3_value_bytes(values[0]) : NULL;
        size_t size = chars ? (size_t)sqlite3_value_bytes(values[1]) : 0;

        if (!text || !chars)
                return;
        if (size > (size_t)TRIM_CHARS_MAX * 4) {
                sqlite3_result_error(
                        context, "trim() looks for at most TRIM_CHARS_MAX (100) characters", -1);
                return;
        }
        while (sides & TRIM_LEFT && text < end &&
               has(chars, size, text, character_length(text, end)))
                text += character_length(text, end);
        while (sides & TRIM_RIGHT && text < end &&
               has(chars, size, end - last_length(text, end), last_length(text, end)))
                end -= last_length(text, end);
        sqlite3_result_text(context, text, (int)(end - text), SQLITE_TRANSIENT);
}

bool sandbox_add_functions(sqlite3 *sqlite)
{
        static const struct {
                const char *name;
                int sides;
        } trims[] = {{"trim", TRIM_LEFT | TRIM_RIGHT}, {"ltrim", TRIM_LEFT}, {"rtrim", TRIM_RIGHT}};

        for (unsigned i = 0; i < G_N_ELEMENTS(trims); i++)
                if (sqlite3_create_function_v2(
                            sqlite, trims[i].name, 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                            (void *)(intptr_t)trims[i].sides, trim, NULL, NULL, NULL) != SQLITE_OK)
                        return false;
        return true;
}
