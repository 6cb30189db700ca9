/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes out of one document while a parser writes it: text, where pages begin, structure. Offsets are
 * in bytes here and become characters when it is serialised. An error (over a limit) sticks: later writes
 * do nothing, and a parser may look at output_failed() to stop early. One Output serves many documents. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define ITEM_ATTRIBUTES 2

/* One piece of structure; kind and names are literals, values are copied. */
typedef struct Item {
        const char *kind;
        size_t start, end; /* bytes of the text */
        const char *name[ITEM_ATTRIBUTES];
        const char *value[ITEM_ATTRIBUTES]; /* NULL or "": the attribute is absent */
} Item;

typedef struct Output Output;

Output *output_new(void);
Output *output_free(Output *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Output, output_free)

/* Begins a document whose text may have at most text_bytes_max bytes; big buffers of the last are freed. */
void output_reset(Output *output, size_t text_bytes_max);

/* Adds valid UTF-8 without NUL and CR. */
void output_text(Output *output, const char *text, size_t length);

/* A buffer to write length bytes of text into (NULL when over the limit), then output_shrink() to what
 * was really written. */
char *output_reserve(Output *output, size_t length);
void output_shrink(Output *output, size_t total_length);

const char *output_get(const Output *output); /* NUL-terminated; moves when text is added */
size_t output_length(const Output *output);

/* A page begins here. A text without pages gets a map of lines. */
void output_page(Output *output, unsigned page);

/* Adds an item; white space at both ends is taken off its range, an empty range drops it. */
void output_item(Output *output, const Item *item);

/* The items so far, in the order of their adding, and how many. */
const Item *output_items(const Output *output, unsigned *ret_count);

/* Keeps something that was made of this document's text, until the next reset: one thing, freed by destroy. */
void output_keep(Output *output, void *thing, void (*destroy)(void *));
void *output_kept(const Output *output);

void output_mime(Output *output, const char *mime);
const char *output_get_mime(const Output *output);

/* Sets the title, collapsed and cut, unless there is one. */
void output_title(Output *output, const char *title, size_t length);
const char *output_get_title(const Output *output);

/* Stops the document with an error of OUROBOROS_ERROR; the first one stays. */
void output_fail(Output *output, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);
bool output_failed(const Output *output);

/* The whole as EXTRACT_RESULT_TYPE, which borrows from output until the next reset; or its error. */
GVariant *output_finish(Output *output, GError **error);

/* A copy of text with white space collapsed to single spaces and the ends trimmed, at most max bytes. */
char *output_collapse(const char *text, size_t length, size_t max);

/* Appends a JSON string literal of length bytes of UTF-8. */
void output_json(GString *json, const char *text, size_t length);
