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

/* The entry, for who wants to undo it, and the store it is in. NOT_FOUND, also for what an agent under a scope is not told
 * of; DENIED to agents for what others wrote. */
Entry *journal_find_entry(Journal *journal, const Access *access, const char *id, Store **ret_store,
                          GError **error);

/* Handles to read the journals by. Agents read the vault's alone: who may do what is the human's. Under a scope only what
 * the caller's own connection wrote about rows that the scope shows is to be told. */
typedef struct Readers {
        ListSources sources;
        const char *connection; /* under a scope: the only one to tell of */
        bool scoped;
} Readers;
bool journal_readers(Journal *journal, const Access *access, Readers *ret, GError **error);
void readers_clear(Readers *readers);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Readers, readers_clear)

/* Is the entry to be told? */
bool readers_tell(const Readers *readers, const Entry *entry, bool *ret, GError **error);

/* Narrows a filter to what the readers may tell; false: nothing that it asks for. */
bool readers_narrow(const Readers *readers, Filter *filter);

/* A filter of the tools; none may be longer than LIST_TEXT_CHARS_MAX. *ret is borrowed, NULL if it is absent. */
bool journal_read_filter(JsonObject *args, const char *name, const char **ret, GError **error);
