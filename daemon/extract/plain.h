/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text without a markup language, and code: the stored text is the source. */
#pragma once

#include "extract/output.h"
#include "extract/sniff.h"

/* Adds the structure of the text that output already holds. */
void plain_parse(Output *output, const Kind *kind);

/* The same for comma, semicolon or tab separated values: each record after the first is a table row. */
void csv_parse(Output *output, const Kind *kind);
