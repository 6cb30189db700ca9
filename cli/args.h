/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line: options anywhere, then the words. What is wrong is INVALID and says what is right. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum OptionKind {
        OPTION_FLAG,   /* --json */
        OPTION_TEXT,   /* --reason=TEXT */
        OPTION_NUMBER, /* --limit=50, a whole number that is not negative */
        OPTION_REAL,   /* --confidence=0.8 */
        OPTION_LIST,   /* --include=GLOB, may be given again */
} OptionKind;

/* One option; a table of them ends with a NULL name. */
typedef struct Option {
        const char *name; /* long name without dashes */
        char letter;      /* 0: none */
        OptionKind kind;
        const char *value; /* what stands for its value in the help */
        const char *help;
} Option;

typedef struct Args Args;

/* Parses argv (NULL-terminated, without the program's name) by the tables (NULL-terminated). With
 * stop_at_word the words are not looked at beyond the first: everything from there on is a word. */
Args *args_parse(const Option *const *tables, char *const *argv, bool stop_at_word, GError **error);
Args *args_free(Args *args);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Args, args_free)

/* Takes over the options of other that are not set in args. */
void args_merge(Args *args, const Args *other);

bool args_has(const Args *args, const char *name);
const char *args_text(const Args *args, const char *name); /* NULL if not given */
int64_t args_number(const Args *args, const char *name, int64_t fallback);
double args_real(const Args *args, const char *name, double fallback);
const char *const *args_list(const Args *args, const char *name); /* NULL if not given */

/* The words, NULL-terminated. */
const char *const *args_words(const Args *args);
unsigned args_count(const Args *args);
const char *args_word(const Args *args, unsigned index); /* NULL beyond the end */
