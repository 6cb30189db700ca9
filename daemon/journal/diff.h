/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an entry changed, field by field. */
#pragma once

#include "journal/entry.h"

/* [{"field", "before", "after"}] of the fields that differ; a missing row has null in all. */
JsonArray *diff_entry(const Entry *entry);
