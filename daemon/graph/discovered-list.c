/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing the queue: each entry with what was claimed of it, where, and which entities it may be. */
#include "graph/discovered-list.h"

#include <string.h>

#include "graph/page.h"
#include "graph/resolve.h"

typedef struct Listing {
        Db *db;
        const NameRules *rules;
} Listing;

typedef struct Entry {
        JsonObject *object;
        char *id, *name;
        bool waits;
} Entry;

/* ---- what belongs to one entry ---- */

#define CLAIMS_OF " FROM held_claims WHERE is_active = 1 AND (subject_id = :id OR object_id = :id)"

static Statement *statement_of(Db *db, const char *sql, const char *id, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (statement)
                statement_bind_text(statement, ":id", id);
        return statement;
}

static bool add_counts(Db *db, JsonObject *object, const char *id, GError **error)
{
        Statement *statement =
                statement_of(db,
                             "SELECT count(*), count(*) FILTER (WHERE state = 'waiting'),"
                             " count(DISTINCT document_id)" CLAIMS_OF,
                             id, error);

        if (!statement || statement_step(statement, error) != STEP_ROW)
                return false;
        json_object_set_int_member(object, "mentions", statement_int(statement, 0));
        json_object_set_int_member(object, "waiting_claims", statement_int(statement, 1));
        json_object_set_int_member(object, "document_count", statement_int(statement, 2));
        return true;
}

static bool add_documents(Db *db, JsonObject *object, const char *id, GError **error)
{
        JsonArray *array = json_array_new();
        StepResult step;
        Statement *statement = statement_of(
                db, "SELECT DISTINCT document_id" CLAIMS_OF " ORDER BY 1 LIMIT :limit", id, error);

        json_object_set_array_member(object, "documents", array);
        if (!statement)
                return false;
        statement_bind_int(statement, ":limit", DISCOVERED_DOCUMENTS_MAX);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                json_array_add_string_element(array, statement_text(statement, 0));
        return step == STEP_DONE;
}

static bool add_samples(Db *db, JsonObject *object, const char *id, GError **error)
{
        JsonArray *array = json_array_new();
        StepResult step;
        Statement *statement = statement_of(
                db,
                "SELECT quote, document_id, predicate, substr(object, 1, 200)" CLAIMS_OF
                " ORDER BY id LIMIT :limit",
                id, error);

        json_object_set_array_member(object, "samples", array);
        if (!statement)
                return false;
        statement_bind_int(statement, ":limit", DISCOVERED_SAMPLES_MAX);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                JsonObject *sample = json_object_new();

                json_object_set_string_member(sample, "quote", statement_text(statement, 0));
                json_object_set_string_member(sample, "document_id", statement_text(statement, 1));
                json_object_set_string_member(sample, "predicate", statement_text(statement, 2));
                json_object_set_string_member(sample, "object", statement_text(statement, 3));
                json_array_add_object_element(array, sample);
        }
        return step == STEP_DONE;
}

/* Entities whose names are like it. */
static bool add_suggestions(const Listing *listing, const Entry *entry, GError **error)
{
        ResolveQuery query = {.name = entry->name, .limit = DISCOVERED_SUGGESTIONS_MAX};
        g_autoptr(JsonObject) found = NULL;
        JsonArray *candidates;

        if (!entry->waits) { /* what it is has been decided */
                json_object_set_array_member(entry->object, "suggestions", json_array_new());
                return true;
        }
        found = resolve_name(listing->db, listing->rules, &query, error);
        if (!found)
                return false;
        candidates = json_member_array(found, "candidates");
        json_object_set_array_member(entry->object, "suggestions", json_array_ref(candidates));
        return true;
}

/* ---- the list ---- */

static void entry_clear(void *data)
{
        Entry *entry = data;

        g_clear_pointer(&entry->object, json_object_unref);
        g_free(entry->id);
        g_free(entry->name);
}

static void add_aliases(JsonObject *object, const char *aliases)
{
        g_autoptr(JsonNode) node = aliases ? json_parse_text(aliases, -1, NULL) : NULL;

        if (node && JSON_NODE_HOLDS_ARRAY(node))
                json_object_set_member(object, "aliases", g_steal_pointer(&node));
        else
                json_object_set_array_member(object, "aliases", json_array_new());
}

static Entry entry_from_row(Statement *row)
{
        JsonObject *object = json_object_new();
        const char *type = statement_text(row, 3);

        json_object_set_string_member(object, "discovered_id", statement_text(row, 0));
        json_object_set_string_member(object, "name", statement_text(row, 1));
        json_set_string(object, "type", *type ? type : NULL);
        add_aliases(object, statement_text(row, 4));
        json_object_set_string_member(object, "state", statement_text(row, 5));
        json_set_string(object, "entity_id", statement_text(row, 6));
        json_object_set_string_member(object, "observer", statement_text(row, 7));
        json_set_string(object, "document_id", statement_text(row, 8));
        json_set_string(object, "reason", statement_text(row, 9));
        json_set_time(object, "first_seen", statement_int(row, 10));
        return (Entry){.object = object,
                       .id = g_strdup(statement_text(row, 0)),
                       .name = g_strdup(statement_text(row, 1)),
                       .waits = strcmp(statement_text(row, 5), "waiting") == 0};
}

#define FILTERED                                                                                   \
        " FROM discovered d WHERE d.is_active = 1 AND (:type IS NULL OR d.type = :type)"           \
        " AND (:document IS NULL OR d.document_id = :document OR EXISTS (SELECT 1"                 \
        " FROM held_claims c WHERE (c.subject_id = d.id OR c.object_id = d.id)"                    \
        " AND c.document_id = :document AND c.is_active = 1))"
#define IN_STATE  " AND d.state = :state"
#define ANY_STATE " AND :state IS NULL"
#define COLUMNS                                                                                    \
        "SELECT d.id, d.name, d.name_key, d.type, d.aliases, d.state, d.entity_id, d.agent,"       \
        " d.document_id, d.reason, d.first_seen"
#define PAGED " AND d.id > :after ORDER BY d.id LIMIT :limit"

static void bind_filters(Statement *statement, const DiscoveredQuery *query)
{
        statement_bind_text(statement, ":state", query->state);
        statement_bind_text(statement, ":type", query->type);
        statement_bind_text(statement, ":document", query->document_id);
}

static GArray *read_entries(Db *db, const DiscoveredQuery *query, const char *key, GError **error)
{
        g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
        StepResult step;
        Statement *statement = db_statement(db,
                                            query->state ? COLUMNS FILTERED IN_STATE PAGED
                                                         : COLUMNS FILTERED ANY_STATE PAGED,
                                            error);

        if (!statement)
                return NULL;
        g_array_set_clear_func(entries, entry_clear);
        bind_filters(statement, query);
        statement_bind_text(statement, ":after", key);
        statement_bind_int(statement, ":limit", (int64_t)query->limit + 1);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                Entry entry = entry_from_row(statement);
                g_array_append_val(entries, entry);
        }
        return step == STEP_DONE ? g_steal_pointer(&entries) : NULL;
}

static bool count_entries(Db *db, const DiscoveredQuery *query, int64_t *ret, GError **error)
{
        Statement *statement = db_statement(db,
                                            query->state ? "SELECT count(*)" FILTERED IN_STATE
                                                         : "SELECT count(*)" FILTERED ANY_STATE,
                                            error);

        if (!statement)
                return false;
        bind_filters(statement, query);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        *ret = statement_int(statement, 0);
        return true;
}

static bool complete(const Listing *listing, const Entry *entry, GError **error)
{
        Db *db = listing->db;

        return add_counts(db, entry->object, entry->id, error) &&
               add_documents(db, entry->object, entry->id, error) &&
               add_samples(db, entry->object, entry->id, error) &&
               add_suggestions(listing, entry, error);
}

JsonObject *discovered_list(Db *db, const NameRules *rules, const DiscoveredQuery *query,
                            GError **error)
{
        Listing listing = {db, rules};
        g_autofree char *filters = g_strjoin("\n", query->state ?: "*", query->type ?: "*",
                                             query->document_id ?: "*", NULL);
        g_autofree char *key = cursor_key("discovered", filters, query->after, error);
        g_autoptr(GArray) entries = key ? read_entries(db, query, key, error) : NULL;
        g_autoptr(Page) page = NULL;
        JsonObject *answer;
        int64_t total;

        if (!entries || !count_entries(db, query, &total, error))
                return NULL;
        page = page_new("discovered", filters, query->limit);
        for (unsigned i = 0; i < entries->len && page_has_room(page); i++) {
                Entry *entry = &g_array_index(entries, Entry, i);

                if (!complete(&listing, entry, error))
                        return NULL;
                page_add(page, g_steal_pointer(&entry->object), entry->id);
        }
        answer = page_to_json(page, "discovered");
        json_object_set_int_member(answer, "total", total);
        return answer;
}
