/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "syntax/unit.h"

typedef struct Live {
        char *text;
        size_t length;
        uint64_t hash;
} Live;

static void live_clear(Live *live)
{
        g_free(live->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Live, live_clear)

/* ---- the file ---- */

static bool read_all(int fd, Live *ret, GError **error)
{
        struct stat st;

        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                                    "the file is no regular file any more");
                return false;
        }
        if (st.st_size > SOURCE_FILE_BYTES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "the file is larger than SOURCE_FILE_BYTES_MAX = %d bytes",
                            SOURCE_FILE_BYTES_MAX);
                return false;
        }
        g_autofree char *text = g_malloc((size_t)st.st_size + 1);
        ssize_t length = file_read_at(fd, text, (size_t)st.st_size, 0);
        if (length < 0) {
                error_set_errno(error, errno, "the file cannot be read");
                return false;
        }
        text[length] = '\0';
        ret->hash = unit_hash(text, (size_t)length);
        ret->length = (size_t)length;
        ret->text = g_steal_pointer(&text);
        return true;
}

/* Nothing outside of the repository's folder is opened, whatever was put in the file's place. */
static bool read_live(const char *folder, const char *path, Live *ret, GError **error)
{
        int top = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (top < 0) {
                error_set_errno(error, errno, "the repository cannot be read");
                return false;
        }
        int fd = path_open_beneath(
                top, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, error);
        (void)close(top);
        if (fd < 0)
                g_prefix_error(error,
                               "%s is not as it was when it was read (sync_repository looks"
                               " again): ",
                               path);
        if (fd < 0)
                return false;
        bool ok = read_all(fd, ret, error);
        (void)close(fd);
        return ok;
}

/* ---- its lines ---- */

/* Lines end with LF, as the helper program counts them. */
static const char *next_line(const char *at, const char *end)
{
        const char *feed = memchr(at, '\n', (size_t)(end - at));

        return feed ? feed + 1 : end;
}

/* At most so many bytes of a text, which ends with a letter; in place of what is no UTF-8 stands U+FFFD. */
static char *cut_text(const char *text, size_t length, bool *ret_cut)
{
        size_t most = MIN(length, SOURCE_BYTES_MAX);

        for (int i = 1; i < 4 && most < length && (text[most] & 0xc0) == 0x80; i++)
                most--;
        g_autofree char *piece = g_strndup(text, most);
        char *valid = g_utf8_make_valid(piece, -1);
        size_t bytes = strlen(valid);
        *ret_cut = most < length || bytes > SOURCE_BYTES_MAX;
        if (bytes > SOURCE_BYTES_MAX)
                *g_utf8_find_prev_char(valid, valid + SOURCE_BYTES_MAX + 1) = '\0';
        return valid;
}

/* Lines from first to last, as far as there are any; sets which they are. */
static char *cut_lines(const Live *live, int64_t *first, int64_t *last, bool *ret_cut)
{
        const char *at = live->text, *end = live->text + live->length, *from;
        int64_t line = 1;

        for (; line < *first && at < end; line++)
                at = next_line(at, end);
        from = at;
        *first = line;
        for (; line <= *last && at < end; line++)
                at = next_line(at, end);
        *last = MAX(*first, line - 1);
        return cut_text(from, (size_t)(at - from), ret_cut);
}

/* ---- the answer ---- */

static Statement *symbol_row(const Query *query, int64_t symbol, GError **error)
{
        Statement *row = query_prepare(query,
                                       "SELECT " QUERY_SYMBOL_COLUMNS ", r.path, m.language, m.hash"
                                       " FROM code_symbols y" QUERY_OF_SYMBOL " WHERE y.id = :id",
                                       error);

        if (!row)
                return NULL;
        statement_bind_int(row, ":id", symbol);
        return statement_step(row, error) == STEP_ROW ? row : NULL;
}

static JsonObject *answer_of(Statement *row, int64_t context, const Live *live)
{
        JsonObject *answer = query_symbol_row(row);
        int64_t start = statement_int(row, 6), end = statement_int(row, 7);
        int64_t first = MAX(1, start - context), last = end + context;
        g_autofree char *path = g_build_filename(statement_text(row, QUERY_SYMBOL_WIDTH),
                                                 statement_text(row, 4), NULL);
        bool cut;
        g_autofree char *source = cut_lines(live, &first, &last, &cut);
        bool known = !statement_is_null(row, QUERY_SYMBOL_WIDTH + 2);

        json_object_remove_member(answer, "visibility");
        json_object_remove_member(answer, "exported");
        json_object_remove_member(answer, "is_test");
        json_set_string(answer, "path", path);
        json_set_string(answer, "language", statement_text(row, QUERY_SYMBOL_WIDTH + 1));
        json_object_set_int_member(answer, "first_line", first);
        json_object_set_int_member(answer, "last_line", last);
        json_set_string(answer, "source", source);
        json_object_set_boolean_member(
                answer, "stale",
                !known || live->hash != (uint64_t)statement_int(row, QUERY_SYMBOL_WIDTH + 2));
        json_object_set_boolean_member(answer, "cut", cut);
        return answer;
}

JsonObject *source_of_symbol(const Query *query, GError **error)
{
        int64_t context = json_member_int(query->args, "context_lines", 0);
        g_auto(Live) live = {0};
        int64_t symbol, mentions;

        if (!query_find_symbol(query, "", &symbol, error))
                return NULL;
        Statement *row = symbol_row(query, symbol, error);
        if (!row || !read_live(statement_text(row, QUERY_SYMBOL_WIDTH), statement_text(row, 4),
                               &live, error))
                return NULL;
        g_autoptr(JsonObject) answer = answer_of(row, context, &live);
        if (!query_count_mentions(query, symbol, &mentions, error))
                return NULL;
        json_object_set_int_member(answer, "mentions", mentions);
        return g_steal_pointer(&answer);
}
