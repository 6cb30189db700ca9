/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal's room and its table of tools, gathered from the lists by theme. */
#include "journal/cohort.h"
#include "journal/room.h"
#include "journal/visible.h"

static GArray *gather_tools(void)
{
        static const Tool *const lists[] = {
                journal_list_tools,
                journal_audit_tools,
                journal_erase_tools,
                journal_revert_tools,
        };
        GArray *tools = g_array_new(/* zero_terminated= */ TRUE, /* clear= */ FALSE, sizeof(Tool));

        for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
                for (const Tool *tool = lists[i]; tool->name; tool++)
                        g_array_append_vals(tools, tool, 1);
        return tools;
}

ToolTable journal_tools(Journal *journal)
{
        return (ToolTable){(const Tool *)(const void *)journal->tools->data, journal};
}

Journal *journal_new(Store *vault, Store *ops)
{
        Journal *journal = g_new0(Journal, 1);

        journal->stores[0] = vault;
        journal->stores[1] = ops;
        journal->tools = gather_tools();
        return journal;
}

void journal_set_care(Journal *journal, const JournalCare *care)
{
        journal->care = *care;
}

Journal *journal_free(Journal *journal)
{
        if (!journal)
                return NULL;
        g_array_unref(journal->tools);
        g_free(journal);
        return NULL;
}

bool journal_check_id(const char *name, const char *id, const char *prefix, GError **error)
{
        if (id && id_is_valid(id, prefix))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "%s must be %s- and %d hex digits", name, prefix, ID_DIGITS);
        return false;
}

Entry *journal_find_entry(Journal *journal, const Access *access, const char *id, Store **ret_store,
                          GError **error)
{
        g_auto(Readers) readers = {0};
        g_autoptr(GError) problem = NULL;
        g_autoptr(Entry) entry = NULL;
        bool told = true;

        if (!journal_readers(journal, access, &readers, error))
                return NULL;
        Db *dbs[] = {readers.sources.vault, readers.sources.ops};
        for (unsigned i = 0; i < G_N_ELEMENTS(dbs) && dbs[i] && !entry && !problem; i++) {
                *ret_store = journal->stores[i];
                entry = entry_find(dbs[i], id, &problem);
        }
        if (!problem && entry)
                (void)readers_tell(&readers, entry, &told, &problem);
        if (!problem && (!entry || !told))
                g_set_error(&problem, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no journal entry %s", id);
        if (!problem && cohort_check_own(access, entry, &problem))
                return g_steal_pointer(&entry);
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
}

/* ---- reading ---- */

bool journal_readers(Journal *journal, const Access *access, Readers *ret, GError **error)
{
        const Scope *scope = access_scope(access);
        bool agent = access_actor(access)->kind == ACTOR_AGENT;
        g_auto(Readers) readers = {.scoped = scope != NULL};

        readers.connection = scope ? access_actor(access)->connection : NULL;
        readers.sources.vault = store_reader(journal->stores[0], /* scope= */ NULL, error);
        if (!readers.sources.vault)
                return false;
        if (scope)
                readers.sources.seen = store_reader(journal->stores[0], scope, error);
        else if (!agent)
                readers.sources.ops = store_reader(journal->stores[1], /* scope= */ NULL, error);
        if (!readers.sources.seen && !readers.sources.ops && (scope || !agent))
                return false;
        *ret = readers;
        readers.sources = (ListSources){0};
        return true;
}

void readers_clear(Readers *readers)
{
        db_release(readers->sources.vault);
        db_release(readers->sources.ops);
        db_release(readers->sources.seen);
        readers->sources = (ListSources){0};
}

bool readers_tell(const Readers *readers, const Entry *entry, bool *ret, GError **error)
{
        g_autoptr(Visible) visible = NULL;

        *ret = !readers->scoped;
        if (!readers->scoped || !readers->connection ||
            g_strcmp0(entry->actor_connection, readers->connection) != 0)
                return true;
        visible = visible_new(readers->sources.seen);
        return visible_row(visible, entry, ret, error);
}

bool readers_narrow(const Readers *readers, Filter *filter)
{
        if (!readers->scoped)
                return true;
        if (!readers->connection ||
            (filter->connection && !g_str_equal(filter->connection, readers->connection)))
                return false;
        filter->connection = readers->connection;
        return true;
}

bool journal_read_filter(JsonObject *args, const char *name, const char **ret, GError **error)
{
        *ret = args_string(args, name);
        return !*ret || text_check(name, *ret, LIST_TEXT_CHARS_MAX, "LIST_TEXT_CHARS_MAX", error);
}
