/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows under headings, cut to the terminal's width by shortening the columns that may be. */
#pragma once

#include "output.h"

typedef struct Column {
        const char *title;
        bool right;  /* numbers */
        bool shrink; /* may be cut */
        bool dim;
} Column;

typedef struct Table Table;

/* columns: count of them, kept by the caller. */
Table *table_new(const Column *columns, unsigned count);
Table *table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* One row of count cells; NULL is an empty one. Copied, and made one line each. */
void table_add(Table *table, const char *const *cells);

/* Prints the rows; nothing if there are none. */
void table_print(const Table *table, Output *output);

/* The widths to print with, so that they and the gaps fit into width. 0: no limit; cells that are longer than
 * the width given for them are then to be printed whole. */
void table_fit(const Table *table, unsigned width, unsigned *ret_widths);
