/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal's room and its table of tools, gathered from the lists by theme. */
#include "journal/room.h"

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
        for (unsigned i = 0; i < G_N_ELEMENTS(journal->stores) && !access_scope(access); i++) {
                g_autoptr(Db) db = store_reader(journal->stores[i], NULL, error);
                g_autoptr(GError) problem = NULL;
                Entry *entry = db ? entry_find(db, id, &problem) : NULL;

                if (problem)
                        g_propagate_error(error, g_steal_pointer(&problem));
                if (!db || (error && *error))
                        return NULL;
                *ret_store = journal->stores[i];
                if (entry)
                        return entry;
        }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no journal entry %s", id);
        return NULL;
}
