/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journals between homes: taken out as JSON lines, and brought into an empty one, where what follows from them is made
 * anew. */
#include "tools/care-private.h"

JsonObject *care_export_journal(void *room, const Access *access, JsonObject *args, GError **error)
{
        return journal_export(((Care *)room)->options.journal, access, args, error);
}

/* The register of writes came with the import. */
static bool rebuild_followers(Care *care, JsonObject *answer, GError **error)
{
        JsonArray *rebuilt = json_array_new();

        json_object_set_array_member(answer, "rebuilt", rebuilt);
        json_array_add_string_element(rebuilt, "journal");
        if (g_strcmp0(json_member_string(answer, "database", NULL), "vault") != 0)
                return !care->options.gate || gate_load(care->options.gate, error);
        graph_stop(care->options.graph); /* it may hold what was there before */
        care_report(care, "journal import", 0.8);
        if (!graph_rebuild(care->options.graph, error))
                return false;
        json_array_add_string_element(rebuilt, "graph");
        if (!search_rebuild(care->options.search, error))
                return false;
        json_array_add_string_element(rebuilt, "search");
        care_announce(care); /* roots that came with it are watched and scanned */
        return true;
}

JsonObject *care_import_journal(void *room, const Access *access, JsonObject *args, GError **error)
{
        Care *care = room;
        g_autoptr(JsonObject) answer = NULL;

        if (!care_begin(care, "journal import", error))
                return NULL;
        answer = journal_import(care->options.journal, access, args, error);
        bool done = answer && rebuild_followers(care, answer, error);
        care_end(care);
        return done ? g_steal_pointer(&answer) : NULL;
}
