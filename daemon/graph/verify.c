/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verification of quotes against the content version that they were taken from, and stale_source against the
 * newer one. */
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

/* NULL when the quote is there, else why it is not. */
static const char *judge(Db *db, const Fact *fact, GError **error)
{
        g_autoptr(SourceText) source = NULL;
        g_autoptr(GError) problem = NULL;
        size_t begin, length;

        if (!fact->quote)
                return "the fact has no quote";
        if (!fact->document_hash)
                return "the quote is the observer's own word, without a document";
        source = source_text_load_version(db, fact->document_hash, &problem);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        if (!source)
                return "the text of that content version is no longer kept";
        begin = source_text_bytes(source, fact->quote_start);
        length = strlen(fact->quote);
        if (length > source->bytes - begin ||
            memcmp(source->text + begin, fact->quote, length) != 0)
                return "the quote is not at its place in the text";
        return NULL;
}

static void set_place(JsonObject *object, const char *name, uint32_t value)
{
        if (value > 0)
                json_object_set_int_member(object, name, value);
        else
                json_object_set_null_member(object, name);
}

static JsonObject *verdict(Db *db, const Fact *fact, GError **error)
{
        g_autoptr(GError) problem = NULL;
        const char *reason = judge(db, fact, &problem);
        TextPlace place = {0, 0};
        JsonObject *object;

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        if (!reason)
                place = find_place(db, fact->document_hash, fact->quote_start);
        object = json_object_new();
        json_object_set_string_member(object, "fact_id", fact->id);
        json_object_set_boolean_member(object, "valid", !reason);
        json_set_string(object, "reason",
                        reason
                                ?: (fact->stale_source
                                            ? "the document's newer text does not have it"
                                            : NULL));
        json_set_string(object, "quote", fact->quote);
        json_set_string(object, "document_id", fact->document_id);
        json_object_set_boolean_member(object, "stale_source", fact->stale_source);
        set_place(object, "page", place.page);
        set_place(object, "line", place.line);
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
        return verdict(db, &fact, error);
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
