/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditional compilation: the grammar has #if only between whole statements and members, and then all branches are read. Where it
 * stands within one, in a list of bases or among parameters, the text is read as the compiler does when no symbols are defined. */
#include "languages/csharp/front.h"

#define NESTED_MAX  64   /* #if in each other; deeper ones are left as they are */
#define GROUPS_MAX  4000 /* #if of one file that are looked at */
#define BRACKET_MAX 32   /* brackets in each other in a condition */

/* ---- conditions ---- */

typedef struct Condition {
        const char *at, *end;
        unsigned depth;
} Condition;

static bool any_of(Condition *condition);

static void skip_space(Condition *condition)
{
        while (condition->at < condition->end && (*condition->at == ' ' || *condition->at == '\t'))
                condition->at++;
}

static bool take(Condition *condition, const char *sign)
{
        size_t length = strlen(sign);
        skip_space(condition);
        if ((size_t)(condition->end - condition->at) < length ||
            memcmp(condition->at, sign, length) != 0)
                return false;
        condition->at += length;
        return true;
}

/* A symbol is not defined. */
static bool symbol(Condition *condition)
{
        const char *begin = condition->at;
        while (condition->at < condition->end &&
               (g_ascii_isalnum(*condition->at) || *condition->at == '_'))
                condition->at++;
        return condition->at - begin == 4 && memcmp(begin, "true", 4) == 0;
}

static bool one_of(Condition *condition)
{
        bool negated = false, value;
        while (take(condition, "!"))
                negated = !negated;
        if (condition->depth < BRACKET_MAX && take(condition, "(")) {
                condition->depth++;
                value = any_of(condition);
                condition->depth--;
                (void)take(condition, ")");
        } else {
                value = symbol(condition);
        }
        return value != negated;
}

static bool all_of(Condition *condition)
{
        bool value = one_of(condition);
        while (take(condition, "&&"))
                value = one_of(condition) && value;
        return value;
}

static bool any_of(Condition *condition)
{
        bool value = all_of(condition);
        while (take(condition, "||"))
                value = all_of(condition) || value;
        return value;
}

/* ---- lines ---- */

typedef enum Word { WORD_NONE, WORD_IF, WORD_ELIF, WORD_ELSE, WORD_ENDIF } Word;

typedef struct Line {
        const char *begin, *end;
} Line;

static Line line_at(const Tree *tree, uint32_t index)
{
        const char *begin = tree->text + tree->lines[index];
        const char *end = index + 1 < tree->line_count ? tree->text + tree->lines[index + 1]
                                                       : tree->text + tree->length;
        while (end > begin && (end[-1] == '\n' || end[-1] == '\r'))
                end--;
        return (Line){begin, end};
}

static Word word_of(Line line, Condition *ret_rest)
{
        *ret_rest = (Condition){.at = line.begin, .end = line.end};
        if (!take(ret_rest, "#"))
                return WORD_NONE;
        return take(ret_rest, "if")      ? WORD_IF
               : take(ret_rest, "elif")  ? WORD_ELIF
               : take(ret_rest, "else")  ? WORD_ELSE
               : take(ret_rest, "endif") ? WORD_ENDIF
                                         : WORD_NONE;
}

/* ---- which groups stand within a statement ---- */

typedef struct Group {
        bool broken; /* it does, or one of its branches is no whole */
        int depth;   /* of brackets where the branch begins */
} Group;

typedef struct Groups {
        Group items[GROUPS_MAX];
        uint32_t count;
        uint32_t open[NESTED_MAX];
        unsigned nested;
        char last;      /* of the code before; 0: none */
        uint32_t fresh; /* the group + 1 whose directive stands right before; 0: code does */
        int depth;
} Groups;

static bool ends_statement(char last)
{
        return last == 0 || strchr(";{}]", last) != NULL;
}

/* Does a line go on with what stands before it? */
static bool goes_on(const char *at, const char *end)
{
        static const char *const words[] = {"else", "catch", "finally", "where", "&&", "||"};
        if (strchr(",.:?)+=", *at))
                return true;
        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
                if ((size_t)(end - at) >= strlen(words[i]) &&
                    memcmp(at, words[i], strlen(words[i])) == 0)
                        return true;
        return false;
}

/* What a line of code does to brackets, and what it ends with; comments have neither. */
static void read_code(Groups *groups, Line line)
{
        const char *at = line.begin;
        while (at < line.end && g_ascii_isspace(*at))
                at++;
        if (at == line.end || *at == '*' || *at == '#')
                return;
        if (groups->fresh && *at != '/') {
                groups->items[groups->fresh - 1].broken |= goes_on(at, line.end);
                groups->fresh = 0;
        }
        for (; at < line.end; at++) {
                if (*at == '/' && at + 1 < line.end && (at[1] == '/' || at[1] == '*') &&
                    (at == line.begin || at[-1] != ':'))
                        return;
                groups->depth += (*at == '{') - (*at == '}');
                if (!g_ascii_isspace(*at))
                        groups->last = *at;
        }
}

static void end_branch(Groups *groups)
{
        Group *group = &groups->items[groups->open[groups->nested - 1]];
        group->broken |= !ends_statement(groups->last) || groups->depth != group->depth;
        groups->depth = group->depth;
}

static void find_groups(Groups *groups, const Tree *tree)
{
        for (uint32_t i = 0; i < tree->line_count; i++) {
                Condition rest;
                Line line = line_at(tree, i);
                Word word = word_of(line, &rest);
                if (word == WORD_NONE) {
                        read_code(groups, line);
                } else if (word == WORD_IF) {
                        if (groups->count == GROUPS_MAX || groups->nested == NESTED_MAX)
                                return;
                        groups->open[groups->nested++] = groups->count;
                        groups->items[groups->count++] = (Group){
                                .broken = !ends_statement(groups->last), .depth = groups->depth};
                        groups->fresh = groups->count;
                } else if (groups->nested) {
                        end_branch(groups);
                        groups->fresh = groups->open[groups->nested - 1] + 1;
                        groups->nested -= word == WORD_ENDIF;
                }
        }
}

/* ---- what is left out of those ---- */

typedef struct Regions {
        struct {
                bool broken, on, done; /* its lines are read; one of its branches was */
        } items[NESTED_MAX];
        unsigned depth;
} Regions;

static bool is_off(const Regions *regions)
{
        for (unsigned i = 0; i < regions->depth; i++)
                if (regions->items[i].broken && !regions->items[i].on)
                        return true;
        return false;
}

static void branch(Regions *regions, bool condition)
{
        unsigned i = regions->depth - 1;
        regions->items[i].on = condition && !regions->items[i].done;
        regions->items[i].done |= condition;
}

/* Takes notice of a directive; is it of a group that is not left as it is? */
static bool follow(Regions *regions, Word word, Condition *rest)
{
        if (!regions->depth)
                return false;
        bool broken = regions->items[regions->depth - 1].broken;
        if (word == WORD_ENDIF)
                regions->depth--;
        else
                branch(regions, word == WORD_ELSE || any_of(rest));
        return broken;
}

static void blank(const Tree *tree, char *text, Line line)
{
        memset(text + (line.begin - tree->text), ' ', (size_t)(line.end - line.begin));
}

static void blank_groups(const Groups *groups, const Tree *tree, char *text)
{
        Regions regions = {.depth = 0};
        uint32_t next = 0;
        for (uint32_t i = 0; i < tree->line_count; i++) {
                Condition rest;
                Line line = line_at(tree, i);
                Word word = word_of(line, &rest);
                bool gone = is_off(&regions);
                if (word == WORD_IF) {
                        if (next == groups->count || regions.depth == NESTED_MAX)
                                return;
                        bool broken = groups->items[next++].broken;
                        regions.depth++;
                        regions.items[regions.depth - 1].broken = broken;
                        regions.items[regions.depth - 1].done = false;
                        branch(&regions, any_of(&rest));
                        gone |= broken;
                } else if (word != WORD_NONE) {
                        gone |= follow(&regions, word, &rest);
                }
                if (gone)
                        blank(tree, text, line);
        }
}

void csharp_patch(const Tree *tree, char *text)
{
        if (!memmem(tree->text, tree->length, "#if", 3))
                return;
        g_autofree Groups *groups = g_new0(Groups, 1);
        find_groups(groups, tree);
        blank_groups(groups, tree, text);
}
