/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See as-of.h. The ids of an entity's facts are gathered from what is there now and from what was deleted since,
 * each by its index; how each stood is asked of the journal. */
#include "graph/as-of.h"

#include <math.h>
#include <string.h>

#include "graph/fact.h"
#include "graph/page.h"

/* ---- moments ---- */

static bool is_number(const char *text)
{
        return *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 19;
}

bool as_of_moment(Db *past, JsonNode *at, Moment *ret, GError **error)
{
        const char *text = json_node_get_string(at);
        int64_t time_us;

        if (!text)
                return moment_at_seq(past, json_node_get_int(at), ret, error);
        if (id_is_valid(text, "mut"))
                return moment_at_entry(past, text, ret, error);
        if (is_number(text))
                return moment_at_seq(past, g_ascii_strtoll(text, NULL, 10), ret, error);
        if (clock_from_iso(text, &time_us, error))
                return moment_at_time(past, time_us, ret, error);
        g_prefix_error(error, "at is a time in ISO 8601, an entry (mut-…) or its number: ");
        return false;
}

JsonObject *as_of_to_json(const Moment *moment)
{
        JsonObject *object = json_object_new();

        json_set_time(object, "ts", moment->time_us);
        json_object_set_int_member(object, "seq", moment->seq);
        json_set_string(object, "mutation_id", *moment->id ? moment->id : NULL);
        return object;
}

/* ---- rows ---- */

/* A row with the primary key id as it stood; *ret is NULL if it was not there. */
static bool read_row(const AsOf *as_of, const char *table, const char *id, JsonObject **ret,
                     GError **error)
{
        g_autoptr(JsonObject) key = json_object_new();
        g_autofree char *row_id = NULL, *row = NULL;

        json_object_set_string_member(key, strcmp(table, "predicates") == 0 ? "name" : "id", id);
        row_id = json_print_object(key);
        *ret = NULL;
        if (!history_row(as_of->past, table, row_id, as_of->moment.seq, &row, error))
                return false;
        if (row)
                *ret = json_parse_object(row, -1, error);
        return !row || *ret;
}

/* Does the caller see the row now? *ret is true without a scope, be it there or not. */
static bool is_seen(const AsOf *as_of, const char *sql, const char *id, bool *ret, GError **error)
{
        Statement *statement;
        StepResult step;

        *ret = true;
        if (!as_of->now)
                return true;
        statement = db_statement(as_of->now, sql, error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

#define ENTITY_SEEN "SELECT 1 FROM entities WHERE id = :id"
#define FACT_SEEN   "SELECT 1 FROM facts WHERE id = :id"

/* ---- entities ---- */

/* What the entity of id counted for then, as far as the caller sees; NULL without an error: there was none. */
static bool find_subject(const AsOf *as_of, const char *id, JsonObject **ret, GError **error)
{
        g_autoptr(JsonObject) entity = NULL;

        *ret = NULL;
        if (!read_row(as_of, "entities", id, &entity, error))
                return false;
        for (unsigned i = 0; entity && i < ENTITY_MERGES_MAX; i++) {
                const char *into = json_member_string(entity, "merged_into", NULL);
                JsonObject *next = NULL;
                bool seen;

                if (!into)
                        break;
                if (!is_seen(as_of, ENTITY_SEEN, into, &seen, error) ||
                    (seen && !read_row(as_of, "entities", into, &next, error)))
                        return false;
                if (!next)
                        break;
                json_object_unref(entity);
                entity = next;
        }
        *ret = g_steal_pointer(&entity);
        return true;
}

static bool add_alias(const char *row_id, const char *row, void *data)
{
        g_autoptr(JsonObject) alias = json_parse_object(row, -1, NULL);

        if (alias && json_member_int(alias, "is_active", 1) != 0)
                json_array_add_string_element(data, json_member_string(alias, "alias", ""));
        return true;
}

static JsonArray *read_aliases(const AsOf *as_of, const char *id, GError **error)
{
        g_autoptr(JsonArray) aliases = json_array_new();
        g_autofree char *after = g_strdup_printf("{\"entity_id\":\"%s\",", id);
        g_autofree char *before = g_strdup_printf("{\"entity_id\":\"%s\"-", id);
        HistoryRange range = {"entity_aliases", as_of->moment.seq, after, before};

        return history_rows(as_of->past, &range, add_alias, aliases, error)
                       ? g_steal_pointer(&aliases)
                       : NULL;
}

static JsonObject *entity_to_json(const AsOf *as_of, JsonObject *row, const char *asked,
                                  GError **error)
{
        const char *id = json_member_string(row, "id", "");
        const char *document = json_member_string(row, "document_id", NULL);
        JsonArray *aliases = read_aliases(as_of, id, error);
        JsonObject *object;

        if (!aliases)
                return NULL;
        object = json_object_new();
        json_object_set_string_member(object, "id", id);
        json_object_set_string_member(object, "name", json_member_string(row, "name", ""));
        json_object_set_string_member(object, "type", json_member_string(row, "type", ""));
        json_object_set_array_member(object, "aliases", aliases);
        json_object_set_boolean_member(object, "is_active",
                                       json_member_int(row, "is_active", 1) != 0);
        if (document)
                json_object_set_string_member(object, "document_id", document);
        json_set_time(object, "created_at", json_member_int(row, "created_at", 0));
        if (strcmp(id, asked) != 0)
                json_object_set_string_member(object, "merged_from", asked);
        return object;
}

/* Merged into it now, or once and no longer since. */
#define MERGED_EVER                                                                                \
        "SELECT id FROM entities WHERE merged_into = :id UNION"                                    \
        " SELECT row_id ->> '$.id' FROM mutations WHERE table_name = 'entities'"                   \
        " AND op <> 'insert' AND json_valid(before)"                                               \
        " AND json_extract(before, '$.merged_into') = :id AND seq > :seq"

static GPtrArray *list_merged_ever(const AsOf *as_of, const char *id, GError **error)
{
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        Statement *statement = db_statement(as_of->past, MERGED_EVER, error);
        StepResult step;

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", id);
        statement_bind_int(statement, ":seq", as_of->moment.seq);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(ids, g_strdup(statement_text(statement, 0)));
        return step == STEP_DONE ? g_steal_pointer(&ids) : NULL;
}

/* Adds those that had been merged into id by then. */
static bool add_merged_then(const AsOf *as_of, const char *id, GPtrArray *ids, GError **error)
{
        g_autoptr(GPtrArray) ever = list_merged_ever(as_of, id, error);

        for (unsigned i = 0; ever && i < ever->len; i++) {
                g_autoptr(JsonObject) row = NULL;

                if (!read_row(as_of, "entities", ever->pdata[i], &row, error))
                        return false;
                if (row && g_strcmp0(json_member_string(row, "merged_into", NULL), id) == 0 &&
                    !g_ptr_array_find_with_equal_func(ids, ever->pdata[i], g_str_equal, NULL))
                        g_ptr_array_add(ids, g_strdup(ever->pdata[i]));
        }
        return ever != NULL;
}

/* The entities that counted for id then, itself first. */
static GPtrArray *list_counting(const AsOf *as_of, const char *id, GError **error)
{
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

        g_ptr_array_add(ids, g_strdup(id));
        for (unsigned i = 0; i < ids->len; i++)
                if (!add_merged_then(as_of, ids->pdata[i], ids, error))
                        return NULL;
        return g_steal_pointer(&ids);
}

/* ---- facts ---- */

/* Said of the entity: those that are there, whatever they count for now, and those deleted since. */
#define SAID_EVER                                                                                  \
        "SELECT f.id FROM facts f WHERE " FACT_SUBJECT(                                            \
                f) " = :id AND f.subject_id IS NULL"                                               \
                   " AND (:predicate IS NULL OR f.predicate = :predicate) UNION ALL"               \
                   " SELECT f.id FROM facts f WHERE f.entity_id = :id"                             \
                   " AND f.subject_id IS NOT NULL"                                                 \
                   " AND (:predicate IS NULL OR f.predicate = :predicate) UNION ALL"               \
                   " SELECT DISTINCT row_id ->> '$.id' FROM mutations"                             \
                   " WHERE table_name = 'facts' AND op = 'delete' AND json_valid(before)"          \
                   " AND json_extract(before, '$.entity_id') = :id AND seq > :seq"

static bool add_said(const AsOf *as_of, const AsOfQuery *query, const char *entity_id,
                     GHashTable *ids, GError **error)
{
        Statement *statement = db_statement(as_of->past, SAID_EVER, error);
        StepResult step = STEP_DONE;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", entity_id);
        statement_bind_text(statement, ":predicate", query->predicate);
        statement_bind_int(statement, ":seq", as_of->moment.seq);
        while (g_hash_table_size(ids) <= AS_OF_FACTS_MAX &&
               (step = statement_step(statement, error)) == STEP_ROW)
                g_hash_table_add(ids, g_strdup(statement_text(statement, 0)));
        if (step == STEP_DONE)
                return true;
        if (step == STEP_ROW)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "entity %s has more than %d facts (AS_OF_FACTS_MAX)%s", entity_id,
                            AS_OF_FACTS_MAX, query->predicate ? "" : "; give a predicate");
        return false;
}

static int compare_ids(gconstpointer a, gconstpointer b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Ids of all facts that may be told, in order; they belong to the table. */
static GPtrArray *list_said(const AsOf *as_of, const AsOfQuery *query, const char *subject,
                            GHashTable *ids, GError **error)
{
        g_autoptr(GPtrArray) entities = list_counting(as_of, subject, error);
        GPtrArray *list;
        GHashTableIter iter;
        gpointer id;

        for (unsigned i = 0; entities && i < entities->len; i++)
                if (!add_said(as_of, query, entities->pdata[i], ids, error))
                        return NULL;
        if (!entities)
                return NULL;
        list = g_ptr_array_new();
        g_hash_table_iter_init(&iter, ids);
        while (g_hash_table_iter_next(&iter, &id, NULL))
                g_ptr_array_add(list, id);
        g_ptr_array_sort(list, compare_ids);
        return list;
}

/* What is told of a fact besides its row. */
typedef struct Setting {
        char *kind, *object_name;
        bool source_gone;
} Setting;

static void setting_clear(Setting *setting)
{
        g_free(setting->kind);
        g_free(setting->object_name);
}

/* The name that an entity bore, if the caller sees it. */
static bool read_name(const AsOf *as_of, const char *id, char **ret, GError **error)
{
        g_autoptr(JsonObject) row = NULL;
        bool seen;

        if (!is_seen(as_of, ENTITY_SEEN, id, &seen, error) ||
            (seen && !read_row(as_of, "entities", id, &row, error)))
                return false;
        if (row)
                *ret = g_strdup(json_member_string(row, "name", NULL));
        return true;
}

/* Was the document's file gone then, or its root removed? */
static bool read_gone(const AsOf *as_of, const char *document_id, bool *ret, GError **error)
{
        g_autoptr(JsonObject) document = NULL, root = NULL;

        if (!read_row(as_of, "documents", document_id, &document, error))
                return false;
        if (document &&
            !read_row(as_of, "roots", json_member_string(document, "root_id", ""), &root, error))
                return false;
        *ret = (document && json_member_int(document, "is_active", 1) == 0) ||
               (root && json_member_int(root, "is_active", 1) == 0);
        return true;
}

static bool read_setting(const AsOf *as_of, JsonObject *row, Setting *setting, GError **error)
{
        const char *document = json_member_string(row, "document_id", NULL);
        g_autoptr(JsonObject) predicate = NULL;

        if (!read_row(as_of, "predicates", json_member_string(row, "predicate", ""), &predicate,
                      error))
                return false;
        setting->kind =
                g_strdup(predicate ? json_member_string(predicate, "object_kind", "text") : "text");
        if (strcmp(setting->kind, "entity") == 0 &&
            !read_name(as_of,
                       json_member_string(row, "object_as", NULL)
                               ?: json_member_string(row, "object", ""),
                       &setting->object_name, error))
                return false;
        return !document || read_gone(as_of, document, &setting->source_gone, error);
}

static JsonObject *told(JsonObject *row, const Setting *setting)
{
        int64_t superseded_at = json_member_int(row, "superseded_at", 0);
        Fact fact = {
                .id = json_member_string(row, "id", ""),
                .entity_id = json_member_string(row, "entity_id", ""),
                .subject_id = json_member_string(row, "subject_id", NULL),
                .predicate = json_member_string(row, "predicate", ""),
                .object = json_member_string(row, "object", ""),
                .object_as = json_member_string(row, "object_as", NULL),
                .object_kind = setting->kind,
                .object_name = setting->object_name,
                .qualifiers = json_member_string(row, "qualifiers", NULL),
                .agent = json_member_string(row, "agent", ""),
                .trust_tier = json_member_string(row, "trust_tier", ""),
                .quote = json_member_string(row, "quote", NULL),
                .document_id = json_member_string(row, "document_id", NULL),
                .document_hash = json_member_string(row, "document_hash", NULL),
                .superseded_by = json_member_string(row, "superseded_by", NULL),
                .observed_at = json_member_int(row, "observed_at", 0),
                .recorded_at = json_member_int(row, "recorded_at", 0),
                .quote_start = json_member_int(row, "quote_start", 0),
                .quote_end = json_member_int(row, "quote_end", 0),
                .superseded_at = superseded_at,
                .is_current = superseded_at == 0,
                .confidence = json_member_double(row, "confidence", NAN),
                .stale_source = json_member_int(row, "stale_source", 0) != 0,
                .source_gone = setting->source_gone,
        };

        return fact_to_json(&fact);
}

/* Does the fact, as it stood, fit what is asked for? */
static bool fits(const AsOfQuery *query, JsonObject *row)
{
        if (json_member_int(row, "is_active", 1) == 0 ||
            (!query->superseded && json_member_int(row, "superseded_at", 0) != 0))
                return false;
        return !query->predicate ||
               g_strcmp0(query->predicate, json_member_string(row, "predicate", NULL)) == 0;
}

/* Adds the fact to the page unless it was not there, or does not fit. */
static bool add_fact(const AsOf *as_of, const AsOfQuery *query, const char *id, Page *page,
                     GError **error)
{
        g_autoptr(JsonObject) row = NULL;
        Setting setting = {0};
        bool seen, ok;

        if (!read_row(as_of, "facts", id, &row, error))
                return false;
        if (!row || !fits(query, row))
                return true;
        if (!is_seen(as_of, FACT_SEEN, id, &seen, error))
                return false;
        if (!seen || !page_has_room(page))
                return true;
        ok = read_setting(as_of, row, &setting, error);
        if (ok)
                page_add(page, told(row, &setting), id);
        setting_clear(&setting);
        return ok;
}

/* query->after is the key by now. */
static bool add_facts(const AsOf *as_of, const AsOfQuery *query, const char *subject, Page *page,
                      GError **error)
{
        g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GPtrArray) list = list_said(as_of, query, subject, ids, error);

        for (unsigned i = 0; list && i < list->len && !page->more; i++)
                if (strcmp(list->pdata[i], query->after) > 0 &&
                    !add_fact(as_of, query, list->pdata[i], page, error))
                        return false;
        return list != NULL;
}

/* ---- the answers ---- */

/* There never was such an entity, or none that the caller sees. */
static bool check_ever(const AsOf *as_of, const char *id, GError **error)
{
        g_autofree char *row_id = g_strdup_printf("{\"id\":\"%s\"}", id);
        Statement *statement = db_statement(as_of->past,
                                            "SELECT 1 FROM mutations WHERE table_name = 'entities'"
                                            " AND row_id = :row LIMIT 1",
                                            error);
        StepResult step;
        bool seen = false;

        if (!statement)
                return false;
        statement_bind_text(statement, ":row", row_id);
        step = statement_step(statement, error);
        if (step == STEP_ERROR ||
            (step == STEP_ROW && !is_seen(as_of, ENTITY_SEEN, id, &seen, error)))
                return false;
        if (!seen)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no entity %s", id);
        return seen;
}

JsonObject *as_of_entity(const AsOf *as_of, const AsOfQuery *query, GError **error)
{
        g_autofree char *filters = g_strjoin("\n", query->entity_id, query->predicate ?: "",
                                             query->superseded ? "1" : "0", query->at, NULL);
        g_autoptr(Page) page = page_new("as-of", filters, query->limit);
        g_autofree char *after = cursor_key("as-of", filters, query->after, error);
        g_autoptr(JsonObject) row = NULL, entity = NULL;
        AsOfQuery from = *query;
        JsonObject *answer;

        from.after = after;
        if (!after || !check_ever(as_of, query->entity_id, error) ||
            !find_subject(as_of, query->entity_id, &row, error))
                return NULL;
        if (row) {
                entity = entity_to_json(as_of, row, query->entity_id, error);
                if (!entity ||
                    !add_facts(as_of, &from, json_member_string(row, "id", ""), page, error))
                        return NULL;
        }
        answer = page_to_json(page, "knowledge_facts");
        json_object_set_object_member(answer, "as_of", as_of_to_json(&as_of->moment));
        if (entity)
                json_object_set_object_member(answer, "entity", g_steal_pointer(&entity));
        else
                json_object_set_null_member(answer, "entity");
        return answer;
}

/* The journal's text of a primary key, given so or as an object, or as the value of a single column. */
static char *row_id_text(Db *db, const char *table, JsonNode *given, GError **error)
{
        g_autoptr(JsonObject) object = NULL, ordered = json_object_new();
        g_auto(GStrv) key = db_table_key(db, table, error);
        const char *text = json_node_get_string(given);

        if (!key)
                return NULL;
        if (JSON_NODE_HOLDS_OBJECT(given))
                object = json_object_ref(json_node_get_object(given));
        else if (text && *text == '{')
                object = json_parse_object(text, -1, NULL);
        else if (text && !key[1]) {
                object = json_object_new();
                json_object_set_string_member(object, key[0], text);
        }
        for (unsigned i = 0; object && key[i]; i++) {
                if (!json_object_has_member(object, key[i]))
                        g_clear_pointer(&object, json_object_unref);
                else
                        json_object_set_member(
                                ordered, key[i],
                                json_node_copy(json_object_get_member(object, key[i])));
        }
        if (object)
                return json_print_object(ordered);
        g_autofree char *names = g_strjoinv(", ", key);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "row_id must have the primary key of %s: %s", table, names);
        return NULL;
}

static bool check_table(Db *db, const char *table, GError **error)
{
        g_autoptr(GError) problem = NULL;
        TableKind kind = TABLE_LOG;

        if (db_table_kind(db, table, &kind, &problem) && kind == TABLE_USER)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "%s is not a table of user data; list_mutations shows which there are", table);
        return false;
}

JsonObject *as_of_row(const AsOf *as_of, const char *table, JsonNode *row_id, GError **error)
{
        g_autofree char *key = NULL, *row = NULL;
        g_autoptr(JsonObject) object = NULL;
        JsonObject *answer;

        if (!check_table(as_of->past, table, error))
                return NULL;
        key = row_id_text(as_of->past, table, row_id, error);
        if (!key || !history_row(as_of->past, table, key, as_of->moment.seq, &row, error))
                return NULL;
        object = row ? json_parse_object(row, -1, error) : NULL;
        if (row && !object)
                return NULL;
        answer = json_object_new();
        json_object_set_object_member(answer, "as_of", as_of_to_json(&as_of->moment));
        json_object_set_string_member(answer, "table_name", table);
        json_object_set_string_member(answer, "row_id", key);
        if (object)
                json_object_set_object_member(answer, "row", g_steal_pointer(&object));
        else
                json_object_set_null_member(answer, "row");
        return answer;
}
