/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditional compilation: all that a file says is read. Of what stands twice under one name, though, what most builds have is meant, so
 * the conditions are looked at as they hold there: on Linux, with a stable compiler, with all features that need no other, not under test.
 * Of what build scripts find out only what autocfg names for what is there ("has_…", "rustc_1_40") is taken to hold. */
#include <string.h>

#include "languages/rust/front.h"

#define CONDITION_DEPTH_MAX 32 /* conditions in each other; a deeper one does not hold */

typedef struct Condition {
        const char *at, *end;
        unsigned depth;
} Condition;

typedef struct Word {
        const char *text;
        size_t length;
} Word;

static bool is_word(Word word, const char *text)
{
        return word.length == strlen(text) && memcmp(word.text, text, word.length) == 0;
}

static bool is_one_of(Word word, const char *const *texts)
{
        for (; *texts; texts++)
                if (is_word(word, *texts))
                        return true;
        return false;
}

static bool begins(Word word, const char *prefix)
{
        return word.length > strlen(prefix) && memcmp(word.text, prefix, strlen(prefix)) == 0;
}

static void skip_space(Condition *condition)
{
        while (condition->at < condition->end && g_ascii_isspace(*condition->at))
                condition->at++;
}

static bool take(Condition *condition, char sign)
{
        skip_space(condition);
        if (condition->at == condition->end || *condition->at != sign)
                return false;
        condition->at++;
        return true;
}

static Word take_word(Condition *condition)
{
        skip_space(condition);
        const char *begin = condition->at;
        while (condition->at < condition->end &&
               (g_ascii_isalnum(*condition->at) || *condition->at == '_'))
                condition->at++;
        return (Word){begin, (size_t)(condition->at - begin)};
}

static Word take_text(Condition *condition)
{
        if (!take(condition, '"'))
                return (Word){"", 0};
        const char *begin = condition->at,
                   *end = memchr(begin, '"', (size_t)(condition->end - begin));
        condition->at = end ? end + 1 : condition->end;
        return (Word){begin, (size_t)((end ? end : condition->end) - begin)};
}

static bool is_set(Word name)
{
        static const char *const set[] = {"unix", "debug_assertions", "panic", NULL};
        return is_one_of(name, set) || begins(name, "has_") || begins(name, "rustc_1_");
}

static bool is_set_to(Word name, Word value)
{
        static const char *const targets[] = {"linux", "unix", "x86_64", "little", "sse2",
                                              "64",    "gnu",  "unwind", NULL};
        static const char *const special[] = {"nightly", "unstable", "rustc-dep-of-std", "loom",
                                              NULL};
        if (is_word(name, "feature"))
                return !is_one_of(value, special);
        return is_word(name, "target_has_atomic") || is_one_of(value, targets);
}

static bool holds(Condition *condition);

/* all(…), any(…), not(…), behind the bracket. */
static bool list_holds(Condition *condition, Word kind)
{
        bool every = true, some = false;
        while (!take(condition, ')') && condition->at < condition->end) {
                const char *before = condition->at;
                bool one = holds(condition);
                every &= one;
                some |= one;
                if (!take(condition, ',') && condition->at == before)
                        condition->at++;
        }
        return is_word(kind, "all") ? every : is_word(kind, "any") ? some : !some;
}

static bool holds(Condition *condition)
{
        static const char *const lists[] = {"all", "any", "not", NULL};
        Word name = take_word(condition);
        if (take(condition, '='))
                return is_set_to(name, take_text(condition));
        if (!is_one_of(name, lists) || !take(condition, '('))
                return is_set(name);
        if (condition->depth == CONDITION_DEPTH_MAX) {
                condition->at = condition->end;
                return false;
        }
        condition->depth++;
        bool result = list_holds(condition, name);
        condition->depth--;
        return result;
}

bool rust_is_usual(const char *attribute, size_t length)
{
        Condition condition = {.at = attribute, .end = attribute + length};
        if (!take(&condition, '#'))
                return true;
        (void)take(&condition, '!');
        return !take(&condition, '[') || !is_word(take_word(&condition), "cfg") ||
               !take(&condition, '(') || holds(&condition);
}
