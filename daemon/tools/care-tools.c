/* SPDX-License-Identifier: GPL-3.0-or-later */
/* get_status, and the status at the other doors. */
#include <unistd.h>

#include "config.h"
#include "tools/care-private.h"

static void add_store(JsonObject *answer, const char *prefix, Store *store)
{
        StoreStatus status;

        if (!store_is_open(store) || !store_status(store, &status, NULL))
                return;
        g_autofree char *entries = g_strconcat(prefix, "_journal_entries", NULL);
        g_autofree char *bytes = g_strconcat(prefix, "_bytes", NULL);
        g_autofree char *version = g_strconcat(prefix, "_schema_version", NULL);
        json_object_set_int_member(answer, entries, status.entries);
        json_object_set_int_member(answer, bytes, status.file_bytes);
        json_object_set_int_member(answer, version, status.schema_version);
}

/* How long looking at files took follows from all repositories, seen or not. */
static void add_code(JsonObject *answer, Care *care, const Access *access)
{
        CodeCounts counts;
        CodeSyncs syncs;

        if (!care->options.code || !code_counts(care->options.code, access, &counts, NULL))
                return;
        json_object_set_int_member(answer, "repositories", counts.repositories);
        json_object_set_int_member(answer, "modules", counts.modules);
        json_object_set_int_member(answer, "symbols", counts.symbols);
        json_object_set_int_member(answer, "edges", counts.edges);
        json_object_set_int_member(answer, "modules_failed", counts.errors);
        if (access_scope(access))
                return;
        code_syncs(care->options.code, &syncs);
        json_object_set_int_member(answer, "code_syncs", (int64_t)syncs.count);
        json_object_set_int_member(answer, "code_syncs_failed", (int64_t)syncs.failed);
        json_object_set_double_member(answer, "code_sync_sec",
                                      (double)syncs.last_usec / G_USEC_PER_SEC);
}

static void add_counts(JsonObject *answer, Care *care, const Access *access)
{
        DocumentCounts documents;
        GraphCounts graph;

        if (documents_counts(care->options.documents, access, &documents, NULL)) {
                json_object_set_int_member(answer, "documents", documents.documents);
                json_object_set_int_member(answer, "scanned", documents.scanned);
                json_object_set_int_member(answer, "searchable", documents.searchable);
                json_object_set_int_member(answer, "indexed", documents.indexed);
                json_object_set_int_member(answer, "errors", documents.errors);
                json_object_set_int_member(answer, "unsupported", documents.unsupported);
                json_object_set_int_member(answer, "pending", documents.pending);
        }
        if (graph_counts(care->options.graph, access, &graph, NULL)) {
                json_object_set_int_member(answer, "entities", graph.entities);
                json_object_set_int_member(answer, "facts", graph.facts_current);
                json_object_set_int_member(answer, "facts_ever", graph.facts_all);
                json_object_set_int_member(answer, "predicates", graph.predicates);
                json_object_set_int_member(answer, "rejections", graph.rejections);
        }
        add_code(answer, care, access);
}

static void add_care(JsonObject *answer, Care *care, bool all)
{
        g_autofree char *reason = NULL;

        json_object_set_string_member(answer, "vault_state",
                                      vault_state_to_string(care_state(care, &reason)));
        json_set_string(answer, "vault_reason", reason);
        json_object_set_string_member(answer, "key_source",
                                      key_source_to_string(care_key_source(care)));
        json_set_string(answer, "operation", NULL);
        if (!all)
                return;
        g_mutex_lock(&care->lock);
        json_set_string(answer, "operation", care->operation);
        json_set_string(answer, "isolate", care->isolate);
        if (care->checked_at > 0) {
                json_set_time(answer, "checked_at", care->checked_at);
                json_object_set_boolean_member(answer, "check_ok", care->check_problem == NULL);
                json_set_string(answer, "check_problem", care->check_problem);
        }
        g_mutex_unlock(&care->lock);
}

JsonObject *care_status(void *room, const Access *access, JsonObject *args, GError **error)
{
        Care *care = room;
        const Paths *paths = care->options.paths;
        JsonObject *answer = json_object_new();

        json_object_set_string_member(answer, "version", OUROBOROS_VERSION);
        json_object_set_string_member(answer, "instance",
                                      paths->instance == INSTANCE_USER ? "user" : "system");
        json_object_set_int_member(answer, "pid", getpid());
        json_object_set_int_member(answer, "uptime_sec",
                                   (g_get_monotonic_time() - care->started_at) / G_USEC_PER_SEC);
        add_care(answer, care, access_scope(access) == NULL);
        if (!access_scope(access)) { /* sizes and counts grow with what others do */
                json_object_set_string_member(answer, "data_folder", paths->data);
                json_object_set_string_member(answer, "vault_folder", paths->vault);
                add_store(answer, "vault", care->options.vault);
                add_store(answer, "ops", care->options.ops);
        }
        if (store_is_open(care->options.vault))
                add_counts(answer, care, access);
        return answer;
}

static const Tool care_table[] = {
        {"get_status", TOOL_READ, TOOL_CHEAP, care_status},
        {NULL},
};

ToolTable care_tools(Care *care)
{
        return (ToolTable){.tools = care_table, .room = care};
}
