/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markdown: the stored text is the source; the structure comes from its syntax tree, its front matter and
 * a scan of its prose. */
#pragma once

#include "extract/output.h"

/* Adds the structure of the text that output already holds. */
void markdown_parse(Output *output);

/* Adds the leaves of a YAML front matter; returns where the body begins, 0 if there is none. */
size_t frontmatter_parse(Output *output);
