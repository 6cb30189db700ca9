/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The items that several formats have in common, made in one way. */
#pragma once

#include "extract/output.h"

#define ITEMS_TEXT_BYTES 1000 /* of a heading, a cell, a label, a step */
#define ITEMS_STEPS_MIN  2
#define ITEMS_STEPS_MAX  200

void items_heading(Output *output, size_t start, size_t end, unsigned level);

/* language may be NULL; only its first word counts. The symbol is guessed from code (NULL: the range). */
void items_code(Output *output, size_t start, size_t end, const char *language, const char *code);

/* title may be NULL; steps are strings, at least ITEMS_STEPS_MIN or there is no item. */
void items_procedure(Output *output, size_t start, size_t end, const char *title, GPtrArray *steps);

/* One row of a table. A column without a name is called "column N"; cells beyond the header too. */
typedef struct ItemsRow {
        GPtrArray *header, *cells; /* strings */
        const char *caption;       /* or NULL */
} ItemsRow;
void items_row(Output *output, size_t start, size_t end, const ItemsRow *row);
