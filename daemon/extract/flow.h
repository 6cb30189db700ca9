/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a stream of document events (paragraphs, headings, lists, tables, links) to readable lines of text
 * and items. HTML and office files are both told as such events.
 *
 * White space collapses outside preformatted text. Breaks are remembered and written only when more text
 * comes. Events nested deeper than FLOW_DEPTH_MAX still give their text but no items. */
#pragma once

#include "extract/output.h"

#define FLOW_DEPTH_MAX 64

typedef struct Flow Flow;

typedef enum FlowBreak { FLOW_NONE, FLOW_SPACE, FLOW_LINE, FLOW_PARAGRAPH } FlowBreak;

/* cell_lines: paragraphs inside a table's cell stand on lines of their own (HTML, whose tables may be
 * layout) or not (office files, where every cell holds paragraphs). */
Flow *flow_new(Output *output, bool cell_lines);
Flow *flow_free(Flow *flow); /* ends what is open */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Flow, flow_free)

void flow_text(Flow *flow, const char *text, size_t length);
void flow_break(Flow *flow, FlowBreak kind);

/* Between these, white space stays as it is, and the text becomes a code block if code is true. */
void flow_begin_pre(Flow *flow, bool code, const char *language);
void flow_end_pre(Flow *flow);

/* The language of the preformatted text that is open, unless it was told. NULL: nothing is changed. */
void flow_pre_language(Flow *flow, const char *language);

void flow_begin_heading(Flow *flow, unsigned level);
void flow_end_heading(Flow *flow);

/* Links do not nest: one that begins ends the one before. url NULL or not external: no item. */
void flow_begin_link(Flow *flow, const char *url);
void flow_end_link(Flow *flow);

void flow_begin_list(Flow *flow, bool ordered, unsigned first);
void flow_begin_item(Flow *flow);
void flow_end_item(Flow *flow);
void flow_end_list(Flow *flow);

/* first_row_is_header: no cell is marked as header, take the first row. */
void flow_begin_table(Flow *flow, bool first_row_is_header);
void flow_begin_caption(Flow *flow);
void flow_end_caption(Flow *flow);
void flow_begin_row(Flow *flow);
void flow_begin_cell(Flow *flow, bool header);
void flow_end_cell(Flow *flow);
void flow_end_row(Flow *flow);
void flow_end_table(Flow *flow);

/* http, https, ftp, mailto: what an external_ref may point to. */
bool flow_is_external(const char *url);
