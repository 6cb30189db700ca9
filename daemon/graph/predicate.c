/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predicates: rows of the table of that name. They are proposed by agents, confirmed by the human, and
 * shipped as a vocabulary (vocabulary.json) that is entered at the first start. */
#include "graph/predicate.h"

#include <gio/gio.h>
#include <string.h>

#define VOCABULARY "/org/ouroboros/graph/vocabulary.json"

Predicate *predicate_free(Predicate *predicate)
{
        if (!predicate)
                return NULL;
        g_free(predicate->name);
        g_free(predicate->description);
        g_free(predicate->state);
        g_free(predicate);
        return NULL;
}

bool predicate_check_name(const char *what, const char *name, GError **error)
{
        size_t length = 0;

        if (!text_check(what, name, PREDICATE_NAME_CHARS_MAX, "PREDICATE_NAME_CHARS_MAX", error))
                return false;
        while (g_ascii_islower(name[length]) ||
               (length > 0 && (g_ascii_isdigit(name[length]) || name[length] == '_')))
                length++;
        if (name[length] == '\0')
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "%s must be lower-case letters, digits and _, beginning with a letter, at most "
                    "%d characters",
                    what, PREDICATE_NAME_CHARS_MAX);
        return false;
}

static Predicate *predicate_from_row(Statement *row)
{
        Predicate *predicate = g_new0(Predicate, 1);

        predicate->name = g_strdup(statement_text(row, 0));
        if (!object_kind_from_string(statement_text(row, 1), &predicate->kind))
                predicate->kind = OBJECT_TEXT; /* the table's CHECK allows no other */
        predicate->one = g_strcmp0(statement_text(row, 2), "one") == 0;
        predicate->description = g_strdup(statement_text(row, 3));
        predicate->state = g_strdup(statement_text(row, 4));
        return predicate;
}

Predicate *predicate_find(Db *db, const char *name, GError **error)
{
        Statement *statement = db_statement(
                db,
                "SELECT name, object_kind, cardinality, description, state FROM predicates"
                " WHERE name = :name",
                error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":name", name);
        if (statement_step(statement, error) != STEP_ROW)
                return NULL;
        return predicate_from_row(statement);
}

/* "title, tag" of the active predicates, NULL if none is near. */
static char *nearest_names(Db *db, const char *name, GError **error)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        Statement *statement =
                db_statement(db, "SELECT name FROM predicates WHERE state = 'active'", error);
        StepResult step;

        if (!statement)
                return NULL;
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(names, g_strdup(statement_text(statement, 0)));
        if (step == STEP_ERROR)
                return NULL;
        g_ptr_array_add(names, NULL);
        return text_nearest(name, (const char *const *)names->pdata, 5);
}

static void set_unknown(Db *db, const char *name, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autofree char *nearest = nearest_names(db, name, &problem);

        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        else if (nearest)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "unknown predicate %s; nearest: %s", name, nearest);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "unknown predicate %s; predicates_in_use with all lists them, "
                            "propose_predicate adds one",
                            name);
}

Predicate *predicate_use(Db *db, const char *name, GError **error)
{
        g_autoptr(Predicate) predicate = NULL;
        g_autoptr(GError) problem = NULL;

        if (!predicate_check_name("predicate", name, error))
                return NULL;
        predicate = predicate_find(db, name, &problem);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        if (!predicate) {
                set_unknown(db, name, error);
                return NULL;
        }
        if (strcmp(predicate->state, "active") != 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "predicate %s is %s, not active%s", name, predicate->state,
                            strcmp(predicate->state, "proposed") == 0
                                    ? ": it waits for the human to confirm it"
                                    : "");
                return NULL;
        }
        return g_steal_pointer(&predicate);
}

static bool predicate_insert(Db *db, const Predicate *predicate, const char *state, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "INSERT INTO predicates (name, object_kind, cardinality, description,"
                             " state) VALUES (:name, :kind, :cardinality, :description, :state)",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":name", predicate->name);
        statement_bind_text(statement, ":kind", object_kind_to_string(predicate->kind));
        statement_bind_text(statement, ":cardinality", predicate->one ? "one" : "many");
        statement_bind_text(statement, ":description", predicate->description);
        statement_bind_text(statement, ":state", state);
        return statement_run(statement, error);
}

static bool check_proposals(Db *db, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT count(*) FROM predicates WHERE state = 'proposed'", error);

        if (!statement || statement_step(statement, error) != STEP_ROW)
                return false;
        if (statement_int(statement, 0) < PREDICATE_PROPOSED_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "%d predicates are proposed already (PREDICATE_PROPOSED_MAX); the human has to "
                    "decide on some first",
                    PREDICATE_PROPOSED_MAX);
        return false;
}

static bool predicate_activate(Db *db, const char *name, GError **error)
{
        Statement *statement = db_statement(
                db, "UPDATE predicates SET state = 'active' WHERE name = :name", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":name", name);
        return statement_run(statement, error);
}

bool predicate_propose(Db *db, const Predicate *wanted, bool active, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(Predicate) present = predicate_find(db, wanted->name, &problem);

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (!present) {
                if (!active && !check_proposals(db, error))
                        return false;
                return predicate_insert(db, wanted, active ? "active" : "proposed", error);
        }
        if (present->kind != wanted->kind || present->one != wanted->one) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "predicate %s is there already: its object is %s, cardinality %s, "
                            "state %s",
                            present->name, object_kind_to_string(present->kind),
                            present->one ? "one" : "many", present->state);
                return false;
        }
        if (!active || strcmp(present->state, "active") == 0)
                return true;
        return predicate_activate(db, present->name, error);
}

static Predicate *predicate_from_json(JsonObject *object)
{
        Predicate *predicate = g_new0(Predicate, 1);

        predicate->name = g_strdup(json_member_string(object, "name", NULL));
        predicate->description = g_strdup(json_member_string(object, "description", NULL));
        predicate->one = g_strcmp0(json_member_string(object, "cardinality", NULL), "one") == 0;
        if (!object_kind_from_string(json_member_string(object, "object_kind", NULL),
                                     &predicate->kind))
                g_error("%s: predicate %s has no object kind", VOCABULARY, predicate->name);
        return predicate;
}

static void free_item(gpointer data)
{
        predicate_free(data);
}

static GPtrArray *load_vocabulary(void)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_item);
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes =
                g_resources_lookup_data(VOCABULARY, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
        g_autoptr(JsonObject) root = NULL;
        JsonArray *predicates;

        if (bytes)
                root = json_parse_object(g_bytes_get_data(bytes, NULL),
                                         (gssize)g_bytes_get_size(bytes), &error);
        if (!root)
                g_error("%s: %s", VOCABULARY, error->message); /* shipped by us */
        predicates = json_member_array(root, "predicates");
        for (unsigned i = 0; i < json_array_get_length(predicates); i++)
                g_ptr_array_add(list,
                                predicate_from_json(json_array_get_object_element(predicates, i)));
        return g_steal_pointer(&list);
}

static bool work_enter(Db *db, void *data, GError **error)
{
        GPtrArray *missing = data;

        for (unsigned i = 0; i < missing->len; i++) {
                const Predicate *shipped = missing->pdata[i];
                g_autoptr(GError) problem = NULL;
                g_autoptr(Predicate) found = predicate_find(db, shipped->name, &problem);
                if (problem) {
                        g_propagate_error(error, g_steal_pointer(&problem));
                        return false;
                }
                /* another first call may have been quicker */
                if (!found && !predicate_insert(db, shipped, "active", error))
                        return false;
        }
        return true;
}

/* Keeps in vocabulary what the table does not have; one that the human retired is there. */
static bool keep_missing(Store *vault, GPtrArray *vocabulary, GError **error)
{
        g_autoptr(Db) db = store_reader(vault, NULL, error);

        if (!db)
                return false;
        for (unsigned i = vocabulary->len; i-- > 0;) {
                const Predicate *shipped = vocabulary->pdata[i];
                g_autoptr(GError) problem = NULL;
                g_autoptr(Predicate) present = predicate_find(db, shipped->name, &problem);

                if (problem) {
                        g_propagate_error(error, g_steal_pointer(&problem));
                        return false;
                }
                if (present)
                        g_ptr_array_remove_index(vocabulary, i);
        }
        return true;
}

bool predicate_ensure_vocabulary(Store *vault, GError **error)
{
        g_autoptr(GPtrArray) vocabulary = load_vocabulary();
        g_autoptr(Access) access = access_new_system("graph");
        WriteOptions options = {.actor = access_actor(access), .reason = "shipped vocabulary"};

        if (!keep_missing(vault, vocabulary, error))
                return false;
        if (vocabulary->len == 0)
                return true;
        return store_write(vault, &options, work_enter, vocabulary, error);
}
