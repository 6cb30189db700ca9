/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Macros among declarations, found by how they are written: LIB_API int f(void); int CALLING f(void); API(int) f(void);
 * class EXPORT C {…}; QUEUE_FIELDS without a semicolon; f() NO_RETURN; int x GUARDED_BY(m). In bodies of functions nothing is
 * touched but class heads. */
#include "languages/c/clutter.h"

/* ---- where we are ---- */

static bool declares(const Clutter *clutter)
{
        return !clutter->beyond && place(clutter) <= PLACE_CLASS && clutter->parens == 0;
}

/* What a brace opens, by the words of the declaration before it. */
static Place place_of_brace(const Clutter *clutter, uint32_t brace)
{
        const Tokens *tokens = clutter->tokens;
        bool parens = false, class = false, list = false, space = false;
        if (place(clutter) == PLACE_LIST)
                return PLACE_LIST;
        for (uint32_t i = clutter->head; i < brace; i++) {
                if (tokens->items[i].gone)
                        continue;
                parens |= is_mark(clutter, i, "(");
                class |= is_one_of(tokens, i, "class struct union");
                list |= is_one_of(tokens, i, "enum") || (is_mark(clutter, i, "=") && !parens);
                space |= is_one_of(tokens, i, "namespace") ||
                         (token_is(tokens, i, "extern") && i + 2 == brace);
        }
        if (space)
                return PLACE_FILE;
        if (clutter->parens || (list && !parens))
                return clutter->parens ? PLACE_BODY : PLACE_LIST;
        return class && !parens ? PLACE_CLASS : PLACE_BODY;
}

/* The name of the class whose head ends at a brace. */
static uint32_t class_name(const Clutter *clutter, uint32_t brace)
{
        uint32_t name = 0;
        for (uint32_t i = clutter->head; i < brace && !is_mark(clutter, i, ":{<"); i++)
                if (is_word(clutter, i) && !token_is(clutter->tokens, i, "final"))
                        name = i;
        return name;
}

/* Is a word the name of the class that we are in? */
static bool is_of_class(const Clutter *clutter, uint32_t index)
{
        uint32_t name = place(clutter) == PLACE_CLASS ? clutter->classes[clutter->depth - 1] : 0;
        const Token *items = clutter->tokens->items;
        if (!name || !is_word(clutter, index))
                return false;
        size_t length = items[name].end - items[name].start;
        return items[index].end - items[index].start == length &&
               memcmp(clutter->text + items[index].start, clutter->text + items[name].start,
                      length) == 0;
}

static void open_brace(Clutter *clutter, uint32_t index)
{
        Place opened = place_of_brace(clutter, index);
        if (clutter->depth == BRACES_MAX) {
                clutter->beyond++;
                return;
        }
        clutter->classes[clutter->depth] = opened == PLACE_CLASS ? class_name(clutter, index) : 0;
        clutter->enums[clutter->depth] = false;
        for (uint32_t i = clutter->head; opened == PLACE_LIST && i < index; i++)
                clutter->enums[clutter->depth] |= token_is(clutter->tokens, i, "enum");
        clutter->places[clutter->depth++] = (uint8_t)opened;
}

static void close_brace(Clutter *clutter)
{
        if (clutter->beyond)
                clutter->beyond--;
        else if (clutter->depth)
                clutter->depth--;
}

/* ---- clutter ---- */

/* class EXPORT C { */
static bool take_in_class_head(Clutter *clutter, uint32_t index)
{
        uint32_t name = next(clutter, index), after = next(clutter, name);
        if (!clutter->tokens->items[index].loud || !is_name(clutter, index) || !index ||
            !is_one_of(clutter->tokens, index - 1, "class struct union"))
                return false;
        uint32_t last = index;
        if (is_mark(clutter, name, "(")) { /* EXPORT(x) */
                last = closing(clutter, name);
                name = next(clutter, last);
                after = next(clutter, name);
        }
        if (!is_name(clutter, name) ||
            (!is_mark(clutter, after, "{:<;") && !is_word(clutter, after)))
                return false;
        if (is_mark(clutter, after, ";") && clutter->head != index - 1)
                return false; /* struct TYPE variable; */
        take(clutter, index, last);
        return true;
}

/* Is a word one of a macro before a declaration, by the words after it: API int f; API type f(; API C(…); API ~C()? */
static bool is_leading(const Clutter *clutter, uint32_t index)
{
        const Tokens *tokens = clutter->tokens;
        uint32_t second = next(clutter, index), third = next(clutter, second),
                 fourth = next(clutter, third);
        bool typed = is_word(clutter, second) && !is_one_of(tokens, second, "const volatile");
        bool late = third < tokens->count && tokens->items[third].loud && !is_name(clutter, fourth);
        if (is_one_of(tokens, second, "const") && is_name(clutter, third) &&
            (is_name(clutter, fourth) ||
             (tokens->items[index].loud && is_mark(clutter, fourth, "*&<:"))))
                return true;
        if (tokens->items[index].loud && is_one_of(tokens, second, "const") &&
            is_type_word(tokens, third))
                return true;
        if (!tokens->items[index].loud)
                return typed && is_name(clutter, second) && is_name(clutter, third) &&
                       !tokens->items[second].loud && !tokens->items[third].loud;
        if (is_mark(clutter, second, "~") ||
            (is_of_class(clutter, second) && is_mark(clutter, third, "(")))
                return true;
        if (!typed || late)
                return false;
        if (is_mark(clutter, third, "(") && is_name(clutter, fourth) &&
            is_mark(clutter, next(clutter, fourth), ")")) /* API type (f)(…) */
                return true;
        return !is_name(clutter, second) || is_word(clutter, third) ||
               is_mark(clutter, third, "*&<:");
}

/* At the beginning of a declaration; BEGIN_NAMESPACE on a line of its own. */
static bool take_leading(Clutter *clutter, uint32_t index)
{
        const Tokens *tokens = clutter->tokens;
        uint32_t second = next(clutter, index);
        if (!is_name(clutter, index))
                return false;
        bool end = second >= tokens->count || tokens->items[second].kind >= TOKEN_IF;
        bool alone = tokens->items[index].loud && tokens->items[index].first &&
                     (end || (tokens->items[second].first &&
                              (is_mark(clutter, second, "}#~") || tokens->items[second].loud)));
        if (!alone && !is_leading(clutter, index))
                return false;
        take(clutter, index, index);
        return true;
}

/* Could what is in brackets be a type? */
static bool is_type_between(const Clutter *clutter, uint32_t open, uint32_t close)
{
        for (uint32_t i = open + 1; i < close; i++)
                if (!is_word(clutter, i) && !is_mark(clutter, i, "*&<>:"))
                        return false;
        return close - open > 1 && close - open < 10 && !is_mark(clutter, close - 1, ":");
}

/* API(int f(void)), and API(int i;) */
static bool is_prototype_between(const Clutter *clutter, uint32_t open, uint32_t close)
{
        uint32_t name = open + 1;
        while (name < close && (is_word(clutter, name) || is_mark(clutter, name, "*")))
                name++;
        return name > open + 2 && is_mark(clutter, name, "(") && is_name(clutter, name - 1) &&
               closing(clutter, name) + 1 == close;
}

/* API(int) f(…); DECLARE(x) without or with a semicolon. */
static bool take_leading_call(Clutter *clutter, uint32_t index)
{
        const Tokens *tokens = clutter->tokens;
        uint32_t open = next(clutter, index);
        if (!is_name(clutter, index) || !is_mark(clutter, open, "("))
                return false;
        uint32_t close = closing(clutter, open), after = next(clutter, close);
        bool loud = tokens->items[index].loud && !is_of_class(clutter, index);
        if (is_name(clutter, after) && is_mark(clutter, next(clutter, after), "(") &&
            !tokens->items[after].loud && !is_of_class(clutter, after) &&
            is_type_between(clutter, open, close)) {
                take(clutter, index, open);
                take(clutter, close, close);
                return true;
        }
        if (!loud)
                return false;
        if (is_mark(clutter, close - 1, ";") ||
            (is_prototype_between(clutter, open, close) && is_mark(clutter, after, ";{"))) {
                take(clutter, index, open);
                take(clutter, close, close);
                return true;
        }
        bool over = after >= tokens->count || tokens->items[after].kind >= TOKEN_IF;
        if (is_mark(clutter, after, ";"))
                take(clutter, index, after);
        else if (over || is_word(clutter, after) || is_mark(clutter, after, "}[~"))
                take(clutter, index, close);
        else
                return false;
        return true;
}

/* static ATTRIBUTE(1) int f(…); void attribute(1, 2) f(…); what stands between the brackets of the second are numbers alone. */
static bool take_inner_call(Clutter *clutter, uint32_t index)
{
        const Tokens *tokens = clutter->tokens;
        uint32_t open = next(clutter, index), close, after;
        if (!is_name(clutter, index) || !is_mark(clutter, open, "(") || clutter->head >= index ||
            !(is_word(clutter, index - 1) || is_mark(clutter, index - 1, "*&")) ||
            is_of_class(clutter, index))
                return false;
        close = closing(clutter, open);
        after = next(clutter, close);
        bool method = is_one_of(tokens, after, "const volatile") &&
                      !is_word(clutter, next(clutter, after));
        if (close - open < 2 || !is_word(clutter, after) || method ||
            is_one_of(tokens, after, "override final noexcept throw requires try"))
                return false;
        bool plain = true, loud = tokens->items[index].loud;
        for (uint32_t i = open + 1; i < close; i++)
                plain &= tokens->items[i].kind == TOKEN_LITERAL || is_mark(clutter, i, ",");
        bool typed = !is_name(clutter, after) || is_word(clutter, next(clutter, after)) ||
                     is_mark(clutter, next(clutter, after), "*");
        bool named = is_name(clutter, after) && is_mark(clutter, next(clutter, after), "(") &&
                     !tokens->items[after].loud;
        if (!(plain && (named || typed)) && !(loud && typed && is_leading_word(tokens, index - 1)))
                return false;
        take(clutter, index, close);
        return true;
}

/* LINKS(type) field; HEAD(, type) variable; */
static bool take_around_type(Clutter *clutter, uint32_t index)
{
        uint32_t open = next(clutter, index), close, after, last;
        if (!clutter->tokens->items[index].loud || !is_mark(clutter, open, "(") ||
            is_of_class(clutter, index))
                return false;
        close = closing(clutter, open);
        after = next(clutter, close);
        if (!is_name(clutter, after) || clutter->tokens->items[after].loud ||
            !is_mark(clutter, next(clutter, after), ";,[="))
                return false;
        for (last = close; last > open && !is_mark(clutter, last, ",");)
                last--;
        if (!is_type_between(clutter, last, close))
                return false;
        take(clutter, index, last);
        take(clutter, close, close);
        return true;
}

/* BIT(field); in a struct of C */
static bool take_field_brackets(Clutter *clutter, uint32_t index)
{
        uint32_t open = next(clutter, index), name = next(clutter, open),
                 close = next(clutter, name);
        if (place(clutter) != PLACE_CLASS || !clutter->tokens->items[index].loud ||
            !is_mark(clutter, open, "(") || !is_name(clutter, name) ||
            clutter->tokens->items[name].capital || !is_mark(clutter, close, ")") ||
            !is_mark(clutter, next(clutter, close), ";"))
                return false;
        take(clutter, open, open);
        take(clutter, close, close);
        return true;
}

/* In an enumeration: NAMED(name, …), NAMES(x), name DEPRECATED(…) */
static bool take_in_list(Clutter *clutter, uint32_t index)
{
        uint32_t open = next(clutter, index), close, first = next(clutter, open), comma;
        if (place(clutter) != PLACE_LIST || !clutter->enums[clutter->depth - 1] ||
            !is_name(clutter, index) || !is_mark(clutter, open, "("))
                return false;
        close = closing(clutter, open);
        comma = next(clutter, first);
        if (close >= clutter->tokens->count)
                return false;
        if (is_name(clutter, first) && is_mark(clutter, comma, ",") &&
            is_mark(clutter, index - 1, ",{")) {
                take(clutter, index, open);
                take(clutter, comma, close);
        } else if (!is_mark(clutter, index - 1, "=+-|&^~(<>*/?:")) {
                uint32_t after = next(clutter, close);
                bool begins = is_mark(clutter, index - 1, ",{");
                take(clutter, index, begins && is_mark(clutter, after, ",") ? after : close);
        }
        return true;
}

/* Do only words that say how something is there stand between the beginning of a declaration and a token? */
static bool is_behind_words(const Clutter *clutter, uint32_t index)
{
        for (uint32_t i = clutter->head; i < index; i++)
                if (!clutter->tokens->items[i].gone &&
                    !is_one_of(clutter->tokens, i,
                               "static inline virtual extern friend explicit constexpr template"))
                        return false;
        return clutter->head < index;
}

/* extern API(type) f(…); int x attribute((unused)), */
static bool take_call_behind(Clutter *clutter, uint32_t index)
{
        const Tokens *tokens = clutter->tokens;
        uint32_t open = next(clutter, index), close;
        if (!is_name(clutter, index) || !is_mark(clutter, open, "(") || clutter->head >= index)
                return false;
        close = closing(clutter, open);
        uint32_t after = next(clutter, close);
        bool twice = is_mark(clutter, next(clutter, open), "(") &&
                     is_mark(clutter, close - 1, ")") &&
                     closing(clutter, next(clutter, open)) == close - 1;
        bool name = is_name(clutter, index - 1) || is_mark(clutter, index - 1, "*&]");
        if (!tokens->items[index].loud && twice && name &&
            (clutter->parens ? is_mark(clutter, after, ",)") : is_word(clutter, after))) {
                take(clutter, index, close);
                return true;
        }
        if (clutter->parens || !is_behind_words(clutter, index) || !is_name(clutter, after) ||
            !tokens->items[index].loud || !is_mark(clutter, next(clutter, after), "(") ||
            tokens->items[after].loud || !is_type_between(clutter, open, close))
                return false;
        take(clutter, index, open);
        take(clutter, close, close);
        return true;
}

/* static API int f(…); after words that only say how something is there. */
static bool take_behind_words(Clutter *clutter, uint32_t index)
{
        uint32_t second = next(clutter, index);
        if (!is_name(clutter, index) || clutter->head >= index)
                return false;
        bool typed = second < clutter->tokens->count && is_type_word(clutter->tokens, second) &&
                     is_one_of(clutter->tokens, index - 1, "static inline const extern virtual");
        if (!typed && (!is_behind_words(clutter, index) || !clutter->tokens->items[index].loud ||
                       !is_leading(clutter, index)))
                return false;
        take(clutter, index, index);
        return true;
}

/* int CALLING f(…); int (CALLING *f)(…); f OF((…)) */
static bool take_inner(Clutter *clutter, uint32_t index)
{
        const Tokens *tokens = clutter->tokens;
        uint32_t before = index ? index - 1 : 0, after = next(clutter, index);
        if (!tokens->items[index].loud || !index || clutter->head >= index)
                return false;
        bool type = is_name(clutter, before) || is_type_word(tokens, before) ||
                    is_mark(clutter, before, "*&>");
        uint32_t third = next(clutter, after);
        bool wrapped = is_name(clutter, third) && tokens->items[third].loud;
        if (type && is_name(clutter, after) &&
            (is_mark(clutter, third, "(;=[,") || is_mark(clutter, third, ":") || wrapped)) {
                take(clutter, index, index);
                return true;
        }
        if (type && is_mark(clutter, after, "(") && is_mark(clutter, next(clutter, after), "(")) {
                uint32_t close = closing(clutter, after);
                take(clutter, index, after);
                take(clutter, close, close);
                return true;
        }
        return false;
}

static bool take_in_parens(Clutter *clutter, uint32_t index)
{
        uint32_t star = next(clutter, index), name = next(clutter, star),
                 close = next(clutter, name);
        if (!clutter->tokens->items[index].loud || !index || !is_mark(clutter, index - 1, "(") ||
            !is_mark(clutter, star, "*") || !is_word(clutter, name) ||
            !is_mark(clutter, close, ")") || !is_mark(clutter, next(clutter, close), "("))
                return false;
        take(clutter, index, index);
        return true;
}

static bool is_hidden_word(const Clutter *clutter, uint32_t index)
{
        return clutter->tokens->items[index].loud ||
               clutter->text[clutter->tokens->items[index].start] == '_';
}

/* f(attribute int x); f(attribute type x); f(int x ATTRIBUTE) */
static bool take_in_parameters(Clutter *clutter, uint32_t index)
{
        const Tokens *tokens = clutter->tokens;
        uint32_t second = next(clutter, index), third = next(clutter, second);
        if (!is_name(clutter, index) || index < 2)
                return false;
        bool first = is_mark(clutter, index - 1, "(,") || token_is(tokens, index - 1, "const");
        bool leads = first && second < tokens->count &&
                     (is_type_word(tokens, second) ||
                      (is_name(clutter, second) && !is_hidden_word(clutter, second) &&
                       (is_mark(clutter, third, "*&") ||
                        (is_name(clutter, third) && !is_hidden_word(clutter, third)))));
        bool trails = tokens->items[index].loud && is_mark(clutter, second, ",)") &&
                      is_name(clutter, index - 1) &&
                      (is_name(clutter, index - 2) || is_type_word(tokens, index - 2) ||
                       is_mark(clutter, index - 2, "*&"));
        if (leads || trails)
                take(clutter, index, index);
        return leads || trails;
}

/* f(…) NO_RETURN; int x GUARDED_BY(m); */
static bool take_trailing(Clutter *clutter, uint32_t index)
{
        const Tokens *tokens = clutter->tokens;
        uint32_t before = index ? index - 1 : 0, last = index, after = next(clutter, index);
        if (!tokens->items[index].loud || clutter->head + 1 >= index)
                return false;
        bool function = is_mark(clutter, before, ")") ||
                        is_one_of(tokens, before, "override noexcept final") ||
                        (is_one_of(tokens, before, "const") && is_mark(clutter, before - 1, ")"));
        bool late = is_one_of(tokens, before - 1, "const") && before > 1 && /* int const x */
                    (is_name(clutter, before - 2) || is_type_word(tokens, before - 2) ||
                     is_mark(clutter, before - 2, "*&>"));
        bool typed = is_name(clutter, before - 1) || is_type_word(tokens, before - 1) ||
                     is_mark(clutter, before - 1, "*&>") || late;
        bool variable = is_mark(clutter, before, "]") || is_one_of(tokens, before - 1, "enum") ||
                        (is_name(clutter, before) && typed);
        if (is_mark(clutter, after, "(")) {
                last = closing(clutter, after);
                after = next(clutter, last);
        } else if (!function) {
                return false;
        }
        if ((!function && !variable) || !(is_mark(clutter, after, function ? ";{:" : ";{") ||
                                          (after < tokens->count && tokens->items[after].loud)))
                return false;
        take(clutter, index, last);
        return true;
}

/* ---- namespaces ---- */

static bool has_part(const Clutter *clutter, uint32_t index, const char *part)
{
        const Token *token = &clutter->tokens->items[index];
        return memmem(clutter->tokens->text + token->start, token->end - token->start, part,
                      strlen(part)) != NULL;
}

/* LIB_BEGIN_NAMESPACE is 1, LIB_END_NAMESPACE is -1, anything else 0. */
static int opens_namespace(const Clutter *clutter, uint32_t index)
{
        const Token *token = &clutter->tokens->items[index];
        if (token->kind != TOKEN_WORD || token->gone || !token->loud || !token->first ||
            !(has_part(clutter, index, "NAMESPACE") || has_part(clutter, index, "_NS_")) ||
            is_mark(clutter, next(clutter, index), "("))
                return 0;
        if (has_part(clutter, index, "END") || has_part(clutter, index, "CLOSE"))
                return -1;
        bool begins = has_part(clutter, index, "BEGIN") || has_part(clutter, index, "OPEN") ||
                      has_part(clutter, index, "START");
        return begins && token->end - token->start >= strlen(PREPARE_NAMESPACE) ? 1 : 0;
}

static bool namespaces_are_even(const Clutter *clutter)
{
        int depth = 0;
        for (uint32_t i = 0; i < clutter->tokens->count && depth >= 0; i++)
                depth += opens_namespace(clutter, i);
        return depth == 0;
}

/* Macros that open and close a namespace are written out. */
static bool take_namespace(Clutter *clutter, uint32_t index)
{
        int opens = clutter->namespaces ? opens_namespace(clutter, index) : 0;
        Token *token = &clutter->tokens->items[index];
        const char *text = opens > 0 ? PREPARE_NAMESPACE : "}";
        if (!opens || place(clutter) != PLACE_FILE)
                return false;
        prepare_blank(clutter->text, token->start, token->end, PREPARE_DEAD);
        memcpy(clutter->text + token->start, text, strlen(text));
        token->gone = true;
        clutter->head = index + 1;
        return true;
}

/* ---- directives ---- */

static bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\r';
}

/* #define NAME, #define f(x), and a blank: the grammars take the next line for its body. */
static void keep_end(Clutter *clutter, const Token *token)
{
        const char *text = clutter->text;
        uint32_t end = token->end, at = token->start + 1;
        while (end > at && is_blank(text[end - 1]))
                end--;
        while (at < end && is_blank(text[at]))
                at++;
        if (end == token->end || end - at < strlen("define ") ||
            memcmp(text + at, "define", strlen("define")) != 0)
                return;
        for (at += strlen("define"); at < end && is_blank(text[at]);)
                at++;
        while (at < end && (g_ascii_isalnum(text[at]) || text[at] == '_'))
                at++;
        const char *close = at < end && text[at] == '(' ? memchr(text + at, ')', end - at) : NULL;
        if (at == end || close == text + end - 1)
                clutter->text[end] = ';';
}

/* The grammars end a macro's body at a comment. */
static void keep_directive(Clutter *clutter, uint32_t index, bool between)
{
        const Token *token = &clutter->tokens->items[index];
        const char *at = clutter->text + token->start, *end = clutter->text + token->end;
        while ((at = memmem(at, (size_t)(end - at), "/*", 2))) {
                const char *close = memmem(at, (size_t)(end - at), "*/", 2);
                close = close ? close + 2 : end;
                const char *more = close;
                while (more < end && g_ascii_isspace(*more))
                        more++;
                if (more < end && *more != '/') /* at the end they are expected */
                        prepare_blank(clutter->text, (uint32_t)(at - clutter->text),
                                      (uint32_t)(close - clutter->text), PREPARE_MACRO);
                at = close;
        }
        keep_end(clutter, token);
        if (between)
                clutter->head = index + 1;
}

/* Directives stay where the grammars have a place for them: between statements. */
static void see_directive(Clutter *clutter, uint32_t index)
{
        bool first = !clutter->last,
             between = first || is_mark(clutter, clutter->last - 1, ";{}:)");
        if (clutter->parens || place(clutter) == PLACE_LIST || !between)
                prepare_take(clutter->tokens, clutter->text, index);
        else
                keep_directive(clutter, index, first || is_mark(clutter, clutter->last - 1, ";{}"));
}

/* ---- the whole ---- */

static void see_word(Clutter *clutter, uint32_t index)
{
        bool begins = clutter->head == index;
        if (begins && take_namespace(clutter, index))
                return;
        if (begins && token_is(clutter->tokens, index, "template") &&
            is_mark(clutter, next(clutter, index), "<")) {
                uint32_t angle = next(clutter, index), close = closing_angle(clutter, angle);
                clutter->head = close + 1;
                clutter_take_in_template(clutter, angle, close);
        } else if (take_in_class_head(clutter, index)) {
                return;
        } else if (clutter->parens && place(clutter) <= PLACE_CLASS) {
                if (!take_in_parens(clutter, index) && !take_call_behind(clutter, index))
                        (void)take_in_parameters(clutter, index);
        } else if (begins && !clutter->beyond && !clutter->parens &&
                   clutter_take_in_body(clutter, index)) {
                clutter->head = next(clutter, index);
        } else if (!clutter->beyond && place(clutter) == PLACE_LIST) {
                (void)take_in_list(clutter, index);
        } else if (declares(clutter) && begins) {
                if (take_field_brackets(clutter, index))
                        return;
                if (take_around_type(clutter, index) || take_leading(clutter, index) ||
                    take_leading_call(clutter, index)) {
                        clutter->head = index;
                        while (clutter->head < clutter->tokens->count &&
                               clutter->tokens->items[clutter->head].gone)
                                clutter->head++;
                }
        } else if (declares(clutter) && !take_call_behind(clutter, index) &&
                   !take_behind_words(clutter, index) && !take_inner(clutter, index) &&
                   !take_inner_call(clutter, index) && !take_around_type(clutter, index)) {
                (void)take_trailing(clutter, index);
        }
}

/* type (f)(…); which could be a call of a call */
static void take_name_brackets(Clutter *clutter, uint32_t index)
{
        uint32_t name = next(clutter, index), close = next(clutter, name);
        if (!declares(clutter) || !is_name(clutter, name) || !is_mark(clutter, close, ")") ||
            !is_mark(clutter, next(clutter, close), "(") || clutter->head == index ||
            !clutter->last ||
            !(is_word(clutter, clutter->last - 1) || is_mark(clutter, clutter->last - 1, "*")))
                return;
        take(clutter, index, index);
        take(clutter, close, close);
}

static void see_mark(Clutter *clutter, uint32_t index)
{
        switch (clutter->tokens->items[index].mark) {
        case '(':
                take_name_brackets(clutter, index);
                clutter->parens += !clutter->tokens->items[index].gone;
                return;
        case '[':
                clutter->parens++;
                return;
        case ')':
        case ']':
                clutter->parens -= clutter->parens > 0;
                return;
        case '{':
                open_brace(clutter, index);
                break;
        case '}':
                close_brace(clutter);
                break;
        case ';':
                clutter->parens = place(clutter) <= PLACE_CLASS ? 0 : clutter->parens;
                break;
        case ':':
                if (place(clutter) != PLACE_CLASS ||
                    !is_one_of(clutter->tokens, index - 1,
                               "public private protected signals slots"))
                        return;
                break;
        default:
                return;
        }
        clutter->head = index + 1;
}

void clutter_prepare(Tokens *tokens, char *text)
{
        g_autofree Clutter *clutter = g_new0(Clutter, 1);
        clutter->tokens = tokens;
        clutter->text = text;
        clutter->namespaces = namespaces_are_even(clutter);
        for (uint32_t i = 0; i < tokens->count; i++) {
                if (tokens->items[i].gone) {
                        clutter->head += clutter->head == i;
                        continue;
                }
                switch (tokens->items[i].kind) {
                case TOKEN_WORD:
                        see_word(clutter, i);
                        break;
                case TOKEN_MARK:
                        see_mark(clutter, i);
                        break;
                case TOKEN_DIRECTIVE:
                        see_directive(clutter, i);
                        break;
                default:
                        break;
                }
                if (tokens->items[i].kind < TOKEN_IF && !tokens->items[i].gone)
                        clutter->last = i + 1;
        }
}

void c_patch(const Tree *tree, char *text)
{
        Tokens tokens;
        tokens_read(&tokens, text, tree->length);
        conditional_prepare(&tokens, text);
        clutter_take_in_strings(&tokens, text);
        clutter_prepare(&tokens, text);
        tokens_clear(&tokens);
}
