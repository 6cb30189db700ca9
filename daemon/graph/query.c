/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of facts and entities. */
#include "graph/query.h"

#include <string.h>

#include "graph/fact.h"
#include "graph/page.h"

/* ---- facts ---- */

/* CROSS: predicates are looked up for each fact, never the other way round. */
#define FACTS                                                                                      \
        "SELECT " FACT_COLUMNS ", substr(" FACT_OBJECT(                                            \
                f) ", 1, 64)"                                                                      \
                   " FROM facts f CROSS JOIN predicates p ON p.name = f.predicate WHERE " FILTERED

#define FILTERED                                                                                   \
        " f.is_active = 1 AND (:superseded OR f.superseded_at IS NULL)"                            \
        " AND (:tier IS NULL OR f.trust_tier = :tier)"

#define OF_ENTITY                                                                                  \
        " AND " FACT_SUBJECT(f) " = :entity AND (:said_of IS NULL OR f.entity_id = :said_of)"
#define IN_DOCUMENT " AND (:document IS NULL OR f.document_id = :document)"
#define BY_OBJECT   " ORDER BY f.predicate, substr(" FACT_OBJECT(f) ", 1, 64)"
#define BY_AGE      " AND f.id < :id ORDER BY f.id DESC LIMIT :limit"

/* Facts of an entity come from its index in order: first the rest of one predicate, then the later ones. Those
 * that begin alike stay in the order of the index; to sort them would cost as much as all the rest. */
#define REST_OF_PREDICATE                                                                          \
        FACTS IN_DOCUMENT OF_ENTITY " AND f.predicate = :predicate"                                \
                                    " AND substr(" FACT_OBJECT(f) ", 1, 64) >= :prefix" BY_OBJECT
#define STILL_LISTED                                                                               \
        "SELECT 1 FROM facts f WHERE f.id = :id AND" FILTERED IN_DOCUMENT OF_ENTITY                \
        " AND f.predicate = :predicate"                                                            \
        " AND substr(" FACT_OBJECT(f) ", 1, 64) = :prefix"
#define LATER_PREDICATES FACTS IN_DOCUMENT OF_ENTITY " AND f.predicate > :predicate" BY_OBJECT

#define OF_PREDICATE " AND (:predicate IS NULL OR f.predicate = :predicate)"
#define COUNT(where)                                                                               \
        "SELECT count(*) FROM (SELECT 1 FROM facts f WHERE " FILTERED where " LIMIT :limit)"

/* The statements for each way to ask. */
typedef struct FactSql {
        const char *list, *count;
        bool document, predicate; /* parameters it has */
} FactSql;

static const FactSql sql_of_document = {FACTS " AND f.document_id = :document" OF_PREDICATE BY_AGE,
                                        COUNT(" AND f.document_id = :document" OF_PREDICATE), true,
                                        true};
static const FactSql sql_of_predicate = {FACTS " AND f.predicate = :predicate" BY_AGE,
                                         COUNT(" AND f.predicate = :predicate"), false, true};
/* + keeps the planner from going through everybody's facts of the predicate: a scope has fewer. */
static const FactSql sql_of_scoped_predicate = {FACTS " AND +f.predicate = :predicate" BY_AGE,
                                                COUNT(" AND +f.predicate = :predicate"), false,
                                                true};
static const FactSql sql_of_all = {FACTS BY_AGE, COUNT(""), false, false};
static const FactSql sql_of_entity = {NULL, COUNT(OF_ENTITY IN_DOCUMENT OF_PREDICATE), true, true};

static const FactSql *fact_sql(const FactQuery *query)
{
        if (query->entity_id)
                return &sql_of_entity;
        if (query->document_id)
                return &sql_of_document;
        if (!query->predicate)
                return &sql_of_all;
        return query->scoped ? &sql_of_scoped_predicate : &sql_of_predicate;
}

static void bind_filters(Statement *statement, const FactQuery *query, const FactSql *sql)
{
        statement_bind_int(statement, ":superseded", query->superseded);
        statement_bind_text(statement, ":tier", query->tier);
        if (query->entity_id) {
                statement_bind_text(statement, ":entity", query->entity_id);
                statement_bind_text(statement, ":said_of", query->said_of);
        }
        if (sql && sql->document)
                statement_bind_text(statement, ":document", query->document_id);
        if (sql && sql->predicate)
                statement_bind_text(statement, ":predicate", query->predicate);
}

/* Where the facts of a page go. */
typedef struct FactPage {
        Page *page;
        Sink *sink;
        const char *skip; /* up to this one they were on the page before; NULL: none more */
} FactPage;

static void tell_fact(FactPage *out, Statement *row, bool by_object)
{
        bool last = out->page->count + 1 == out->page->limit;
        g_autofree char *key = NULL;
        Fact fact;

        fact_from_row(row, &fact);
        if (last && by_object)
                key = g_strdup_printf("%s\n%s\n%s", fact.predicate, fact.id,
                                      statement_text(row, FACT_COLUMN_COUNT));
        sink_begin(out->sink, SINK_ROW, NULL);
        fact_tell(&fact, out->sink);
        sink_end(out->sink);
        page_count(out->page, last && !by_object ? fact.id : key);
}

static bool add_facts(Statement *statement, FactPage *out, bool by_object, GError **error)
{
        StepResult step;

        while ((step = statement_step(statement, error)) == STEP_ROW) {
                if (out->skip) {
                        if (g_str_equal(statement_text(statement, 0), out->skip))
                                out->skip = NULL;
                        continue;
                }
                if (!page_has_room(out->page))
                        break;
                tell_fact(out, statement, by_object);
        }
        return step != STEP_ERROR;
}

/* place: predicate, id and beginning of the object of a fact. */
static void bind_place(Statement *statement, const FactQuery *query, char **place)
{
        bind_filters(statement, query, NULL);
        statement_bind_text(statement, ":document", query->document_id);
        statement_bind_text(statement, ":predicate", place[0]);
        statement_bind_text(statement, ":prefix", place[2]);
}

/* Is the last fact of the page before still where it was? If not, those that begin like it come again. */
static StepResult still_listed(Db *db, const FactQuery *query, char **place, GError **error)
{
        Statement *statement = db_statement(db, STILL_LISTED, error);

        if (!statement)
                return STEP_ERROR;
        bind_place(statement, query, place);
        statement_bind_text(statement, ":id", place[1]);
        return statement_step(statement, error);
}

static bool add_rest_of_predicate(Db *db, const FactQuery *query, char **place, FactPage *out,
                                  GError **error)
{
        StepResult listed = *place[1] ? still_listed(db, query, place, error) : STEP_DONE;
        Statement *statement =
                listed == STEP_ERROR ? NULL : db_statement(db, REST_OF_PREDICATE, error);

        if (!statement)
                return false;
        bind_place(statement, query, place);
        out->skip = listed == STEP_ROW ? place[1] : NULL;
        return add_facts(statement, out, /* by_object= */ true, error);
}

static bool add_later_predicates(Db *db, const FactQuery *query, const char *after, FactPage *out,
                                 GError **error)
{
        Statement *statement = db_statement(db, LATER_PREDICATES, error);

        if (!statement)
                return false;
        bind_filters(statement, query, NULL);
        statement_bind_text(statement, ":document", query->document_id);
        statement_bind_text(statement, ":predicate", after);
        return add_facts(statement, out, /* by_object= */ true, error);
}

/* key: where the page before ended, "predicate\nid\nprefix", or "". */
static bool add_of_entity(Db *db, const FactQuery *query, const char *key, FactPage *out,
                          GError **error)
{
        g_auto(GStrv) parts = g_strsplit(key, "\n", 3);
        char *begin[] = {(char *)query->predicate, (char *)"", (char *)""};
        char **place = g_strv_length(parts) == 3 ? parts : begin;

        if (place[0] && !add_rest_of_predicate(db, query, place, out, error))
                return false;
        if (query->predicate || out->page->more)
                return true;
        return add_later_predicates(db, query, place[0] ?: "", out, error);
}

static bool add_by_age(Db *db, const FactQuery *query, const char *key, FactPage *out,
                       GError **error)
{
        const FactSql *sql = fact_sql(query);
        Statement *statement = db_statement(db, sql->list, error);

        if (!statement)
                return false;
        bind_filters(statement, query, sql);
        statement_bind_text(statement, ":id", *key ? key : "fact~"); /* after every id */
        statement_bind_int(statement, ":limit", (int64_t)out->page->limit + 1);
        return add_facts(statement, out, /* by_object= */ false, error);
}

/* How many facts fit the query in all; -1 when they are too many to count. */
static bool count_facts(Db *db, const FactQuery *query, int64_t *ret, GError **error)
{
        const FactSql *sql = fact_sql(query);
        Statement *statement = db_statement(db, sql->count, error);
        int64_t limit = query->entity_id ? QUERY_COUNT_ENTITY_MAX : QUERY_COUNT_MAX;

        if (!statement)
                return false;
        bind_filters(statement, query, sql);
        statement_bind_int(statement, ":limit", limit + 1);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        *ret = statement_int(statement, 0);
        if (*ret > limit)
                *ret = -1;
        return true;
}

bool query_facts(Db *db, const FactQuery *query, Sink *sink, GError **error)
{
        g_autofree char *filters =
                g_strjoin("\n", query->said_of ?: query->entity_id ?: "", query->predicate ?: "", query->tier ?: "",
                          query->document_id ?: "", query->superseded ? "1" : "0", NULL);
        g_autofree char *key = cursor_key("facts", filters, query->after, error);
        g_autoptr(Page) page = page_new("facts", filters, query->limit);
        g_autofree char *next = NULL;
        FactPage out = {page, sink, NULL};
        int64_t total;
        bool ok;

        if (!key)
                return false;
        sink_begin(sink, SINK_ROWS, "knowledge_facts");
        ok = query->entity_id ? add_of_entity(db, query, key, &out, error)
                              : add_by_age(db, query, key, &out, error);
        if (!ok)
                return false;
        sink_end(sink);
        next = page_next(page);
        total = page->count;
        if ((page->more || *key) && !count_facts(db, query, &total, error))
                return false;
        sink_text(sink, "next", next);
        if (total < 0)
                sink_null(sink, "total");
        else
                sink_int(sink, "total", total);
        return true;
}

/* ---- entities ---- */

#define SUBJECT_OF_E                                                                               \
        FACT_SUBJECT(f)                                                                            \
        " = coalesce((SELECT m.subject_id FROM merged_entities m WHERE m.id = e.id), e.id)"
#define ENTITY_COLUMNS                                                                             \
        "e.id, e.name, e.type, e.is_active, e.document_id, e.merged_into, e.created_at,"           \
        " (SELECT count(*) FROM facts f WHERE " SUBJECT_OF_E                                       \
        " AND (e.merged_into IS NULL OR f.entity_id = e.id)"                                       \
        " AND f.superseded_at IS NULL AND f.is_active = 1), e.name_key"

static JsonArray *read_aliases(Db *db, const char *entity_id, GError **error)
{
        g_autoptr(JsonArray) aliases = json_array_new();
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT alias FROM entity_aliases WHERE entity_id = :id AND is_active = 1"
                " ORDER BY alias_key",
                error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", entity_id);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                json_array_add_string_element(aliases, statement_text(statement, 0));
        return step == STEP_DONE ? g_steal_pointer(&aliases) : NULL;
}

static JsonObject *entity_to_json(Db *db, Statement *row, GError **error)
{
        JsonArray *aliases = read_aliases(db, statement_text(row, 0), error);
        JsonObject *object;

        if (!aliases)
                return NULL;
        object = json_object_new();
        json_object_set_string_member(object, "id", statement_text(row, 0));
        json_object_set_string_member(object, "name", statement_text(row, 1));
        json_object_set_string_member(object, "type", statement_text(row, 2));
        json_object_set_array_member(object, "aliases", aliases);
        json_object_set_boolean_member(object, "is_active", statement_int(row, 3) != 0);
        if (!statement_is_null(row, 4))
                json_set_string(object, "document_id", statement_text(row, 4));
        json_set_time(object, "created_at", statement_int(row, 6));
        json_object_set_int_member(object, "facts", statement_int(row, 7));
        return object;
}

/* Merged, but what into cannot be seen. */
#define NOT_FOLLOWED                                                                               \
        " NOT EXISTS (SELECT 1 FROM merged_entities m JOIN entities s ON s.id = m.subject_id"      \
        " WHERE m.id = e.id)"

static Statement *find_entities(Db *db, const EntityQuery *query, const char *key, GError **error)
{
        g_autofree char *prefix = query->prefix ? text_key(query->prefix) : g_strdup("");
        g_autofree char *end = g_strconcat(prefix, "\xf4\x8f\xbf\xbf", NULL); /* U+10FFFF */
        g_auto(GStrv) after = g_strsplit(key, "\n", 2);
        bool more = after[0] && after[1];
        Statement *statement = db_statement(
                db,
                "SELECT " ENTITY_COLUMNS " FROM entities e WHERE e.name_key >= :begin"
                " AND e.name_key < :end AND (e.name_key > :begin OR e.id > :id)"
                " AND e.is_active = 1 AND (e.merged_into IS NULL OR" NOT_FOLLOWED ")"
                " AND (:type IS NULL OR e.type = :type) ORDER BY e.name_key, e.id LIMIT :limit",
                error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":begin", more ? after[1] : prefix);
        statement_bind_text(statement, ":end", end);
        statement_bind_text(statement, ":id", more ? after[0] : "");
        statement_bind_text(statement, ":type", query->type);
        statement_bind_int(statement, ":limit", (int64_t)query->limit + 1);
        return statement;
}

JsonObject *query_entities(Db *db, const EntityQuery *query, GError **error)
{
        g_autofree char *filters =
                g_strdup_printf("%s\n%s", query->type ?: "", query->prefix ?: "");
        g_autofree char *key = cursor_key("entities", filters, query->after, error);
        g_autoptr(Page) page = page_new("entities", filters, query->limit);
        Statement *statement = key ? find_entities(db, query, key, error) : NULL;
        StepResult step;

        if (!statement)
                return NULL;
        while ((step = statement_step(statement, error)) == STEP_ROW && page_has_room(page)) {
                g_autofree char *place = g_strdup_printf("%s\n%s", statement_text(statement, 0),
                                                         statement_text(statement, 8));
                JsonObject *object = entity_to_json(db, statement, error);

                if (!object)
                        return NULL;
                page_add(page, object, place);
        }
        return step == STEP_ERROR ? NULL : page_to_json(page, "entities");
}

static JsonObject *entity_brief(Statement *row)
{
        static const char *const names[] = {"id", "name", "type"};
        JsonObject *object = json_object_new();

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                json_object_set_string_member(object, names[i], statement_text(row, (int)i));
        return object;
}

/* Those merged into it; and which of them, if any, was asked for. */
static bool tell_merged(Db *db, const Entity *entity, JsonObject *object, GError **error)
{
        g_autoptr(JsonArray) merged = json_array_new();
        StepResult step;
        Statement *statement =
                db_statement(db,
                             "SELECT e.id, e.name, e.type FROM merged_entities m"
                             " JOIN entities e ON e.id = m.id WHERE m.subject_id = :id"
                             " ORDER BY e.id <> :said_of, e.id LIMIT :limit",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", entity->id);
        statement_bind_text(statement, ":said_of", entity->said_of);
        statement_bind_int(statement, ":limit", QUERY_MERGED_MAX);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                if (strcmp(statement_text(statement, 0), entity->said_of) == 0)
                        json_object_set_object_member(object, "merged_from",
                                                      entity_brief(statement));
                json_array_add_object_element(merged, entity_brief(statement));
        }
        json_object_set_array_member(object, "merged", g_steal_pointer(&merged));
        return step == STEP_DONE;
}

JsonObject *query_entity(Db *db, const Entity *entity, GError **error)
{
        Statement *statement = db_statement(
                db, "SELECT " ENTITY_COLUMNS " FROM entities e WHERE e.id = :id", error);
        g_autoptr(JsonObject) object = NULL;
        StepResult step;

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", entity->id);
        step = statement_step(statement, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no entity %s",
                            entity->id);
        object = step == STEP_ROW ? entity_to_json(db, statement, error) : NULL;
        return object && tell_merged(db, entity, object, error) ? g_steal_pointer(&object) : NULL;
}
