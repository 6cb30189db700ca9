/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading what rules infer from. */
#include "graph/basis.h"

#include <math.h>
#include <string.h>

#include "graph/fact.h"

#define COLUMNS                                                                                    \
        "f.id, " FACT_SUBJECT(f) ", f.predicate, " FACT_OBJECT(                                    \
                f) ", f.qualifiers, f.agent, f.object_number, f.confidence, f.observed_at,"        \
                   " f.is_active, f.superseded_at IS NULL"

#define CURRENT " AND f.superseded_at IS NULL AND f.is_active = 1 AND f.agent <> :agent"

Basis *basis_free(Basis *basis)
{
        if (!basis)
                return NULL;
        g_free(basis->id);
        g_free(basis->subject);
        g_free(basis->predicate);
        g_free(basis->object);
        g_free(basis->qualifiers);
        g_free(basis->agent);
        g_free(basis);
        return NULL;
}

static void free_basis(gpointer data)
{
        basis_free(data);
}

static double double_or_none(Statement *row, int column)
{
        return statement_is_null(row, column) ? NAN : statement_double(row, column);
}

static Basis *basis_from_row(Statement *row)
{
        Basis *basis = g_new0(Basis, 1);

        basis->id = g_strdup(statement_text(row, 0));
        basis->subject = g_strdup(statement_text(row, 1));
        basis->predicate = g_strdup(statement_text(row, 2));
        basis->object = g_strdup(statement_text(row, 3));
        basis->qualifiers = g_strdup(statement_text(row, 4));
        basis->agent = g_strdup(statement_text(row, 5));
        basis->number = double_or_none(row, 6);
        basis->confidence = double_or_none(row, 7);
        basis->observed_at = statement_int(row, 8);
        basis->is_active = statement_int(row, 9) != 0;
        basis->is_current = basis->is_active && statement_int(row, 10) != 0;
        return basis;
}

Basis *basis_read(Db *db, const char *fact_id, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT " COLUMNS " FROM facts f WHERE f.id = :id", error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", fact_id);
        if (statement_step(statement, error) != STEP_ROW)
                return NULL;
        return basis_from_row(statement);
}

/* The row as the journal keeps it; columns that hold NULL may be left out there. */
static Basis *basis_from_json(JsonObject *row)
{
        Basis *basis = g_new0(Basis, 1);
        const char *object = json_member_string(row, "object", "");

        basis->id = g_strdup(json_member_string(row, "id", ""));
        basis->subject = g_strdup(json_member_string(row, "subject_id", NULL)
                                          ?: json_member_string(row, "entity_id", ""));
        basis->predicate = g_strdup(json_member_string(row, "predicate", ""));
        basis->object = g_strdup(json_member_string(row, "object_as", NULL) ?: object);
        basis->qualifiers = g_strdup(json_member_string(row, "qualifiers", NULL));
        basis->agent = g_strdup(json_member_string(row, "agent", ""));
        basis->number = json_member_double(row, "object_number", NAN);
        basis->confidence = json_member_double(row, "confidence", NAN);
        basis->observed_at = json_member_int(row, "observed_at", 0);
        basis->is_active = json_member_int(row, "is_active", 1) != 0;
        basis->is_current = basis->is_active && json_member_int(row, "superseded_at", -1) == -1;
        return basis;
}

Basis *basis_before(Db *db, int64_t seq, GError **error)
{
        g_autoptr(JsonObject) row = NULL;
        Statement *statement =
                db_statement(db, "SELECT before FROM mutations WHERE seq = :seq", error);

        if (!statement)
                return NULL;
        statement_bind_int(statement, ":seq", seq);
        if (statement_step(statement, error) != STEP_ROW || statement_is_null(statement, 0))
                return NULL;
        row = json_parse_object(statement_text(statement, 0), -1, error);
        return row ? basis_from_json(row) : NULL;
}

static bool same_number(double a, double b)
{
        return (isnan(a) && isnan(b)) || a == b;
}

bool basis_same(const Basis *a, const Basis *b)
{
        bool current_a = a && a->is_current, current_b = b && b->is_current;

        if (!current_a || !current_b)
                return current_a == current_b;
        return strcmp(a->subject, b->subject) == 0 && strcmp(a->predicate, b->predicate) == 0 &&
               strcmp(a->object, b->object) == 0 && strcmp(a->agent, b->agent) == 0 &&
               g_strcmp0(a->qualifiers, b->qualifiers) == 0 && same_number(a->number, b->number) &&
               same_number(a->confidence, b->confidence) && a->observed_at == b->observed_at;
}

static bool read_all(Statement *statement, const Rule *rule, unsigned limit, GPtrArray *list,
                     GError **error)
{
        StepResult step;

        statement_bind_text(statement, ":agent", rule->agent);
        statement_bind_int(statement, ":limit", limit);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(list, basis_from_row(statement));
        return step == STEP_DONE;
}

GPtrArray *basis_of(Db *db, const Rule *rule, const char *subject, unsigned i, unsigned limit,
                    GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_basis);
        Statement *statement =
                db_statement(db,
                             "SELECT " COLUMNS " FROM facts f WHERE " FACT_SUBJECT(
                                     f) " = :subject AND f.predicate = :predicate" CURRENT
                                        " ORDER BY f.id LIMIT :limit",
                             error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":subject", subject);
        statement_bind_text(statement, ":predicate", rule->predicates[i]);
        return read_all(statement, rule, limit, list, error) ? g_steal_pointer(&list) : NULL;
}

#define TO_ENTITY                                                                                  \
        "SELECT " COLUMNS " FROM facts f WHERE substr(f.object, 1, 4) = 'ent-' AND " FACT_OBJECT(  \
                f) " = :object AND f.predicate = :predicate" CURRENT " ORDER BY f.id LIMIT :limit"
#define TO_DOCUMENT                                                                                \
        "SELECT " COLUMNS " FROM facts f WHERE substr(f.object, 1, 4) = 'doc-'"                    \
        " AND f.object = :object AND f.predicate = :predicate" CURRENT                             \
        " ORDER BY f.id LIMIT :limit"

/* What a rule's facts lead to. */
typedef struct BasisEnd {
        const Rule *rule;
        const char *entity_id, *document_id;
} BasisEnd;

/* Which objects of a kind lead on. A text does if it is an id. */
static bool may_lead(ObjectKind kind, const char *prefix)
{
        return kind == OBJECT_TEXT ||
               kind == (strcmp(prefix, "ent") == 0 ? OBJECT_ENTITY : OBJECT_DOCUMENT);
}

/* Those whose object is the entity, or the document; either may be NULL. */
static GPtrArray *read_to(Db *db, const BasisEnd *end, unsigned i, unsigned limit, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_basis);
        const Rule *rule = end->rule;
        Statement *statement;

        for (unsigned way = 0; way < 2; way++) {
                const char *object = way ? end->document_id : end->entity_id;

                if (!object || !may_lead(rule->kinds[i], way ? "doc" : "ent"))
                        continue;
                statement = db_statement(db, way ? TO_DOCUMENT : TO_ENTITY, error);
                if (!statement)
                        return NULL;
                statement_bind_text(statement, ":object", object);
                statement_bind_text(statement, ":predicate", rule->predicates[i]);
                if (!read_all(statement, rule, limit, list, error))
                        return NULL;
        }
        return g_steal_pointer(&list);
}

GPtrArray *basis_to(Db *db, const Rule *rule, const char *entity_id, unsigned i, unsigned limit,
                    GError **error)
{
        g_autofree char *document = NULL;
        BasisEnd end = {rule, entity_id, NULL};

        if (!basis_document(db, entity_id, &document, error))
                return NULL;
        end.document_id = document;
        return read_to(db, &end, i, limit, error);
}

GPtrArray *basis_to_document(Db *db, const Rule *rule, const char *document_id, unsigned i,
                             unsigned limit, GError **error)
{
        BasisEnd end = {rule, NULL, document_id};

        return read_to(db, &end, i, limit, error);
}

static bool look_up(Db *db, const char *sql, const char *id, char **ret, GError **error)
{
        Statement *statement = db_statement(db, sql, error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        *ret = step == STEP_ROW ? g_strdup(statement_text(statement, 0)) : NULL;
        return step != STEP_ERROR;
}

bool basis_document(Db *db, const char *entity_id, char **ret, GError **error)
{
        return look_up(db, "SELECT document_id FROM entities WHERE id = :id", entity_id, ret,
                       error);
}

bool basis_target(Db *db, const Rule *rule, const Basis *basis, char **ret, GError **error)
{
        int i = rule_index(rule, basis->predicate);

        *ret = NULL;
        if (i < 0)
                return true;
        if (may_lead(rule->kinds[i], "ent") && id_is_valid(basis->object, "ent"))
                *ret = g_strdup(basis->object);
        else if (may_lead(rule->kinds[i], "doc") && id_is_valid(basis->object, "doc"))
                return look_up(db, "SELECT id FROM entities WHERE document_id = :id", basis->object,
                               ret, error);
        return true;
}

int rule_index(const Rule *rule, const char *predicate)
{
        for (int i = 0; rule->predicates[i]; i++)
                if (strcmp(rule->predicates[i], predicate) == 0)
                        return i;
        return -1;
}
