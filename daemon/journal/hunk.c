/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Myers' O(ND) over lines, and over words where lines were replaced. Words are runs of letters, digits and marks of
 * any script, runs of white space, and every other character alone; so is each wide letter, since scripts
 * that have those put no space between words. */
#include "journal/hunk.h"

#include <string.h>

const char *hunk_op_to_string(HunkOp op)
{
        static const char *const names[] = {"equal", "insert", "delete"};

        return names[op];
}

static void hunk_free(void *data)
{
        Hunk *hunk = data;

        g_free(hunk->text);
        g_free(hunk);
}

/* ---- pieces ---- */

typedef struct Slice {
        const char *text;
        size_t length;
} Slice;

typedef enum Letter { LETTER_WORD, LETTER_SPACE, LETTER_ALONE } Letter;

static Letter letter_of(gunichar c)
{
        if (g_unichar_isspace(c))
                return LETTER_SPACE;
        if (g_unichar_iswide(c))
                return LETTER_ALONE;
        return g_unichar_isalnum(c) || g_unichar_ismark(c) || c == '_' ? LETTER_WORD : LETTER_ALONE;
}

static size_t word_length(const char *text, const char *end)
{
        Letter first = letter_of(g_utf8_get_char(text));
        const char *at = g_utf8_next_char(text);

        while (at < end && first != LETTER_ALONE && letter_of(g_utf8_get_char(at)) == first)
                at = g_utf8_next_char(at);
        return (size_t)(at - text);
}

static size_t line_length(const char *text, const char *end)
{
        const char *newline = memchr(text, '\n', (size_t)(end - text));

        return (size_t)((newline ? newline + 1 : end) - text);
}

typedef size_t (*Cutter)(const char *text, const char *end);

static GArray *cut(Slice text, Cutter cutter)
{
        GArray *pieces =
                g_array_new(/* zero_terminated= */ FALSE, /* clear= */ FALSE, sizeof(Slice));
        const char *end = text.text + text.length;

        for (const char *at = text.text; at < end;) {
                Slice piece = {at, cutter(at, end)};

                g_array_append_val(pieces, piece);
                at += piece.length;
        }
        return pieces;
}

static guint slice_hash(gconstpointer data)
{
        const Slice *slice = data;
        guint hash = 5381;

        for (size_t i = 0; i < slice->length; i++)
                hash = hash * 33 + (unsigned char)slice->text[i];
        return hash;
}

static gboolean slice_equal(gconstpointer a, gconstpointer b)
{
        const Slice *left = a, *right = b;

        return left->length == right->length && memcmp(left->text, right->text, left->length) == 0;
}

/* Equal pieces get equal numbers. */
static int *number(const GArray *pieces, GHashTable *names)
{
        int *numbers = g_new(int, pieces->len + 1);

        for (unsigned i = 0; i < pieces->len; i++) {
                Slice *piece = &g_array_index(pieces, Slice, i);
                void *found = g_hash_table_lookup(names, piece);

                if (!found) {
                        found = GINT_TO_POINTER((int)g_hash_table_size(names) + 1);
                        g_hash_table_insert(names, piece, found);
                }
                numbers[i] = GPOINTER_TO_INT(found);
        }
        return numbers;
}

/* ---- Myers ---- */

typedef struct Maze {
        const int *a, *b;
        int n, m;
        int *reach;  /* by diagonal from -max to max: how far down a it leads */
        int *trails; /* those of step d: 2d + 1 of them, from d * d on */
        int max;
} Maze;

static bool goes_down(const int *reach, int d, int k)
{
        return k == -d || (k != d && reach[k - 1] < reach[k + 1]);
}

/* All diagonals of step d; true at the end of both. */
static bool take_step(Maze *maze, int d)
{
        int *reach = maze->reach + maze->max + 1;

        for (int k = -d; k <= d; k += 2) {
                int x = goes_down(reach, d, k) ? reach[k + 1] : reach[k - 1] + 1;
                int y = x - k;

                while (x < maze->n && y < maze->m && maze->a[x] == maze->b[y]) {
                        x++;
                        y++;
                }
                reach[k] = x;
                if (x >= maze->n && y >= maze->m)
                        return true;
        }
        memcpy(maze->trails + d * d, reach - d, sizeof(int) * (size_t)(2 * d + 1));
        return false;
}

/* From the end back to the beginning: 'e' for each pair that is equal, 'd' and 'i' else. */
static void walk_back(const Maze *maze, int steps, GString *script)
{
        int x = maze->n, y = maze->m;

        for (int d = steps; d > 0; d--) {
                const int *reach = maze->trails + (d - 1) * (d - 1) + (d - 1);
                int k = x - y, from = goes_down(reach, d, k) ? k + 1 : k - 1;
                int left = reach[from], top = left - from;

                for (; x > left && y > top; x--, y--)
                        g_string_append_c(script, 'e');
                g_string_append_c(script, x == left ? 'i' : 'd');
                x = left;
                y = top;
        }
        for (; x > 0; x--)
                g_string_append_c(script, 'e');
}

static bool solve(Maze *maze, GString *script)
{
        bool found = false;
        int d = -1;

        maze->reach = g_new0(int, 2 * (size_t)maze->max + 3);
        maze->trails = g_new(int, (size_t)(maze->max + 1) * (size_t)(maze->max + 1));
        while (!found && d < maze->max)
                found = take_step(maze, ++d);
        if (found)
                walk_back(maze, d, script);
        g_free(maze->reach);
        g_free(maze->trails);
        return found;
}

/* The script from a to b, without what both begin and end with; NULL beyond edits_max. */
static GString *script_of(const int *a, int n, const int *b, int m, unsigned edits_max)
{
        g_autoptr(GString) script = g_string_new(NULL);
        int head = 0, tail = 0;

        while (head < n && head < m && a[head] == b[head])
                head++;
        while (tail < n - head && tail < m - head && a[n - 1 - tail] == b[m - 1 - tail])
                tail++;
        Maze maze = {.a = a + head, .b = b + head, .n = n - head - tail, .m = m - head - tail};
        maze.max = (int)MIN((int64_t)edits_max, (int64_t)maze.n + maze.m);
        if (!solve(&maze, script))
                return NULL;
        g_autofree char *around = g_strnfill((gsize)MAX(head, tail), 'e');
        g_strreverse(script->str);
        g_string_prepend_len(script, around, head);
        g_string_append_len(script, around, tail);
        return g_steal_pointer(&script);
}

/* ---- hunks ---- */

typedef struct Writer {
        GPtrArray *hunks;
        GString *text[3]; /* what is gathered of each op */
        const HunkLimits *limits;
} Writer;

static void flush_one(Writer *writer, HunkOp op)
{
        GString *text = writer->text[op];

        if (text->len == 0)
                return;
        Hunk *hunk = g_new0(Hunk, 1);
        hunk->op = op;
        hunk->text = g_strndup(text->str, text->len);
        g_ptr_array_add(writer->hunks, hunk);
        g_string_truncate(text, 0);
}

static void flush_change(Writer *writer)
{
        flush_one(writer, HUNK_DELETE);
        flush_one(writer, HUNK_INSERT);
}

static void put(Writer *writer, HunkOp op, Slice slice)
{
        if (slice.length == 0)
                return;
        if (op == HUNK_EQUAL)
                flush_change(writer);
        else
                flush_one(writer, HUNK_EQUAL);
        g_string_append_len(writer->text[op], slice.text, (gssize)slice.length);
}

static Slice piece(const GArray *pieces, size_t index)
{
        return g_array_index(pieces, Slice, index);
}

static GString *compare(const GArray *before, const GArray *after, unsigned edits_max)
{
        g_autoptr(GHashTable) names = g_hash_table_new(slice_hash, slice_equal);
        g_autofree int *a = number(before, names), *b = number(after, names);

        return script_of(a, (int)before->len, b, (int)after->len, edits_max);
}

static bool is_space(Slice slice)
{
        return g_unichar_isspace(g_utf8_get_char(slice.text));
}

/* White space between two changed words is part of the change: it reads better. */
static void write_words(Writer *writer, Slice before, Slice after)
{
        g_autoptr(GArray) old = cut(before, word_length), new = cut(after, word_length);
        g_autoptr(GString) script = compare(old, new, writer->limits->edits_max);
        size_t i = 0, j = 0;

        if (!script) {
                put(writer, HUNK_DELETE, before);
                put(writer, HUNK_INSERT, after);
                return;
        }
        for (size_t at = 0; at < script->len; at++) {
                char op = script->str[at];
                bool within = at > 0 && script->str[at - 1] != 'e' && at + 1 < script->len &&
                              script->str[at + 1] != 'e';

                if (op == 'e' && !(within && is_space(piece(old, i)))) {
                        put(writer, HUNK_EQUAL, piece(old, i++));
                        j++;
                        continue;
                }
                if (op != 'i')
                        put(writer, HUNK_DELETE, piece(old, i++));
                if (op != 'd')
                        put(writer, HUNK_INSERT, piece(new, j++));
        }
}

/* From the first of some pieces that stand together to the end of the last. */
static Slice join(const GArray *pieces, size_t first, size_t count)
{
        Slice joined = {"", 0};

        if (count == 0)
                return joined;
        joined = piece(pieces, first);
        for (size_t i = 1; i < count; i++)
                joined.length += piece(pieces, first + i).length;
        return joined;
}

static void write_lines(Writer *writer, Slice before, Slice after)
{
        g_autoptr(GArray) old = cut(before, line_length), new = cut(after, line_length);
        g_autoptr(GString) script = compare(old, new, writer->limits->edits_max);
        size_t i = 0, j = 0;

        if (!script) {
                put(writer, HUNK_DELETE, before);
                put(writer, HUNK_INSERT, after);
                return;
        }
        for (size_t at = 0; at < script->len;) {
                size_t gone = 0, come = 0;

                if (script->str[at] == 'e') {
                        put(writer, HUNK_EQUAL, piece(old, i++));
                        j++;
                        at++;
                        continue;
                }
                for (; at < script->len && script->str[at] != 'e'; at++) {
                        gone += script->str[at] == 'd';
                        come += script->str[at] == 'i';
                }
                write_words(writer, join(old, i, gone), join(new, j, come));
                i += gone;
                j += come;
        }
}

GPtrArray *hunks_between(const char *before, const char *after, const HunkLimits *limits)
{
        Slice old = {before, strlen(before)}, new = {after, strlen(after)};
        Writer writer = {.hunks = g_ptr_array_new_with_free_func(hunk_free), .limits = limits};

        for (unsigned op = 0; op < G_N_ELEMENTS(writer.text); op++)
                writer.text[op] = g_string_new(NULL);
        if (old.length > limits->bytes_max || new.length > limits->bytes_max) {
                put(&writer, HUNK_DELETE, old);
                put(&writer, HUNK_INSERT, new);
        } else {
                write_lines(&writer, old, new);
        }
        flush_one(&writer, HUNK_EQUAL);
        flush_change(&writer);
        for (unsigned op = 0; op < G_N_ELEMENTS(writer.text); op++)
                g_string_free(writer.text[op], TRUE);
        return writer.hunks;
}
