/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time Machine over the journals of both databases: list, show, diff, revert. The entries themselves are
 * written by the store's triggers. All verbs block. */
#pragma once

#include "gate/gate.h"
#include "store/store.h"

#define JOURNAL_PAGE_MAX 500

typedef struct Journal Journal;

Journal *journal_new(Store *vault, Store *ops);
Journal *journal_free(Journal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Journal, journal_free)

ToolTable journal_tools(Journal *journal);
