/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding quotes. Texts may be long and claims many, so a text counts its characters once, in blocks, and
 * a quote with a hint is looked for from there outwards. */
#include "graph/quote.h"

#include <string.h>

#define BLOCK_BYTES  1024
#define WINDOW_BYTES 4096 /* first step of the search backwards */

SourceText *source_text_free(SourceText *source)
{
        if (!source)
                return NULL;
        g_free(source->document_id);
        g_free(source->sha256);
        g_free(source->text);
        g_clear_pointer(&source->marks, g_array_unref);
        g_free(source);
        return NULL;
}

/* text, chars, sha256 of the current row */
static SourceText *source_text_from_row(Statement *row, const char *document_id)
{
        SourceText *source = g_new0(SourceText, 1);

        source->text = g_strdup(statement_text(row, 0));
        source->bytes = strlen(source->text);
        source->plain = (size_t)statement_int(row, 1) == source->bytes;
        source->sha256 = g_strdup(statement_text(row, 2));
        source->document_id = g_strdup(document_id);
        return source;
}

SourceText *source_text_load(Db *db, const char *document_id, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "SELECT t.text, t.chars, t.sha256 FROM documents d"
                             " LEFT JOIN document_text t ON t.sha256 = d.sha256 WHERE d.id = :id",
                             error);
        StepResult step;

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", document_id);
        step = statement_step(statement, error);
        if (step == STEP_ERROR)
                return NULL;
        if (step == STEP_DONE) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no document %s",
                            document_id);
                return NULL;
        }
        if (statement_is_null(statement, 0)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "document %s has no stored text to check a quote against", document_id);
                return NULL;
        }
        return source_text_from_row(statement, document_id);
}

SourceText *source_text_load_version(Db *db, const char *sha256, GError **error)
{
        Statement *statement = db_statement(
                db, "SELECT text, chars, sha256 FROM document_text WHERE sha256 = :sha256", error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":sha256", sha256);
        if (statement_step(statement, error) != STEP_ROW)
                return NULL;
        return source_text_from_row(statement, /* document_id= */ NULL);
}

static int64_t count_chars(const char *text, size_t bytes)
{
        int64_t chars = 0;

        for (size_t i = 0; i < bytes; i++)
                chars += ((unsigned char)text[i] & 0xc0) != 0x80;
        return chars;
}

static void make_marks(SourceText *source)
{
        int64_t chars = 0;

        if (source->marks)
                return;
        source->marks = g_array_new(FALSE, FALSE, sizeof chars);
        for (size_t at = 0; at <= source->bytes; at += BLOCK_BYTES) {
                g_array_append_val(source->marks, chars);
                chars += count_chars(source->text + at, MIN(BLOCK_BYTES, source->bytes - at));
        }
}

int64_t source_text_chars(SourceText *source, size_t bytes)
{
        size_t block = MIN(bytes, source->bytes) / BLOCK_BYTES;

        bytes = MIN(bytes, source->bytes);
        if (source->plain)
                return (int64_t)bytes;
        make_marks(source);
        return g_array_index(source->marks, int64_t, block) +
               count_chars(source->text + block * BLOCK_BYTES, bytes - block * BLOCK_BYTES);
}

size_t source_text_bytes(SourceText *source, int64_t chars)
{
        size_t low = 0, high, at;
        int64_t left;

        if (chars <= 0)
                return 0;
        if (source->plain)
                return MIN((size_t)chars, source->bytes);
        make_marks(source);
        for (high = source->marks->len; high - low > 1;) {
                size_t middle = low + (high - low) / 2;
                if (g_array_index(source->marks, int64_t, middle) <= chars)
                        low = middle;
                else
                        high = middle;
        }
        left = chars - g_array_index(source->marks, int64_t, low);
        for (at = low * BLOCK_BYTES; at < source->bytes; at++)
                if (((unsigned char)source->text[at] & 0xc0) != 0x80 && left-- == 0)
                        break;
        return at;
}

bool quote_check(const char *quote, GError **error)
{
        if (!text_check("quote", quote, GRAPH_QUOTE_CHARS_MAX, "GRAPH_QUOTE_CHARS_MAX", error))
                return false;
        for (const char *at = quote; *at; at = g_utf8_next_char(at))
                if (!g_unichar_isspace(g_utf8_get_char(at)))
                        return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "quote is white space only");
        return false;
}

/* What is looked for, and where the text ends. */
typedef struct Needle {
        const char *quote;
        size_t length;
        const char *text_end;
} Needle;

static const char *find(const char *from, const char *end, const Needle *needle)
{
        return from < end ? memmem(from, (size_t)(end - from), needle->quote, needle->length)
                          : NULL;
}

/* The last occurrence that begins in [from, from + bytes). */
static const char *find_last(const char *from, size_t bytes, const Needle *needle)
{
        size_t room = (size_t)(needle->text_end - from);
        const char *last = NULL, *end = from + MIN(room, bytes + needle->length - 1);

        for (const char *hit = find(from, end, needle); hit; hit = find(hit + 1, end, needle))
                last = hit;
        return last;
}

/* The last occurrence that begins in the reach bytes before at, looked for in windows that double. */
static const char *find_backwards(const char *at, size_t reach, const Needle *needle)
{
        size_t done = 0, bytes;
        const char *hit = NULL;

        for (size_t window = WINDOW_BYTES; !hit && done < reach; window *= 2) {
                bytes = MIN(window, reach - done);
                hit = find_last(at - done - bytes, bytes, needle);
                done += bytes;
        }
        return hit;
}

static const char *find_nearest(SourceText *source, const Needle *needle, int64_t hint)
{
        const char *at = source->text + source_text_bytes(source, hint);
        const char *after = find(at, needle->text_end, needle);
        size_t reach = (size_t)(at - source->text);

        if (after)
                reach = MIN(reach, (size_t)(after - at));
        return find_backwards(at, reach, needle) ?: after;
}

bool quote_find(SourceText *source, const char *quote, int64_t hint, QuoteSpan *ret)
{
        Needle needle = {quote, strlen(quote), source->text + source->bytes};
        const char *hit;

        if (needle.length == 0 || needle.length > source->bytes)
                return false;
        hit = hint < 0 ? find(source->text, needle.text_end, &needle)
                       : find_nearest(source, &needle, hint);
        if (!hit)
                return false;
        ret->start = source_text_chars(source, (size_t)(hit - source->text));
        ret->end = ret->start + count_chars(quote, needle.length);
        return true;
}
