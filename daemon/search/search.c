/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Search: FTS5 ranks pieces; the best piece of each content stands for it; contents become the documents that
 * have them and that the caller may see. Equal scores are in order of document id, so pages do not overlap. */
#include "search/search-room.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "search/excerpt.h"
#include "search/query.h"

Search *search_new(Store *vault)
{
        Search *search = g_new0(Search, 1);
        search->vault = vault;
        return search;
}

Search *search_free(Search *search)
{
        g_free(search);
        return NULL;
}

/* One page of ranked documents. */
typedef struct Found {
        char *document_id, *title, *path, *sha256;
        int64_t chunk_id;
        double score; /* bm25: lower is better */
} Found;

typedef struct Page {
        GArray *found; /* of Found */
        int64_t total;
        bool more;
} Page;

static void found_clear(void *data)
{
        Found *found = data;
        g_free(found->document_id);
        g_free(found->title);
        g_free(found->path);
        g_free(found->sha256);
}

static Found found_from_row(Statement *row)
{
        const char *title = statement_text(row, 4);
        const char *path = statement_text(row, 3);
        return (Found){ .chunk_id = statement_int(row, 0), .score = statement_double(row, 1),
                        .document_id = g_strdup(statement_text(row, 2)),
                        .path = g_strdup_printf("%s/%s", statement_text(row, 6), path),
                        .title = title && *title ? g_strdup(title) : g_path_get_basename(path),
                        .sha256 = g_strdup(statement_text(row, 5)) };
}

/* The cursor's key: score and document, as the order has them. */
static bool key_read(const char *key, double *ret_score, const char **ret_id)
{
        char *end;
        *ret_score = -HUGE_VAL;
        *ret_id = "";
        if (!*key)
                return true;
        *ret_score = g_ascii_strtod(key, &end);
        *ret_id = *end == ' ' ? end + 1 : "";
        return *end == ' ';
}

static char *key_write(const Found *found)
{
        char score[G_ASCII_DTOSTR_BUF_SIZE];
        return g_strdup_printf("%s %s", g_ascii_dtostr(score, sizeof(score), found->score), found->document_id);
}

/* min() takes the other columns from the row that has the minimum. */
static const char search_sql[] =
        "WITH hits AS MATERIALIZED ("
        "  SELECT rowid AS id, rank AS score FROM chunks_fts WHERE chunks_fts MATCH :query),"
        " best AS MATERIALIZED ("
        "  SELECT c.sha256 AS sha256, h.id AS id, min(h.score) AS score"
        "  FROM hits h JOIN chunks c ON c.id = h.id GROUP BY c.sha256)"
        " SELECT b.id, b.score, d.id, d.path, t.title, d.sha256, r.path, count(*) OVER ()"
        " FROM best b JOIN documents d ON d.sha256 = b.sha256 JOIN roots r ON r.id = d.root_id"
        " JOIN document_text t ON t.sha256 = d.sha256"
        " WHERE d.is_active = 1 AND r.is_active = 1 AND (:root_id IS NULL OR d.root_id = :root_id)"
        " AND (:mime IS NULL OR d.mime GLOB :mime)"
        " ORDER BY b.score, d.id";

static bool search_page(Db *db, const SearchRequest *request, const char *expression, const char *key,
                        Page *page, GError **error)
{
        double after_score;
        const char *after_id;
        StepResult step;
        Statement *query = db_statement(db, search_sql, error);
        if (!query)
                return false;
        (void)key_read(key, &after_score, &after_id);
        statement_bind_text(query, ":query", expression);
        statement_bind_text(query, ":root_id", request->root_id);
        statement_bind_text(query, ":mime", request->mime);
        while ((step = statement_step(query, error)) == STEP_ROW) {
                page->total = statement_int(query, 7);
                double score = statement_double(query, 1);
                if (score < after_score ||
                    (score == after_score && strcmp(statement_text(query, 2), after_id) <= 0))
                        continue;
                page->more = page->found->len == request->limit;
                if (page->more)
                        return true;
                Found found = found_from_row(query);
                g_array_append_val(page->found, found);
        }
        return step == STEP_DONE;
}
