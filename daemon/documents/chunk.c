/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunks: one pass over the text; headings come from the structure, in order of their beginning. */
#include "documents/chunk.h"

#include <string.h>

#include "base/base.h"

#define HEADING_LEVELS 6

typedef struct Heading {
        int64_t start; /* character */
        int level;
        const char *text; /* the structure's */
} Heading;

typedef struct Chunker {
        const char *text;
        size_t length;
        GArray *headings; /* of Heading */
        unsigned next;    /* heading not yet reached */
        const char *path[HEADING_LEVELS];
        size_t byte; /* where the next chunk begins */
        int64_t character;
        GArray *chunks;
} Chunker;

static void chunk_clear(void *data)
{
        g_free(((Chunk *)data)->heading);
}

GArray *chunk_array_new(void)
{
        GArray *chunks = g_array_new(FALSE, FALSE, sizeof(Chunk));
        g_array_set_clear_func(chunks, chunk_clear);
        return chunks;
}

static bool byte_starts_character(char byte)
{
        return ((unsigned char)byte & 0xc0) != 0x80;
}

static int64_t characters_in(const char *text, size_t length)
{
        int64_t count = 0;
        for (size_t i = 0; i < length; i++)
                count += byte_starts_character(text[i]);
        return count;
}

static GArray *headings_of(GVariant *structure)
{
        GArray *headings = g_array_new(FALSE, FALSE, sizeof(Heading));
        if (!structure)
                return headings;
        GVariantIter iter;
        const char *kind;
        uint32_t start, end;
        GVariant *attributes;
        g_variant_iter_init(&iter, structure);
        while (g_variant_iter_next(&iter, "(&suu@a{ss})", &kind, &start, &end, &attributes)) {
                const char *level = NULL, *text = NULL;
                if (g_str_equal(kind, "heading") &&
                    g_variant_lookup(attributes, "text", "&s", &text)) {
                        (void)g_variant_lookup(attributes, "level", "&s", &level);
                        int depth = level ? atoi(level) : 1;
                        Heading heading = {start, CLAMP(depth, 1, HEADING_LEVELS), text};
                        if (headings->len == 0 ||
                            g_array_index(headings, Heading, headings->len - 1).start <= start)
                                g_array_append_val(headings, heading);
                }
                g_variant_unref(attributes);
        }
        return headings;
}

/* Takes over the headings that begin at or before a character. */
static void chunker_enter_headings(Chunker *chunker, int64_t character)
{
        while (chunker->next < chunker->headings->len) {
                const Heading *heading = &g_array_index(chunker->headings, Heading, chunker->next);
                if (heading->start > character)
                        return;
                chunker->path[heading->level - 1] = heading->text;
                for (int i = heading->level; i < HEADING_LEVELS; i++)
                        chunker->path[i] = NULL;
                chunker->next++;
        }
}

static char *chunker_heading(const Chunker *chunker)
{
        g_autoptr(GString) path = g_string_new(NULL);
        for (int i = 0; i < HEADING_LEVELS; i++)
                if (chunker->path[i] && chunker->path[i][0])
                        g_string_append_printf(path, "%s%s", path->len ? " › " : "",
                                               chunker->path[i]);
        if (path->len > CHUNK_HEADING_BYTES) {
                size_t keep = CHUNK_HEADING_BYTES;
                while (keep > 0 && !byte_starts_character(path->str[keep]))
                        keep--;
                g_string_truncate(path, keep);
        }
        return g_strdup(path->str);
}

/* The best cut in a piece that is too long: behind the last line, sentence or word before the maximum,
 * else at a character. */
static size_t cut_long(const char *text)
{
        size_t line = 0, sentence = 0, word = 0, limit = CHUNK_BYTES_MAX;
        for (size_t i = CHUNK_BYTES_MIN / 2; i < limit; i++) {
                if (text[i] == '\n')
                        line = i + 1;
                else if (text[i] == ' ' && strchr(".!?", text[i - 1]))
                        sentence = i + 1;
                else if (text[i] == ' ' || text[i] == '\t')
                        word = i + 1;
        }
        if (line || sentence || word)
                return line ? line : sentence ? sentence : word;
        while (limit > 1 && !byte_starts_character(text[limit]))
                limit--;
        return limit;
}

/* Is there an empty line here? Returns its length (with the breaks around it), 0 if not. */
static size_t paragraph_end(const char *text, size_t left)
{
        if (text[0] == '\f')
                return 1;
        if (text[0] != '\n')
                return 0;
        size_t i = 1;
        while (i < left && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r'))
                i++;
        if (i >= left || text[i] != '\n')
                return 0;
        while (i < left && text[i] == '\n')
                i++;
        return i;
}

/* Length of the chunk that begins at chunker->byte: to a heading, a paragraph's end, or the maximum. */
static size_t chunker_next_length(const Chunker *chunker)
{
        const char *text = chunker->text + chunker->byte;
        size_t left = chunker->length - chunker->byte;
        int64_t character = chunker->character, heading = INT64_MAX;
        unsigned next = chunker->next;
        for (size_t i = 0; i < left;) {
                while (next < chunker->headings->len) {
                        heading = g_array_index(chunker->headings, Heading, next).start;
                        if (heading >= character)
                                break;
                        heading = INT64_MAX;
                        next++;
                }
                if (next < chunker->headings->len && heading == character &&
                    byte_starts_character(text[i])) {
                        if (i >= CHUNK_BYTES_SECTION)
                                return i;
                        next++;
                        heading = INT64_MAX;
                }
                if (i >= CHUNK_BYTES_MAX)
                        return cut_long(text);
                size_t gap = i >= CHUNK_BYTES_MIN ? paragraph_end(text + i, left - i) : 0;
                if (gap > 0)
                        return MIN(i + gap, CHUNK_BYTES_MAX);
                character += byte_starts_character(text[i]);
                i++;
        }
        return left;
}

static void chunker_add(Chunker *chunker, size_t length)
{
        int64_t chars = characters_in(chunker->text + chunker->byte, length);
        chunker_enter_headings(chunker, chunker->character);
        Chunk chunk = {chunker->byte, length, chunker->character, chunker->character + chars,
                       chunker_heading(chunker)};
        g_array_append_val(chunker->chunks, chunk);
        chunker->byte += length;
        chunker->character += chars;
        /* A heading swallowed by this chunk still holds for the next. */
        chunker_enter_headings(chunker, chunker->character - 1);
}

GArray *chunk_text(const char *text, size_t length, GVariant *structure)
{
        g_autoptr(GArray) headings = headings_of(structure);
        Chunker chunker = {
                .text = text, .length = length, .headings = headings, .chunks = chunk_array_new()};
        while (chunker.byte < length)
                chunker_add(&chunker, chunker_next_length(&chunker));
        return chunker.chunks;
}
