/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML and XHTML, leniently, as a stream: no tree is built. Scripts, styles, navigation and hidden parts are
 * left out. */
#pragma once

#include "extract/charset.h"
#include "extract/output.h"

void html_parse(Charsets *charsets, const char *bytes, size_t length, Output *output);
