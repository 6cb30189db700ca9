/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One select goes over the facts in the order of their texts; the text at hand is kept until another is needed. That a
 * quote stands at its place is one comparison; only what does not, or what is to be searched on purpose, costs a
 * search of the text, by memmem(), which skips by the quote's length. */
#include "graph/audit.h"

#include <string.h>

#include "graph/fact.h"
#include "graph/page.h"
#include "graph/quote.h"

#define QUOTED                                                                                     \
        "SELECT f.id, f.document_id, f.document_hash, f.quote, f.quote_start FROM facts f"         \
        " WHERE f.quote_start IS NOT NULL AND f.is_active = 1"                                     \
        " AND (f.document_id, f.document_hash, f.id) > (:document, :hash, :id)"

#define OF_ALL      " AND f.document_id >= :document"
#define OF_DOCUMENT " AND f.document_id = :only"
#define OF_ENTITY   " AND f.document_id IS NOT NULL AND " FACT_SUBJECT(f) " = :entity"
#define ORDERED     " ORDER BY f.document_id, f.document_hash, f.id LIMIT :limit"

void audit_report_clear(AuditReport *report)
{
        g_clear_pointer(&report->invalid, json_array_unref);
        g_clear_pointer(&report->next, g_free);
}

/* The work of one call. */
typedef struct Audit {
        Db *db;
        bool search;
        char *hash;         /* of the text at hand */
        SourceText *source; /* NULL: it is not kept */
        AuditReport *report;
} Audit;

static bool load_text(Audit *audit, const char *hash, GError **error)
{
        g_autoptr(GError) problem = NULL;

        if (g_strcmp0(audit->hash, hash) == 0)
                return true;
        g_clear_pointer(&audit->hash, g_free);
        g_clear_pointer(&audit->source, source_text_free);
        audit->source = source_text_load_version(audit->db, hash, &problem);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        audit->hash = g_strdup(hash);
        audit->report->texts += audit->source != NULL;
        return true;
}

static bool is_in_place(Audit *audit, const char *quote, size_t length, int64_t place)
{
        size_t begin = source_text_bytes(audit->source, place);

        if (length > audit->source->bytes - begin)
                return false;
        audit->report->bytes_scanned += (int64_t)length;
        return memcmp(audit->source->text + begin, quote, length) == 0;
}

static bool is_anywhere(Audit *audit, const char *quote, size_t length)
{
        const SourceText *source = audit->source;
        const char *hit = memmem(source->text, source->bytes, quote, length);

        audit->report->bytes_scanned +=
                hit ? hit - source->text + (int64_t)length : (int64_t)source->bytes;
        return hit != NULL;
}

/* What is wrong with a quote in the text that is loaded, NULL: nothing. */
static const char *find_fault(Audit *audit, const char *quote, int64_t place)
{
        size_t length = strlen(quote);
        bool in_place;

        if (audit->search && !is_anywhere(audit, quote, length))
                return "the quote is not in the text";
        in_place = is_in_place(audit, quote, length, place);
        if (!in_place && !audit->search && !is_anywhere(audit, quote, length))
                return "the quote is not in the text";
        return in_place ? NULL : "the quote is in the text, but not at its place";
}

static bool check_row(Audit *audit, Statement *row, GError **error)
{
        AuditReport *report = audit->report;
        const char *fault;
        JsonObject *object;
        int64_t begun;

        if (!load_text(audit, statement_text(row, 2), error))
                return false;
        report->checked++;
        if (!audit->source) {
                report->unread++;
                return true;
        }
        begun = g_get_monotonic_time();
        fault = find_fault(audit, statement_text(row, 3), statement_int(row, 4));
        report->search_us += g_get_monotonic_time() - begun;
        if (!fault) {
                report->valid++;
                return true;
        }
        object = json_object_new();
        json_object_set_string_member(object, "fact_id", statement_text(row, 0));
        json_object_set_string_member(object, "document_id", statement_text(row, 1));
        json_object_set_string_member(object, "reason", fault);
        json_array_add_object_element(report->invalid, object);
        return true;
}

static Statement *find_rows(Db *db, const AuditQuery *query, const char *key, GError **error)
{
        g_auto(GStrv) after = g_strsplit(key, "\n", 3);
        bool more = g_strv_length(after) == 3;
        const char *sql =
                query->entity_id
                        ? (query->document_id ? QUOTED OF_ENTITY OF_DOCUMENT ORDERED
                                              : QUOTED OF_ENTITY ORDERED)
                        : (query->document_id ? QUOTED OF_DOCUMENT ORDERED : QUOTED OF_ALL ORDERED);
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return NULL;
        if (query->entity_id)
                statement_bind_text(statement, ":entity", query->entity_id);
        if (query->document_id)
                statement_bind_text(statement, ":only", query->document_id);
        statement_bind_text(statement, ":document", more ? after[0] : "");
        statement_bind_text(statement, ":hash", more ? after[1] : "");
        statement_bind_text(statement, ":id", more ? after[2] : "");
        statement_bind_int(statement, ":limit", (int64_t)query->limit + 1);
        return statement;
}

static bool has_room(Audit *audit, Page *page)
{
        if (json_array_get_length(audit->report->invalid) < AUDIT_INVALID_MAX)
                return page_has_room(page);
        page->more = true;
        return false;
}

static bool check_rows(Audit *audit, Statement *rows, Page *page, GError **error)
{
        g_autofree char *last = NULL;
        StepResult step;

        while ((step = statement_step(rows, error)) == STEP_ROW && has_room(audit, page)) {
                if (!check_row(audit, rows, error))
                        return false;
                g_free(last);
                last = g_strjoin("\n", statement_text(rows, 1), statement_text(rows, 2),
                                 statement_text(rows, 0), NULL);
                page->count++;
        }
        g_free(page->last_key);
        page->last_key = g_steal_pointer(&last);
        return step != STEP_ERROR;
}

bool audit_quotes(Db *db, const AuditQuery *query, AuditReport *ret, GError **error)
{
        g_autofree char *filters = g_strjoin("\n", query->document_id ?: "", query->entity_id ?: "",
                                             query->search ? "1" : "0", NULL);
        g_autofree char *key = cursor_key("quotes", filters, query->after, error);
        g_autoptr(Page) page = page_new("quotes", filters, query->limit);
        Audit audit = {.db = db, .search = query->search, .report = ret};
        Statement *rows = key ? find_rows(db, query, key, error) : NULL;
        bool ok;

        *ret = (AuditReport){.invalid = json_array_new()};
        if (!rows)
                return false;
        ok = check_rows(&audit, rows, page, error);
        if (ok)
                ret->next = page_next(page);
        g_free(audit.hash);
        (void)source_text_free(audit.source);
        return ok;
}
