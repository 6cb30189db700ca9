/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where answers go: standard output or a pager, with colours on a terminal only. Behaves as systemctl
 * does: $SYSTEMD_COLORS, $NO_COLOR, $SYSTEMD_PAGER, $PAGER, $SYSTEMD_LESS, $COLUMNS. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef enum Style {
        STYLE_BOLD,
        STYLE_DIM,
        STYLE_RED,
        STYLE_GREEN,
        STYLE_YELLOW,
        STYLE_BLUE,
        STYLE_COUNT
} Style;

typedef struct Output Output;

/* json: answers are printed as JSON. pager: may be used, if this is a terminal; it starts with the first word. */
Output *output_new(bool json, bool pager);

/* Ends the output: flushes, waits until the person leaves the pager. FAILED if something that was printed could
 * not be written; that nobody reads on is no failure. */
bool output_close(Output *output, GError **error);

/* The same for what was printed to standard output without an Output. */
bool output_flush_stdout(GError **error);

/* Closes it too, if that was not done. */
Output *output_free(Output *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Output, output_free)

bool output_is_json(const Output *output);

bool output_has_colours(const Output *output);

/* Columns of the terminal; 0 means no limit (no terminal, no $COLUMNS). And for running text: at most 100. */
unsigned output_width(const Output *output);
unsigned output_text_width(const Output *output);

void output_print(Output *output, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The same in a style, which ends with it. */
void output_styled(Output *output, Style style, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* What was printed so far is to be seen now. */
void output_flush(Output *output);

/* A JSON answer: indented on a terminal, on one line elsewhere. */
void output_json(Output *output, JsonNode *node);
void output_json_object(Output *output, JsonObject *object);

/* Are colours wanted on this file descriptor? */
bool output_wants_colours(int fd);
