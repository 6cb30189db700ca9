/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: what it is made of, and what its tools share. */
#pragma once

#include "journal/entry.h"

struct Journal {
        Store *stores[2]; /* vault, ops: the order in which ids are looked up */
        GArray *tools;    /* Tool: all lists below */
        JournalCare care; /* all NULL: nobody cares */
};

/* The tools by theme, each list ended by a NULL name. */
extern const Tool journal_list_tools[];
extern const Tool journal_audit_tools[];
extern const Tool journal_erase_tools[];
extern const Tool journal_revert_tools[];

/* Is it an id with this prefix? INVALID, with the argument's name. */
bool journal_check_id(const char *name, const char *id, const char *prefix, GError **error);

/* The entry and the store it is in. NOT_FOUND, also for everything under a scope. */
Entry *journal_find_entry(Journal *journal, const Access *access, const char *id, Store **ret_store,
                          GError **error);
