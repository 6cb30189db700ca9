/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How alike two names are: each way of being alike has its score, the first that holds tells. The steps between them are
 * what resolve.c's margin is about. */
#include "graph/name-form.h"

#include <string.h>

#define SCORE_EXACT       1.0
#define SCORE_PUNCTUATION 0.98 /* the same words */
#define SCORE_FORM        0.95 /* but for titles, suffixes, legal forms */
#define SCORE_OTHER_FORM  0.88 /* both have legal forms, and not the same */
#define SCORE_ORDER       0.94 /* the same words in another order */
#define SCORE_SPACING     0.93 /* the same letters in other words */
#define SCORE_INITIALS    0.85 /* some words are initials of the other's */
#define SCORE_MIDDLE      0.84 /* one of them has words in the middle that the other has not */
#define SCORE_ACRONYM     0.82 /* one is the initials of the other */
#define SCORE_ACRONYM_TWO 0.6  /* only two: many have them */
#define SCORE_TYPO        0.9  /* less what was mistyped */
#define SCORE_PART        0.5  /* all words of one are in the other; and … */
#define SCORE_PART_SHARE  0.25 /* … this by their share */

static const NameMatch no_match = {0, "none"};

static bool is_initial_of(const char *letter, const char *word)
{
        return !*g_utf8_next_char(letter) && g_utf8_get_char(letter) == g_utf8_get_char(word);
}

static bool fits(const char *a, const char *b)
{
        return strcmp(a, b) == 0 || is_initial_of(a, b) || is_initial_of(b, a);
}

/* Word by word the same or an initial; the names of families are not among the initials. */
static bool match_initials(char **a, char **b)
{
        unsigned count = g_strv_length(a);
        bool whole = false;

        if (count < 2 || count != g_strv_length(b))
                return false;
        for (unsigned i = 0; i < count; i++) {
                if (!fits(a[i], b[i]))
                        return false;
                whole = whole || (strcmp(a[i], b[i]) == 0 && *g_utf8_next_char(a[i]));
        }
        return whole;
}

/* "smith j" as "j smith". */
static bool match_turned(char **a, char **b)
{
        char *turned[] = {a[0] ? a[1] : NULL, a[0], NULL};

        return g_strv_length(a) == 2 && match_initials(turned, b);
}

/* First and last alike, and only one has something in between; a is the longer one. */
static bool match_middle(char **a, char **b)
{
        unsigned a_count = g_strv_length(a), b_count = g_strv_length(b);

        if (a_count < b_count)
                return match_middle(b, a);
        return b_count == 2 && a_count > 2 && a_count <= 4 && fits(a[0], b[0]) &&
               strcmp(a[a_count - 1], b[1]) == 0;
}

static bool match_acronym(const NameForm *acronym, const NameForm *name)
{
        return name->acronym && !acronym->core[1] && strcmp(acronym->squashed, name->acronym) == 0;
}

/* Mistakes that a name of so many letters may have. */
static unsigned mistakes(size_t letters)
{
        return letters < 4 ? 0 : letters < 8 ? 1 : letters < 12 ? 2 : 3;
}

static NameMatch match_typo(const NameForm *a, const NameForm *b)
{
        size_t letters =
                MIN((size_t)g_utf8_strlen(a->squashed, -1), (size_t)g_utf8_strlen(b->squashed, -1));
        unsigned max = mistakes(letters), distance;

        if (max == 0)
                return no_match;
        distance = MIN(text_distance(a->sorted, b->sorted, max),
                       text_distance(a->ordered, b->ordered, max));
        if (distance > max)
                return no_match;
        return (NameMatch){SCORE_TYPO - (double)distance / 2 / (double)letters, "typo"};
}

/* Words of a that are in b. */
static unsigned shared(char **a, char **b)
{
        unsigned count = 0;

        for (; *a; a++)
                count += g_strv_contains((const char *const *)b, *a);
        return count;
}

static NameMatch match_part(const NameForm *a, const NameForm *b)
{
        unsigned a_count = g_strv_length(a->core), b_count = g_strv_length(b->core);
        unsigned least = MIN(a_count, b_count), most = MAX(a_count, b_count);

        if (least == 0 || shared(a_count <= b_count ? a->core : b->core,
                                 a_count <= b_count ? b->core : a->core) < least)
                return no_match;
        return (NameMatch){SCORE_PART + SCORE_PART_SHARE * least / most, "part"};
}

static NameMatch match_words(const NameForm *a, const NameForm *b)
{
        if (strcmp(a->plain, b->plain) == 0)
                return (NameMatch){SCORE_PUNCTUATION, "punctuation"};
        if (strcmp(a->sorted, b->sorted) == 0) {
                if (*a->dropped && *b->dropped && strcmp(a->dropped, b->dropped) != 0)
                        return (NameMatch){SCORE_OTHER_FORM, "form"};
                return strcmp(a->ordered, b->ordered) == 0 ? (NameMatch){SCORE_FORM, "form"}
                                                           : (NameMatch){SCORE_ORDER, "order"};
        }
        if (strcmp(a->squashed, b->squashed) == 0)
                return (NameMatch){SCORE_SPACING, "spacing"};
        if (match_initials(a->core, b->core) || match_turned(a->core, b->core) ||
            match_turned(b->core, a->core))
                return (NameMatch){SCORE_INITIALS, "initials"};
        return match_middle(a->core, b->core) ? (NameMatch){SCORE_MIDDLE, "middle"} : no_match;
}

NameMatch name_match(const NameForm *asked, const NameForm *name)
{
        NameMatch match, typo;

        if (strcmp(asked->key, name->key) == 0)
                return (NameMatch){SCORE_EXACT, "exact"};
        if (!*asked->plain || !*name->plain)
                return no_match;
        match = match_words(asked, name);
        if (match.score > 0)
                return match;
        if (match_acronym(asked, name) || match_acronym(name, asked)) {
                const char *letters = asked->core[1] ? name->squashed : asked->squashed;
                return (NameMatch){g_utf8_strlen(letters, -1) > 2 ? SCORE_ACRONYM
                                                                  : SCORE_ACRONYM_TWO,
                                   "acronym"};
        }
        typo = match_typo(asked, name);
        match = match_part(asked, name);
        return typo.score >= match.score ? typo : match;
}
