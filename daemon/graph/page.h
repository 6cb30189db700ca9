/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One page of a list: rows until the limit, then the cursor of the last one if there are more. */
#pragma once

#include "graph/graph.h"

typedef struct Page {
        const char *list; /* name of the list, for the cursor */
        char *filters;    /* what the query was, for the cursor */
        unsigned limit;
        unsigned count; /* rows so far */
        JsonArray *rows;
        char *last_key;
        bool more; /* there is a row after the last */
} Page;

Page *page_new(const char *list, const char *filters, unsigned limit);
Page *page_free(Page *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Page, page_free)

/* Is there room for the row at hand? If not, notes that there are more: stop then. */
bool page_has_room(Page *page);

/* Counts a row that goes elsewhere; key may be NULL for all but the last. */
void page_count(Page *page, const char *key);

/* The cursor of the next page, NULL if there is none; the caller frees. */
char *page_next(const Page *page);

/* Adds a row (taken) with the sort key that the next page begins after. */
void page_add(Page *page, JsonObject *row, const char *key);

/* {name: rows, "next": cursor or null}; empties the page. */
JsonObject *page_to_json(Page *page, const char *name);
