/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Macros in bodies of functions, in heads of templates and in strings. */
#include "languages/c/clutter.h"

/* In a function: attribute int x; attribute T *x = … */
static bool take_attribute(Clutter *clutter, uint32_t index)
{
        const Tokens *tokens = clutter->tokens;
        uint32_t second = next(clutter, index), third = next(clutter, second),
                 fourth = next(clutter, third);
        if (!is_name(clutter, index) || !is_word(clutter, second) ||
            is_one_of(tokens, second, "const volatile"))
                return false;
        bool keyword = is_type_word(tokens, second) ||
                       is_one_of(tokens, second, "struct union enum static unsigned");
        bool pointer = is_name(clutter, second) && is_mark(clutter, third, "*") &&
                       is_name(clutter, fourth) && is_mark(clutter, next(clutter, fourth), "=;");
        if (!keyword && !pointer)
                return false;
        take(clutter, index, index);
        return true;
}

/* In a function: TRY {…} CATCH(...) {…}, where no value and no function is called for. */
static bool take_before_block(Clutter *clutter, uint32_t index)
{
        uint32_t last = index, after = next(clutter, index);
        if (!clutter->tokens->items[index].loud || place(clutter) != PLACE_BODY)
                return false;
        if (is_mark(clutter, after, "(") && is_mark(clutter, next(clutter, after), ".")) {
                last = closing(clutter, after);
                after = next(clutter, last);
        }
        if (!is_mark(clutter, after, "{"))
                return false;
        take(clutter, index, last);
        return true;
}

/* Does an argument of a macro begin there that is a statement, not a value? */
static bool is_statement(const Clutter *clutter, uint32_t index)
{
        if (is_one_of(clutter->tokens, index, "throw return if for while do switch goto"))
                return true;
        uint32_t close = is_mark(clutter, index, "{") ? closing(clutter, index) : 0;
        for (uint32_t i = index; i < close; i++)
                if (is_mark(clutter, i, ";"))
                        return true;
        return false;
}

/* In a function: CHECK({ f(); }, x); whose arguments become statements beside each other. */
static bool take_around_statements(Clutter *clutter, uint32_t index)
{
        uint32_t open = next(clutter, index), close, depth = 0;
        bool any = false;
        if (!clutter->tokens->items[index].loud || place(clutter) != PLACE_BODY ||
            !is_mark(clutter, open, "("))
                return false;
        close = closing(clutter, open);
        if (close >= clutter->tokens->count || !is_mark(clutter, next(clutter, close), ";"))
                return false;
        for (uint32_t i = open; i < close && !any; i++) {
                depth += is_mark(clutter, i, "([{") - is_mark(clutter, i, ")]}");
                any = depth == 1 && is_mark(clutter, i, "(,") &&
                      is_statement(clutter, next(clutter, i));
        }
        for (uint32_t i = open; any && i < close; i++) {
                depth = (i == open ? 0 : depth) + is_mark(clutter, i, "([{") -
                        is_mark(clutter, i, ")]}");
                if (depth != 1 || !is_mark(clutter, i, ","))
                        continue;
                clutter->text[clutter->tokens->items[i].start] = ';';
                clutter->tokens->items[i].mark = ';';
        }
        if (!any)
                return false;
        take(clutter, index, open);
        take(clutter, close, close);
        return true;
}

/* template <class T, ENABLE_IF(…)>: a parameter without a name stands there. */
static void write_parameter(Clutter *clutter, uint32_t open, uint32_t close)
{
        static const char type[] = "int";
        char *end = clutter->text + clutter->tokens->items[close].end;
        if (clutter->tokens->items[close].end - clutter->tokens->items[open].end < strlen(type) ||
            memchr(end - strlen(type), '\n', strlen(type)))
                return;
        memcpy(end - strlen(type), type, strlen(type));
}

void clutter_take_in_template(Clutter *clutter, uint32_t from, uint32_t to)
{
        for (uint32_t i = from + 1; i < to && i < clutter->tokens->count; i = next(clutter, i)) {
                uint32_t open = next(clutter, i);
                if (!clutter->tokens->items[i].loud || !is_name(clutter, i) ||
                    !is_mark(clutter, i - 1, "<,") || !is_mark(clutter, open, "("))
                        continue;
                uint32_t close = closing(clutter, open);
                if (close >= to || !is_mark(clutter, next(clutter, close), ",>"))
                        continue;
                take(clutter, i, close);
                write_parameter(clutter, open, close);
        }
}

/* In a function: CHECK(x) without a semicolon, and the next line: its arguments become a statement. */
static bool take_statement(Clutter *clutter, uint32_t index)
{
        uint32_t open = next(clutter, index), close, after;
        if (!clutter->tokens->items[index].loud || !clutter->tokens->items[index].first ||
            place(clutter) != PLACE_BODY || !is_mark(clutter, open, "("))
                return false;
        close = closing(clutter, open);
        after = next(clutter, close);
        if (after >= clutter->tokens->count || !clutter->tokens->items[after].first ||
            !(is_word(clutter, after) || is_mark(clutter, after, "}")))
                return false;
        take(clutter, index, open);
        clutter->text[clutter->tokens->items[close].start] = ';';
        clutter->tokens->items[close].mark = ';';
        return true;
}

bool clutter_take_in_body(Clutter *clutter, uint32_t index)
{
        return take_attribute(clutter, index) || take_statement(clutter, index) ||
               take_before_block(clutter, index) || take_around_statements(clutter, index);
}

/* ---- strings ---- */

static bool is_string(const Tokens *tokens, uint32_t index)
{
        return index < tokens->count && tokens->items[index].kind == TOKEN_LITERAL &&
               !tokens->items[index].gone && tokens->text[tokens->items[index].start] == '"';
}

static bool ends_value(const Tokens *tokens, uint32_t index)
{
        return index >= tokens->count || is_string(tokens, index) ||
               (tokens->items[index].kind == TOKEN_MARK &&
                strchr(",;)]}", tokens->items[index].mark));
}

void clutter_take_in_strings(Tokens *tokens, char *text)
{
        for (uint32_t i = 0; i < tokens->count; i++) {
                const Token *token = &tokens->items[i];
                bool before = token->loud && is_string(tokens, i + 1) &&
                              tokens->items[i + 1].start > token->end;
                bool format = token->end - token->start > 3 &&
                              memcmp(tokens->text + token->start, "PRI", 3) == 0;
                bool after = i && (token->loud || format) && is_string(tokens, i - 1) &&
                             ends_value(tokens, i + 1);
                if (token->kind == TOKEN_WORD && !token->gone && (before || after))
                        prepare_take(tokens, text, i);
        }
}
