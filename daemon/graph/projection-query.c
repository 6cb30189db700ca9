/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading through a projection: the current facts of one entity after the other, brought into its columns. Handles are
 * scoped, so what is not visible is not there. */
#include <math.h>
#include <string.h>

#include "graph/fact.h"
#include "graph/page.h"
#include "graph/projection-row.h"

typedef struct Subject {
        char *id, *name, *type, *name_key;
} Subject;

static void subject_free(gpointer data)
{
        Subject *subject = data;

        g_free(subject->id);
        g_free(subject->name);
        g_free(subject->type);
        g_free(subject->name_key);
        g_free(subject);
}

/* ---- whom there is something of ---- */

static void add_subject(Statement *row, GHashTable *seen, GPtrArray *subjects)
{
        Subject *subject;

        if (g_hash_table_contains(seen, statement_text(row, 0)))
                return;
        subject = g_new0(Subject, 1);
        subject->id = g_strdup(statement_text(row, 0));
        subject->name = g_strdup(statement_text(row, 1));
        subject->type = g_strdup(statement_text(row, 2));
        subject->name_key = g_strdup(statement_text(row, 3));
        g_ptr_array_add(subjects, subject);
        g_hash_table_add(seen, subject->id);
}

#define SUBJECTS                                                                                   \
        "SELECT DISTINCT e.id, e.name, e.type, e.name_key FROM facts f"                            \
        " JOIN entities e ON e.id = " FACT_SUBJECT(                                                \
                f) " WHERE f.predicate = :predicate"                                               \
                   " AND f.superseded_at IS NULL AND f.is_active = 1"                              \
                   " AND (:type IS NULL OR e.type = :type)"
#define ONE_SUBJECT                                                                                \
        "SELECT e.id, e.name, e.type, e.name_key FROM entities e WHERE e.id = :id"                 \
        " AND (:type IS NULL OR e.type = :type)"

static bool read_subjects(Statement *statement, GHashTable *seen, GPtrArray *subjects,
                          GError **error)
{
        StepResult step;

        while ((step = statement_step(statement, error)) == STEP_ROW) {
                add_subject(statement, seen, subjects);
                if (subjects->len > PROJECTION_ENTITIES_MAX) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                    "the projection has more than %d entities "
                                    "(PROJECTION_ENTITIES_MAX): ask for one of them, or define it "
                                    "for an entity_type",
                                    PROJECTION_ENTITIES_MAX);
                        return false;
                }
        }
        return step == STEP_DONE;
}

static int compare_subjects(gconstpointer left, gconstpointer right)
{
        const Subject *a = *(Subject *const *)left, *b = *(Subject *const *)right;
        int order = strcmp(a->name_key, b->name_key);

        return order ? order : strcmp(a->id, b->id);
}

static GPtrArray *find_subjects(Db *db, const ProjectionQuery *query, GError **error)
{
        const Projection *projection = query->projection;
        g_autoptr(GPtrArray) subjects = g_ptr_array_new_with_free_func(subject_free);
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        unsigned count = query->entity_id ? 1 : projection->sources->len;

        for (unsigned i = 0; i < count; i++) {
                Statement *statement =
                        db_statement(db, query->entity_id ? ONE_SUBJECT : SUBJECTS, error);

                if (!statement)
                        return NULL;
                if (query->entity_id)
                        statement_bind_text(statement, ":id", query->entity_id);
                else
                        statement_bind_text(statement, ":predicate", projection->sources->pdata[i]);
                statement_bind_text(statement, ":type", projection->entity_type);
                if (!read_subjects(statement, seen, subjects, error))
                        return NULL;
        }
        g_ptr_array_sort(subjects, compare_subjects);
        return g_steal_pointer(&subjects);
}

/* ---- rows ---- */

static JsonObject *subject_to_json(const Subject *subject)
{
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "id", subject->id);
        json_object_set_string_member(object, "name", subject->name);
        json_object_set_string_member(object, "type", subject->type);
        return object;
}

static JsonObject *make_row(const ProjectionQuery *query, const Subject *subject,
                            const GPtrArray *group)
{
        const Projection *projection = query->projection;
        JsonObject *row = json_object_new();
        JsonObject *sources = query->sources ? json_object_new() : NULL;

        json_object_set_object_member(row, "entity", subject_to_json(subject));
        if (projection->group_by)
                json_object_set_member(row, "group",
                                       said_group(group->pdata[0], projection->group_by));
        for (unsigned i = 0; i < projection->columns->len; i++) {
                const Column *column = projection->columns->pdata[i];
                JsonArray *ids = sources ? json_array_new() : NULL;

                json_object_set_member(row, column->name, column_pick(column, group, ids));
                if (sources)
                        json_object_set_array_member(sources, column->name, ids);
        }
        if (sources)
                json_object_set_object_member(row, "_sources", sources);
        return row;
}

/* The rows of one entity that are asked for. */
static GPtrArray *rows_of(Db *db, const ProjectionQuery *query, const Subject *subject,
                          GError **error)
{
        g_autoptr(GPtrArray) rows =
                g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))json_object_unref);
        g_autoptr(GPtrArray) said = said_read(db, query->projection, subject->id, error);
        g_autoptr(GPtrArray) groups = NULL;

        if (!said)
                return NULL;
        groups = said_groups(said, query->projection->group_by);
        for (unsigned i = 0; i < groups->len; i++) {
                JsonObject *row = make_row(query, subject, groups->pdata[i]);

                if (!query->where || row_fits(row, query->where))
                        g_ptr_array_add(rows, row);
                else
                        json_object_unref(row);
        }
        return g_steal_pointer(&rows);
}

/* ---- in order of names ---- */

/* A place in the list: "name_key\nid\nrow of the entity". */
typedef struct Place {
        char **parts;
        int64_t row; /* the last that was shown of the entity; -1: none */
} Place;

static void place_init(Place *place, const char *key)
{
        place->parts = g_strsplit(key, "\n", 3);
        place->row = -1;
        if (g_strv_length(place->parts) == 3)
                place->row = g_ascii_strtoll(place->parts[2], NULL, 10);
}

/* -1: it was shown; 0: some of it was; 1: none of it was. */
static int compare_place(const Place *place, const Subject *subject)
{
        int order;

        if (g_strv_length(place->parts) != 3)
                return 1;
        order = strcmp(subject->name_key, place->parts[0]);
        return order ? order : strcmp(subject->id, place->parts[1]);
}

static bool page_by_name(Db *db, const ProjectionQuery *query, const Place *place, Page *page,
                         GError **error)
{
        g_autoptr(GPtrArray) subjects = find_subjects(db, query, error);

        for (unsigned i = 0; subjects && i < subjects->len; i++) {
                const Subject *subject = subjects->pdata[i];
                int order = compare_place(place, subject);
                g_autoptr(GPtrArray) rows = NULL;

                if (order < 0)
                        continue;
                rows = rows_of(db, query, subject, error);
                if (!rows)
                        return false;
                for (unsigned j = order ? 0 : (unsigned)(place->row + 1); j < rows->len; j++) {
                        g_autofree char *key =
                                g_strdup_printf("%s\n%s\n%u", subject->name_key, subject->id, j);

                        if (!page_has_room(page))
                                return true;
                        page_add(page, json_object_ref(rows->pdata[j]), key);
                }
        }
        return subjects != NULL;
}

/* ---- in order of a column ---- */

typedef struct Order {
        const char *column;
        int sign;
} Order;

static int compare_rows(gconstpointer left, gconstpointer right, gpointer data)
{
        const Order *order = data;
        JsonNode *a = json_object_get_member(*(JsonObject *const *)left, order->column);
        JsonNode *b = json_object_get_member(*(JsonObject *const *)right, order->column);
        bool no_a = JSON_NODE_HOLDS_NULL(a), no_b = JSON_NODE_HOLDS_NULL(b);

        if (no_a || no_b)
                return no_a - no_b; /* what has no value comes last */
        return order->sign * value_compare(a, b);
}

static bool page_by_column(Db *db, const ProjectionQuery *query, const char *key, Page *page,
                           GError **error)
{
        g_autoptr(GPtrArray) subjects = find_subjects(db, query, error);
        g_autoptr(GPtrArray) all =
                g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))json_object_unref);
        bool down = query->order_by[0] == '-';
        Order order = {query->order_by + down, down ? -1 : 1};
        unsigned begin = (unsigned)g_ascii_strtoull(key, NULL, 10);

        for (unsigned i = 0; subjects && i < subjects->len; i++) {
                GPtrArray *rows = rows_of(db, query, subjects->pdata[i], error);

                if (!rows)
                        return false;
                g_ptr_array_extend_and_steal(all, rows);
        }
        g_ptr_array_sort_with_data(all, compare_rows, &order); /* is stable: then by name */
        for (unsigned i = begin; i < all->len; i++) {
                g_autofree char *next = g_strdup_printf("%u", i + 1);

                if (!page_has_room(page))
                        return true;
                page_add(page, json_object_ref(all->pdata[i]), next);
        }
        return subjects != NULL;
}

/* ---- the call ---- */

static const Column *find_column(const Projection *projection, const char *name)
{
        for (unsigned i = 0; i < projection->columns->len; i++) {
                const Column *column = projection->columns->pdata[i];

                if (strcmp(column->name, name) == 0)
                        return column;
        }
        return NULL;
}

static bool check_column(const Projection *projection, const char *what, const char *name,
                         GError **error)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autofree char *list = NULL;

        if (find_column(projection, name))
                return true;
        for (unsigned i = 0; i < projection->columns->len; i++)
                g_ptr_array_add(names, ((Column *)projection->columns->pdata[i])->name);
        g_ptr_array_add(names, NULL);
        list = g_strjoinv(", ", (char **)names->pdata);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "%s: projection %s has no column %s; it has %s", what, projection->name, name,
                    list);
        return false;
}

static bool check_query(const ProjectionQuery *query, GError **error)
{
        const Projection *projection = query->projection;
        g_autoptr(GList) names = query->where ? json_object_get_members(query->where) : NULL;
        const char *order = query->order_by;

        for (GList *at = names; at; at = at->next)
                if (!check_column(projection, "where", at->data, error))
                        return false;
        if (!order)
                return true;
        order += *order == '-';
        if (!check_column(projection, "order_by", order, error))
                return false;
        if (find_column(projection, order)->pick != PICK_ALL)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "order_by: column %s holds lists, which have no order", order);
        return false;
}

static JsonArray *columns_to_json(const Projection *projection)
{
        JsonArray *array = json_array_new();

        for (unsigned i = 0; i < projection->columns->len; i++)
                json_array_add_string_element(array,
                                              ((Column *)projection->columns->pdata[i])->name);
        return array;
}

JsonObject *projection_query(Db *db, const ProjectionQuery *query, GError **error)
{
        g_autofree char *where = query->where ? json_print_object(query->where) : g_strdup("");
        g_autofree char *filters = g_strjoin("\n", query->projection->id, query->entity_id ?: "",
                                             query->order_by ?: "", where, NULL);
        g_autofree char *key = NULL;
        g_autoptr(Page) page = page_new("projection", filters, query->limit);
        JsonObject *answer;
        Place place;
        bool ok;

        if (!check_query(query, error))
                return NULL;
        key = cursor_key("projection", filters, query->after, error);
        if (!key)
                return NULL;
        place_init(&place, key);
        ok = query->order_by ? page_by_column(db, query, key, page, error)
                             : page_by_name(db, query, &place, page, error);
        g_strfreev(place.parts);
        if (!ok)
                return NULL;
        answer = page_to_json(page, "rows");
        json_object_set_string_member(answer, "projection", query->projection->name);
        json_object_set_array_member(answer, "columns", columns_to_json(query->projection));
        return answer;
}
