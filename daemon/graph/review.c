/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reviews: rows of contradiction_reviews, one for each entity and predicate, changed but never deleted. dispute.c
 * follows them. */
#include "graph/review.h"

#include <string.h>

#include "graph/dispute.h"

static bool check_open(Db *db, const Review *review, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "SELECT resolution FROM contradictions WHERE entity_id = :entity"
                             " AND predicate = :predicate",
                             error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":entity", review->entity_id);
        statement_bind_text(statement, ":predicate", review->predicate);
        step = statement_step(statement, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "observations of %s about %s do not contradict each other",
                            review->predicate, review->entity_id);
        if (step != STEP_ROW)
                return false;
        if (strcmp(statement_text(statement, 0), "resolved") != 0)
                return true;
        g_set_error(
                error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                "the human's own fact decided %s of %s already; remember another fact or revert "
                "that one",
                review->predicate, review->entity_id);
        return false;
}

static bool add_digest(const char *object, void *data)
{
        GHashTable *digests = data;

        g_hash_table_add(digests, disputes_digest(object));
        return g_hash_table_size(digests) <= REVIEW_OBJECTS_MAX;
}

/* The digests of all objects that are there, as a JSON array in order. */
static char *read_objects(Db *db, const Review *review, GError **error)
{
        g_autoptr(GHashTable) digests =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(JsonArray) array = json_array_new();
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_ARRAY);
        g_autoptr(GList) sorted = NULL;

        if (!disputes_each_object(db, review->entity_id, review->predicate, add_digest, digests,
                                  error))
                return NULL;
        if (g_hash_table_size(digests) > REVIEW_OBJECTS_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "more than REVIEW_OBJECTS_MAX (%d) different objects cannot be "
                            "acknowledged at once",
                            REVIEW_OBJECTS_MAX);
                return NULL;
        }
        sorted = g_list_sort(g_hash_table_get_keys(digests), (GCompareFunc)strcmp);
        for (GList *item = sorted; item; item = item->next)
                json_array_add_string_element(array, item->data);
        json_node_set_array(node, array);
        return json_print_node(node);
}

bool review_record(Db *db, const Review *review, GError **error)
{
        g_autofree char *objects = NULL;
        Statement *statement;

        if (!check_open(db, review, error))
                return false;
        objects = review->acknowledged ? read_objects(db, review, error) : g_strdup("[]");
        if (!objects)
                return false;
        statement = db_statement(
                db,
                "INSERT INTO contradiction_reviews (entity_id, predicate, resolution, objects,"
                " note, reviewed_at) VALUES (:entity, :predicate, :resolution, :objects, :note,"
                " :now) ON CONFLICT DO UPDATE SET resolution = excluded.resolution,"
                " objects = excluded.objects, note = excluded.note,"
                " reviewed_at = excluded.reviewed_at",
                error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":entity", review->entity_id);
        statement_bind_text(statement, ":predicate", review->predicate);
        statement_bind_text(statement, ":resolution",
                            review->acknowledged ? "acknowledged" : "unresolved");
        statement_bind_text(statement, ":objects", objects);
        statement_bind_text(statement, ":note", review->note);
        statement_bind_int(statement, ":now", clock_now());
        return statement_run(statement, error);
}
