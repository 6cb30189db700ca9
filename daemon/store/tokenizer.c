/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokenizer "words": FTS5's porter over unicode61, but scripts that are written without spaces between words
 * (Han, kana, Hangul syllables, Thai, Lao, Khmer, Burmese) become one token for each character. A word of such
 * a script is then found as the phrase of its characters, inside any sentence. */
#include "store/tokenizer.h"

#include <glib.h>

#include "store/hits.h"

typedef int (*TokenFunc)(void *, int, const char *, int, int, int);

typedef struct Words {
        fts5_tokenizer inner; /* porter over unicode61 */
        Fts5Tokenizer *instance;
} Words;

/* One text on its way through both tokenizers. */
typedef struct Passage {
        const Words *words;
        const char *text;
        int flags;
        int offset; /* of the run at work, in the whole text */
        void *context;
        TokenFunc token;
} Passage;

/* Blocks of the Unicode standard, first and last character, in order. */
static const struct {
        gunichar first, last;
} unspaced[] = {
        {0x0e00, 0x0eff},   /* Thai, Lao */
        {0x1000, 0x109f},   /* Myanmar */
        {0x1780, 0x17ff},   /* Khmer */
        {0x2e80, 0x2fdf},   /* CJK radicals */
        {0x3005, 0x3007},   /* iteration mark, closing mark, zero */
        {0x3040, 0x30ff},   /* Hiragana, Katakana */
        {0x31f0, 0x31ff},   /* Katakana extensions */
        {0x3400, 0x4dbf},   /* Han extension A */
        {0x4e00, 0x9fff},   /* Han */
        {0xac00, 0xd7af},   /* Hangul syllables */
        {0xf900, 0xfaff},   /* Han compatibility */
        {0xff66, 0xff9f},   /* halfwidth Katakana */
        {0x20000, 0x3ffff}, /* Han extensions B and later */
};

static bool is_unspaced(gunichar c)
{
        if (c < unspaced[0].first)
                return false;
        for (size_t i = 0; i < G_N_ELEMENTS(unspaced) && c >= unspaced[i].first; i++)
                if (c <= unspaced[i].last)
                        return true;
        return false;
}

static bool has_unspaced(const char *text, int length)
{
        const char *end = text + length;

        while (text < end && (unsigned char)*text < 0xe0) /* below U+0800: none of them */
                text++;
        for (; text < end; text = g_utf8_next_char(text)) {
                gunichar c = g_utf8_get_char_validated(text, end - text);
                if (c == (gunichar)-1 || c == (gunichar)-2)
                        return false;
                if (is_unspaced(c))
                        return true;
        }
        return false;
}

static int on_run_token(void *data, int flags, const char *token, int length, int start, int end)
{
        const Passage *passage = data;

        return passage->token(passage->context, flags, token, length, passage->offset + start,
                              passage->offset + end);
}

/* A stretch without unspaced characters inside of a mixed word: "iPhone" in "iPhoneを". */
static int tokenize_run(Passage *passage, int start, int end)
{
        passage->offset = start;
        return passage->words->inner.xTokenize(passage->words->instance, passage, passage->flags,
                                               passage->text + start, end - start, on_run_token);
}

static int split(Passage *passage, int start, int end)
{
        const char *text = passage->text;
        int r = SQLITE_OK, run = start;

        for (int at = start; at < end && r == SQLITE_OK;) {
                int next = at + (int)(g_utf8_next_char(text + at) - (text + at));
                if (is_unspaced(g_utf8_get_char(text + at))) {
                        if (run < at)
                                r = tokenize_run(passage, run, at);
                        if (r == SQLITE_OK)
                                r = passage->token(passage->context, 0, text + at, next - at, at,
                                                   next);
                        run = next;
                }
                at = next;
        }
        return r == SQLITE_OK && run < end ? tokenize_run(passage, run, end) : r;
}

static int on_token(void *data, int flags, const char *token, int length, int start, int end)
{
        Passage *passage = data;

        if (!has_unspaced(passage->text + start, end - start))
                return passage->token(passage->context, flags, token, length, start, end);
        return split(passage, start, end);
}

static int words_tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text,
                          int length, TokenFunc token)
{
        Words *words = (Words *)tokenizer;
        Passage passage = {words, text, flags, 0, context, token};

        return words->inner.xTokenize(words->instance, &passage, flags, text, length, on_token);
}

static void words_delete(Fts5Tokenizer *tokenizer)
{
        Words *words = (Words *)tokenizer;

        words->inner.xDelete(words->instance);
        g_free(words);
}

static int words_create(void *data, const char **arguments, int count, Fts5Tokenizer **ret)
{
        static const char *inner[] = {"unicode61", "remove_diacritics", "2"};
        fts5_api *api = data;
        g_autofree Words *words = g_new0(Words, 1);
        void *inner_data;
        int r = api->xFindTokenizer(api, "porter", &inner_data, &words->inner);

        if (r == SQLITE_OK)
                r = words->inner.xCreate(inner_data, inner, G_N_ELEMENTS(inner), &words->instance);
        if (r == SQLITE_OK)
                *ret = (Fts5Tokenizer *)g_steal_pointer(&words);
        return r;
}

/* As the documentation of FTS5 says to get at its functions. */
static fts5_api *find_api(sqlite3 *sqlite)
{
        fts5_api *api = NULL;
        sqlite3_stmt *statement = NULL;

        if (sqlite3_prepare_v2(sqlite, "SELECT fts5(?1)", -1, &statement, NULL) == SQLITE_OK) {
                (void)sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", NULL);
                (void)sqlite3_step(statement);
        }
        (void)sqlite3_finalize(statement);
        return api;
}

bool tokenizer_register(sqlite3 *sqlite)
{
        fts5_api *api = find_api(sqlite);
        fts5_tokenizer words = {words_create, words_delete, words_tokenize};

        return api && api->xCreateTokenizer(api, "words", api, &words, NULL) == SQLITE_OK &&
               hits_register(api);
}
