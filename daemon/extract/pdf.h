/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PDF by way of poppler: text page by page, headings from the outline, links. */
#pragma once

#include <glib-object.h>

#include "extract/output.h"

/* Reads a tiny PDF, so that what poppler loads once is loaded before confinement. It stays loaded while the
 * returned object lives, which the caller unrefs. */
GObject *pdf_preload(void);

void pdf_parse(const char *bytes, size_t length, Output *output);
