/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verification of quotes: against the document's present text, and if that does not have it against the text
 * of the content version that it was taken from. And stale_source against the newer text. */
#include "graph/verify.h"

#include <string.h>

#include "graph/fact.h"
#include "graph/quote.h"

static TextPlace find_place(Db *db, const char *sha256, int64_t character)
{
        Statement *statement =
                db_statement(db, "SELECT map FROM document_text WHERE sha256 = :sha256", NULL);
        const void *map;
        size_t size;

        if (!statement)
                return (TextPlace){0, 0};
        statement_bind_text(statement, ":sha256", sha256);
        if (statement_step(statement, NULL) != STEP_ROW)
                return (TextPlace){0, 0};
        map = statement_blob(statement, 0, &size);
        return textmap_find(map, size, character);
}

static void set_found(Db *db, const char *sha256, int64_t character, Verdict *ret)
{
        TextPlace place = find_place(db, sha256, character);

        ret->page = (unsigned)place.page;
        ret->line = (unsigned)place.line;
}

static bool is_at(SourceText *source, const Fact *fact)
{
        size_t begin = source_text_bytes(source, fact->quote_start);
        size_t length = strlen(fact->quote);

        return length <= source->bytes - begin &&
               memcmp(source->text + begin, fact->quote, length) == 0;
}

/* A quote that still stands in the present text of its document has its place there. */
static bool judge_present(Db *db, const Fact *fact, Verdict *ret, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(SourceText) source = source_text_load(db, fact->document_id, &problem);
        QuoteSpan span;
        bool same;

        if (problem && error_code(problem) != OUROBOROS_ERROR_INVALID &&
            error_code(problem) != OUROBOROS_ERROR_NOT_FOUND) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        same = source && strcmp(source->sha256, fact->document_hash) == 0;
        ret->text = same ? "present" : "earlier";
        if (!source || same || !quote_find(source, fact->quote, fact->quote_start, &span))
                return true;
        ret->valid = true;
        ret->text = "present";
        set_found(db, source->sha256, span.start, ret);
        return true;
}

static bool judge_own(Db *db, const Fact *fact, Verdict *ret, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(SourceText) source = source_text_load_version(db, fact->document_hash, &problem);

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        ret->valid = source && is_at(source, fact);
        if (!source)
                ret->reason = "the text of that content version is no longer kept";
        else if (!ret->valid)
                ret->reason = "the quote is not at its place in the text";
        else
                set_found(db, fact->document_hash, fact->quote_start, ret);
        return true;
}

bool verify_fact(Db *db, const Fact *fact, Verdict *ret, GError **error)
{
        *ret = (Verdict){0};
        if (!fact->quote)
                ret->reason = "the fact has no quote";
        else if (!fact->document_hash)
                ret->reason = "the quote is the observer's own word, without a document";
        if (ret->reason)
                return true;
        if (!judge_present(db, fact, ret, error) ||
            (!ret->valid && !judge_own(db, fact, ret, error)))
                return false;
        if (ret->valid && fact->source_gone)
                ret->reason = "the file is gone; the text kept in the vault still holds the quote";
        else if (ret->valid && fact->stale_source)
                ret->reason = "the document's newer text does not have it";
        return true;
}

static void set_place(JsonObject *object, const char *name, uint32_t value)
{
        if (value > 0)
                json_object_set_int_member(object, name, value);
        else
                json_object_set_null_member(object, name);
}

void verdict_tell(const Verdict *verdict, JsonObject *object)
{
        json_object_set_boolean_member(object, "valid", verdict->valid);
        json_set_string(object, "reason", verdict->reason);
        json_set_string(object, "text", verdict->text);
        set_place(object, "page", verdict->page);
        set_place(object, "line", verdict->line);
}

static JsonObject *verdict_to_json(const Fact *fact, const Verdict *verdict)
{
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "fact_id", fact->id);
        json_set_string(object, "quote", fact->quote);
        json_set_string(object, "document_id", fact->document_id);
        json_object_set_boolean_member(object, "stale_source", fact->stale_source);
        json_object_set_boolean_member(object, "source_gone", fact->source_gone);
        verdict_tell(verdict, object);
        return object;
}

JsonObject *verify_quote(Db *db, const char *fact_id, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "SELECT " FACT_COLUMNS
                             " FROM facts f CROSS JOIN predicates p ON p.name = f.predicate"
                             " WHERE f.id = :id",
                             error);
        Verdict verdict;
        StepResult step;
        Fact fact;

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", fact_id);
        step = statement_step(statement, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no fact %s",
                            fact_id);
        if (step != STEP_ROW)
                return NULL;
        fact_from_row(statement, &fact);
        return verify_fact(db, &fact, &verdict, error) ? verdict_to_json(&fact, &verdict) : NULL;
}

/* ---- stale sources ---- */

typedef struct Quoted {
        char *id, *quote;
        int64_t start;
        bool stale;
} Quoted;

static void quoted_free(gpointer data)
{
        Quoted *quoted = data;

        g_free(quoted->id);
        g_free(quoted->quote);
        g_free(quoted);
}

static GPtrArray *read_quoted(Db *db, const char *document_id, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(quoted_free);
        StepResult step;
        Statement *statement =
                db_statement(db,
                             "SELECT id, quote, quote_start, stale_source FROM facts"
                             " WHERE document_id = :document AND quote_start IS NOT NULL",
                             error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":document", document_id);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                Quoted *quoted = g_new0(Quoted, 1);

                quoted->id = g_strdup(statement_text(statement, 0));
                quoted->quote = g_strdup(statement_text(statement, 1));
                quoted->start = statement_int(statement, 2);
                quoted->stale = statement_int(statement, 3) != 0;
                g_ptr_array_add(list, quoted);
        }
        return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

static bool set_stale(Db *db, const char *fact_id, bool stale, GError **error)
{
        Statement *statement =
                db_statement(db, "UPDATE facts SET stale_source = :stale WHERE id = :id", error);

        if (!statement)
                return false;
        statement_bind_int(statement, ":stale", stale);
        statement_bind_text(statement, ":id", fact_id);
        return statement_run(statement, error);
}

bool graph_mark_stale(Db *db, const char *document_id, const char *sha256, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(GPtrArray) list = read_quoted(db, document_id, error);
        g_autoptr(SourceText) source = NULL;
        QuoteSpan span;

        if (!list || list->len == 0) /* a new document: its text need not be read */
                return list != NULL;
        source = source_text_load_version(db, sha256, &problem);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        for (unsigned i = 0; i < list->len; i++) {
                const Quoted *quoted = list->pdata[i];
                /* a version without text has no quote at all */
                bool stale = !source || !quote_find(source, quoted->quote, quoted->start, &span);

                if (stale != quoted->stale && !set_stale(db, quoted->id, stale, error))
                        return false;
        }
        return true;
}
