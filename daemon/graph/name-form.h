/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names taken apart as people write them: words without punctuation, titles and legal forms set aside, a name that
 * stands behind its comma put in front. What is a title is told by names.json. */
#pragma once

#include "graph/graph.h"

#define NAME_WORDS_MAX 12 /* of one name that are looked at */

typedef struct NameRules NameRules;
NameRules *name_rules_new(void);
NameRules *name_rules_free(NameRules *rules);

typedef struct NameForm {
        char *key;      /* text_key() */
        char **words;   /* all, in order: "acme", "inc" */
        char **core;    /* without titles, suffixes, legal forms; never empty unless words is */
        char *plain;    /* words, joined by spaces */
        char *ordered;  /* core, joined */
        char *sorted;   /* core in order of the alphabet, joined */
        char *squashed; /* core without spaces */
        char *dropped;  /* legal forms that were set aside, joined; "" */
        char *acronym;  /* initials of the core but for its connectors; NULL: fewer than two */
        char *brief;    /* an initial and the last long word, "j smith"; NULL: one word */
} NameForm;

/* name is UTF-8. */
NameForm *name_form_new(const NameRules *rules, const char *name);
NameForm *name_form_free(NameForm *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NameForm, name_form_free)

/* How alike two names are. */
typedef struct NameMatch {
        double score; /* 0…1 */
        const char *
                word; /* how they are alike: exact, punctuation, form, order, spacing, initials, middle, acronym, typo, part */
} NameMatch;
NameMatch name_match(const NameForm *asked, const NameForm *name);
