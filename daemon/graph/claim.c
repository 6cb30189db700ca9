/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judging claims. All this happens on a reading handle, so that a long text or a large batch does not
 * hold up the writer; the writer checks that the text judged is still the current one. */
#include "graph/claim.h"

#include <math.h>
#include <string.h>

#include "graph/entity.h"
#include "graph/submit.h"

#define OBSERVED_MIN (-30610224000LL * G_USEC_PER_SEC) /* 1000-01-01 */
#define OBSERVED_AHEAD                                                                             \
        (24LL * 3600 * G_USEC_PER_SEC) /* clocks differ, but not by more than a day */

void ready_clear(Ready *ready)
{
        object_clear(&ready->object);
        g_clear_pointer(&ready->object_as, g_free);
        g_clear_pointer(&ready->qualifiers, g_free);
        g_clear_pointer(&ready->document_hash, g_free);
}

static void free_predicate(gpointer data)
{
        predicate_free(data);
}

void reviewer_init(Reviewer *reviewer, Db *db, bool human)
{
        *reviewer = (Reviewer){.db = db, .human = human};
        reviewer->predicates = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_predicate);
}

void reviewer_clear(Reviewer *reviewer)
{
        g_clear_pointer(&reviewer->predicates, g_hash_table_unref);
        g_clear_pointer(&reviewer->source, source_text_free);
}

static bool check_observed(const Claim *claim, GError **error)
{
        g_autofree char *text = NULL;

        if (claim->observed_at == 0 || (claim->observed_at >= OBSERVED_MIN &&
                                        claim->observed_at <= clock_now() + OBSERVED_AHEAD))
                return true;
        text = clock_to_iso(claim->observed_at);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "observed_at %s is not between the year 1000 and tomorrow", text);
        return false;
}

static bool check_supersedes(const Claim *claim, GError **error)
{
        unsigned count = claim->supersedes ? g_strv_length((char **)claim->supersedes) : 0;

        if (count > CLAIM_SUPERSEDES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "supersedes names %u facts, more than %d (CLAIM_SUPERSEDES_MAX)", count,
                            CLAIM_SUPERSEDES_MAX);
                return false;
        }
        for (unsigned i = 0; i < count; i++)
                if (!id_is_valid(claim->supersedes[i], "fact")) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "supersedes must name facts: fact- and %d hex digits",
                                    ID_DIGITS);
                        return false;
                }
        return true;
}

static bool check_form(const Claim *claim, GError **error)
{
        EntityRef ref = {claim->entity_id, claim->entity_name, claim->entity_type};

        if (!entity_ref_check(&ref, "entity", error) || !check_observed(claim, error) ||
            !check_supersedes(claim, error))
                return false;
        if (claim->document_id && !id_is_valid(claim->document_id, "doc")) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "document_id must be doc- and %d hex digits", ID_DIGITS);
                return false;
        }
        if (!isnan(claim->confidence) && !(claim->confidence >= 0 && claim->confidence <= 1)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "confidence must be between 0 and 1");
                return false;
        }
        return !claim->quote || quote_check(claim->quote, error);
}

static bool parse_qualifiers(const char *text, char **ret, GError **error)
{
        g_autoptr(JsonObject) object = NULL;

        if (!text)
                return true;
        if (strlen(text) > CLAIM_QUALIFIERS_BYTES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "qualifiers are longer than %d bytes (CLAIM_QUALIFIERS_BYTES_MAX)",
                            CLAIM_QUALIFIERS_BYTES_MAX);
                return false;
        }
        object = json_parse_object(text, -1, error);
        if (!object) {
                g_prefix_error(error, "qualifiers must be a JSON object: ");
                return false;
        }
        if (json_object_get_size(object) > 0)
                *ret = json_print_canonical(object);
        return true;
}

static const Predicate *find_predicate(Reviewer *reviewer, const char *name, GError **error)
{
        Predicate *predicate = name ? g_hash_table_lookup(reviewer->predicates, name) : NULL;

        if (predicate)
                return predicate;
        predicate = predicate_use(reviewer->db, name, error);
        if (predicate)
                g_hash_table_insert(reviewer->predicates, predicate->name, predicate);
        return predicate;
}

static SourceText *find_source(Reviewer *reviewer, const char *document_id, GError **error)
{
        if (reviewer->source && strcmp(reviewer->source->document_id, document_id) == 0)
                return reviewer->source;
        g_clear_pointer(&reviewer->source, source_text_free);
        reviewer->source = source_text_load(reviewer->db, document_id, error);
        return reviewer->source;
}

/* The current content version of a document that is named without a quote; NULL while it has none. */
static bool find_version(Db *db, const char *document_id, char **ret, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT sha256 FROM documents WHERE id = :id", error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", document_id);
        step = statement_step(statement, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no document %s",
                            document_id);
        if (step == STEP_ROW)
                *ret = g_strdup(statement_text(statement, 0));
        return step == STEP_ROW;
}

static bool check_quote(Reviewer *reviewer, const Claim *claim, Ready *ready, GError **error)
{
        SourceText *source;

        if (!reviewer->human && !(claim->document_id && claim->quote)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "a fact that is not the human's own word needs document_id and a "
                            "verbatim quote of it");
                return false;
        }
        if (!claim->document_id) /* the human's word, kept as said */
                return true;
        if (!claim->quote)
                return find_version(reviewer->db, claim->document_id, &ready->document_hash, error);
        source = find_source(reviewer, claim->document_id, error);
        if (!source)
                return false;
        if (!quote_find(source, claim->quote, claim->quote_hint, &ready->span)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "the quote is not in the text of %s, letter for letter",
                            claim->document_id);
                return false;
        }
        ready->checked = true;
        ready->document_hash = g_strdup(source->sha256);
        return true;
}

/* Objects that are documents: visible ones, by their id. */
static bool check_document_object(Db *db, const char *id, GError **error)
{
        Statement *statement = db_statement(db, "SELECT 1 FROM documents WHERE id = :id", error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR,
                            id_is_valid(id, "doc") ? OUROBOROS_ERROR_NOT_FOUND
                                                   : OUROBOROS_ERROR_INVALID,
                            "object must be the id of a document: there is no %s", id);
        return step == STEP_ROW;
}

static bool check_object_form(const Claim *claim, const Predicate *predicate, GError **error)
{
        bool named = predicate->kind == OBJECT_ENTITY || predicate->kind == OBJECT_DOCUMENT;
        bool fits = claim->object_form == OBJECT_AS_STRING || predicate->kind == OBJECT_JSON ||
                    (claim->object_form == OBJECT_AS_VALUE && !named);

        if (!fits)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "%s",
                            claim->object_form == OBJECT_AS_VALUE
                                    ? "object is a number, true or false, not a name or id"
                                    : "object is a JSON object or array, which only json takes");
        return fits;
}

static bool check_object(Reviewer *reviewer, const Claim *claim, const Ready *ready, GError **error)
{
        EntityRef ref = {.name = ready->object.text, .type = claim->object_type};

        switch (ready->predicate->kind) {
        case OBJECT_DOCUMENT:
                return check_document_object(reviewer->db, ready->object.text, error);
        case OBJECT_ENTITY:
                return id_is_valid(ready->object.text, "ent") ||
                       entity_ref_check(&ref, "object", error);
        default:
                return true;
        }
}

bool reviewer_judge(Reviewer *reviewer, const Claim *claim, Ready *ret, GError **error)
{
        if (!check_form(claim, error))
                return false;
        ret->predicate = find_predicate(reviewer, claim->predicate, error);
        if (!ret->predicate)
                return false;
        if (!check_object_form(claim, ret->predicate, error) ||
            !object_parse(ret->predicate->kind, claim->object, &ret->object, error)) {
                g_prefix_error(error, "predicate %s takes a %s: ", ret->predicate->name,
                               object_kind_to_string(ret->predicate->kind));
                return false;
        }
        return check_object(reviewer, claim, ret, error) &&
               parse_qualifiers(claim->qualifiers, &ret->qualifiers, error) &&
               check_quote(reviewer, claim, ret, error);
}
