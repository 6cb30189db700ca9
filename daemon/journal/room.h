/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: what it is made of, and what its tools share. */
#pragma once

#include "journal/list.h"

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

/* Handles to read the journals by. Under a scope: the vault's, of which only what the caller's own connection
 * wrote about rows that the scope shows is to be told. */
typedef struct Readers {
        ListSources sources;
        const char *connection; /* under a scope: the only one to tell of */
        bool scoped;
} Readers;
bool journal_readers(Journal *journal, const Access *access, Readers *ret, GError **error);
void readers_clear(Readers *readers);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Readers, readers_clear)

/* Narrows a filter to what the readers may tell; false: nothing that it asks for. */
bool readers_narrow(const Readers *readers, Filter *filter);

/* A filter of the tools; none may be longer than LIST_TEXT_CHARS_MAX. *ret is borrowed, NULL if it is absent. */
bool journal_read_filter(JsonObject *args, const char *name, const char **ret, GError **error);
