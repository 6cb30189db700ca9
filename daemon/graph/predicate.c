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

/* Refuses a name for what is wrong with it, and names the nearest that could be meant. */
static void set_refused(Db *db, OuroborosError code, const char *wrong, const char *name,
                        GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autofree char *nearest = nearest_names(db, name, &problem);

        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        else if (nearest)
                g_set_error(error, OUROBOROS_ERROR, (int)code, "%s; nearest: %s", wrong, nearest);
        else
                g_set_error(error, OUROBOROS_ERROR, (int)code,
                            "%s; predicates_in_use with all lists them, "
                            "propose_predicate adds one",
                            wrong);
}

static void set_unknown(Db *db, OuroborosError code, const char *name, GError **error)
{
        g_autofree char *wrong = g_strdup_printf("unknown predicate %s", name);

        set_refused(db, code, wrong, name, error);
}

/* Of "worksFor" works_for is the nearest. problem is taken. */
static void set_malformed(Db *db, const char *name, GError *problem, GError **error)
{
        if (name && *name && g_utf8_strlen(name, -1) <= PREDICATE_NAME_CHARS_MAX) {
                set_refused(db, OUROBOROS_ERROR_INVALID, problem->message, name, error);
                g_error_free(problem);
        } else
                g_propagate_error(error, problem);
}

static void set_inactive(Db *db, const Predicate *predicate, GError **error)
{
        g_autofree char *wrong = NULL;

        if (strcmp(predicate->state, "proposed") == 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "predicate %s is proposed, not active: it waits for the human to "
                            "confirm it",
                            predicate->name);
                return;
        }
        wrong = g_strdup_printf("predicate %s is %s, not active", predicate->name,
                                predicate->state);
        set_refused(db, OUROBOROS_ERROR_INVALID, wrong, predicate->name, error);
}

/* As it is there; INVALID with the nearest if the name is unknown to a writer, NOT_FOUND to who decides. */
static Predicate *predicate_get(Db *db, const char *name, OuroborosError code, GError **error)
{
        g_autoptr(GError) problem = NULL;
        Predicate *predicate = predicate_find(db, name, &problem);

        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        else if (!predicate)
                set_unknown(db, code, name, error);
        return predicate;
}

Predicate *predicate_use(Db *db, const char *name, GError **error)
{
        g_autoptr(Predicate) predicate = NULL;
        g_autoptr(GError) malformed = NULL;

        if (!predicate_check_name("predicate", name, &malformed)) {
                set_malformed(db, name, g_steal_pointer(&malformed), error);
                return NULL;
        }
        predicate = predicate_get(db, name, OUROBOROS_ERROR_INVALID, error);
        if (!predicate || strcmp(predicate->state, "active") == 0)
                return g_steal_pointer(&predicate);
        set_inactive(db, predicate, error);
        return NULL;
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

static bool set_state(Db *db, const char *name, const char *state, GError **error)
{
        Statement *statement =
                db_statement(db, "UPDATE predicates SET state = :state WHERE name = :name", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":state", state);
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
        return set_state(db, present->name, "active", error);
}

bool predicate_decision_from_string(const char *text, PredicateDecision *ret, GError **error)
{
        static const char *const names[] = {
                [PREDICATE_CONFIRM] = "confirm",
                [PREDICATE_RETIRE] = "retire",
                [PREDICATE_REINSTATE] = "reinstate",
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (strcmp(text, names[i]) == 0) {
                        *ret = (PredicateDecision)i;
                        return true;
                }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "decision must be confirm, retire or reinstate");
        return false;
}

bool predicate_decide(Db *db, const char *name, PredicateDecision decision, GError **error)
{
        const char *wanted = decision == PREDICATE_RETIRE ? "retired" : "active";
        const char *from = decision == PREDICATE_CONFIRM ? "proposed" : "retired";
        g_autoptr(Predicate) predicate = predicate_get(db, name, OUROBOROS_ERROR_NOT_FOUND, error);

        if (!predicate)
                return false;
        if (strcmp(predicate->state, wanted) == 0)
                return true;
        if (decision == PREDICATE_RETIRE || strcmp(predicate->state, from) == 0)
                return set_state(db, name, wanted, error);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "predicate %s is %s: %s is for %s ones", name, predicate->state,
                    decision == PREDICATE_CONFIRM ? "confirm" : "reinstate", from);
        return false;
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
        g_autoptr(Db) db = store_reader(vault, /* scope= */ NULL, error);

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
