/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an entry changed, field by field. */
#pragma once

#include "journal/entry.h"

#define DIFF_TEXT_BYTES_MAX      (1024 * 1024) /* of a text that is compared by line and word */
#define DIFF_EDITS_MAX           1000          /* see HunkLimits */
#define DIFF_LIST_TEXT_BYTES_MAX (16 * 1024)   /* the same in lists */
#define DIFF_LIST_EDITS_MAX      100
#define DIFF_PATHS_MAX           1000 /* places within a JSON value; more: it was replaced */

/* [{"field", "before", "after", "hunks"?, "paths"?}] of the fields that differ; a missing row has null in all. Texts of more
 * than a word have hunks, [{"op", "text"}]; JSON values have paths, [{"path", "before"?, "after"?}], with JSON
 * pointers. cut_chars: texts that are longer are cut and end in "…", and the smaller limits hold; 0: whole. */
JsonArray *diff_entry(const Entry *entry, unsigned cut_chars);
