/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditionals: #if … #else … #endif. Nobody knows here what is defined, and all branches are read: if each of them is whole, a number
 * of statements or declarations, they are read one after the other. Else one is chosen: the first that is not for another
 * system. */
#include <string.h>

#include "languages/c/prepare.h"

#define CONDITIONALS_MAX 200 /* in each other; deeper ones stay as they are */
#define BRANCHES_MAX     64  /* of one; of those beyond the last is ended late */
#define LOOK_BACK_MAX    500 /* tokens that are gone or directives */

typedef struct Conditional {
        uint32_t directives[BRANCHES_MAX +
                            1]; /* tokens: each branch begins after one and ends before the next */
        uint32_t branches;
} Conditional;

void prepare_blank(char *text, uint32_t start, uint32_t end, char with)
{
        for (uint32_t i = start; i < end; i++)
                if (text[i] != '\n' && text[i] != '\r')
                        text[i] = with;
}

/* ---- branches ---- */

static const Token *token_before(const Tokens *tokens, uint32_t index)
{
        for (uint32_t end = index > LOOK_BACK_MAX ? index - LOOK_BACK_MAX : 0;
             index > end &&
             (tokens->items[index - 1].gone || tokens->items[index - 1].kind >= TOKEN_IF);
             index--)
                ;
        return index ? &tokens->items[index - 1] : NULL;
}

/* A macro on a line of its own does, too. */
static bool ends_something(const Token *token)
{
        return !token || (token->loud && token->first) ||
               (token->kind == TOKEN_MARK && strchr(";{}:,", token->mark));
}

/* Do as many brackets close as open in it, none before it opens? */
static bool is_balanced(const Tokens *tokens, uint32_t from, uint32_t to)
{
        int depth = 0;
        for (uint32_t i = from; i < to && depth >= 0; i++) {
                const Token *token = &tokens->items[i];
                if (token->gone || token->kind != TOKEN_MARK)
                        continue;
                depth += strchr("({[", token->mark) ? 1 : strchr(")}]", token->mark) ? -1 : 0;
        }
        return depth == 0;
}

static bool is_empty(const Tokens *tokens, uint32_t from, uint32_t to)
{
        const Token *last = token_before(tokens, to);
        return !last || last < &tokens->items[from];
}

static bool is_whole(const Tokens *tokens, uint32_t from, uint32_t to)
{
        return is_empty(tokens, from, to) ||
               (ends_something(token_before(tokens, to)) && is_balanced(tokens, from, to));
}

/* The word of a directive and where its condition begins. */
static const char *condition_of(const Tokens *tokens, uint32_t directive, const char **ret_end)
{
        const char *text = tokens->text + tokens->items[directive].start;
        *ret_end = tokens->text + tokens->items[directive].end;
        while (text < *ret_end && !g_ascii_isalpha(*text))
                text++;
        while (text < *ret_end && g_ascii_isalpha(*text))
                text++;
        while (text < *ret_end && g_ascii_isspace(*text))
                text++;
        return text;
}

/* #if 0 */
static bool is_never(const Tokens *tokens, uint32_t directive)
{
        const char *end, *text = condition_of(tokens, directive, &end);
        return text < end && *text == '0' && (text + 1 == end || g_ascii_isspace(text[1]));
}

bool conditional_is_elsewhere(const Tokens *tokens, uint32_t directive)
{
        static const char *const systems[] = {"WIN32",     "_WIN64",     "WINNT",      "_MSC_VER",
                                              "__APPLE__", "__CYGWIN__", "__cplusplus"};
        const char *start = tokens->text + tokens->items[directive].start;
        const char *end, *text = condition_of(tokens, directive, &end);
        if (memmem(start, (size_t)(text - start), "ifndef", 6) ||
            memchr(text, '!', (size_t)(end - text)))
                return false;
        for (unsigned i = 0; i < G_N_ELEMENTS(systems); i++)
                if (memmem(text, (size_t)(end - text), systems[i], strlen(systems[i])))
                        return true;
        return false;
}

static void take_branch(Tokens *tokens, char *text, uint32_t from, uint32_t to)
{
        prepare_blank(text, tokens->items[from].end, tokens->items[to].start, PREPARE_DEAD);
        for (uint32_t i = from + 1; i < to; i++)
                tokens->items[i].gone = true;
}

/* ---- which to keep ---- */

static bool all_whole(const Tokens *tokens, const Conditional *conditional)
{
        const uint32_t *directives = conditional->directives;
        bool empty = true, whole = true;
        for (uint32_t i = 0; i < conditional->branches && whole; i++) {
                empty &= is_empty(tokens, directives[i] + 1, directives[i + 1]);
                whole &= is_whole(tokens, directives[i] + 1, directives[i + 1]);
        }
        return empty || (whole && (conditional->branches == 1 ||
                                   ends_something(token_before(tokens, directives[0]))));
}

/* The branch that is read if only one can be; branches: none. */
static uint32_t choose(const Tokens *tokens, const Conditional *conditional)
{
        uint32_t i = 0;
        while (i < conditional->branches &&
               (is_never(tokens, conditional->directives[i]) ||
                conditional_is_elsewhere(tokens, conditional->directives[i])))
                i++;
        return i;
}

static void settle(Tokens *tokens, char *text, const Conditional *conditional)
{
        const uint32_t *directives = conditional->directives;
        bool whole = all_whole(tokens, conditional);
        uint32_t chosen = whole ? 0 : choose(tokens, conditional);
        for (uint32_t i = 0; i < conditional->branches; i++)
                if (is_never(tokens, directives[i]) || (!whole && i != chosen))
                        take_branch(tokens, text, directives[i], directives[i + 1]);
        for (uint32_t i = 0; i <= conditional->branches; i++)
                prepare_take(tokens, text, directives[i]);
}

void conditional_prepare(Tokens *tokens, char *text)
{
        g_autofree Conditional *open = g_new(Conditional, CONDITIONALS_MAX);
        uint32_t depth = 0, beyond = 0;
        for (uint32_t i = 0; i < tokens->count; i++) {
                Conditional *inner = depth ? &open[depth - 1] : NULL;
                switch (tokens->items[i].kind) {
                case TOKEN_IF:
                        if (depth == CONDITIONALS_MAX)
                                beyond++;
                        else
                                open[depth++] = (Conditional){.directives = {i}, .branches = 0};
                        break;
                case TOKEN_ELSE:
                        if (inner && !beyond && inner->branches + 1 < BRANCHES_MAX)
                                inner->directives[++inner->branches] = i;
                        break;
                case TOKEN_ENDIF:
                        if (beyond) {
                                beyond--;
                        } else if (inner) {
                                inner->directives[++inner->branches] = i;
                                settle(tokens, text, inner);
                                depth--;
                        }
                        break;
                default:
                        break;
                }
        }
}
