/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Search: FTS5 ranks pieces; the best piece of each content stands for it; contents become the documents that
 * have them and that the caller may see. Equal scores are in order of document id, so pages do not overlap. */
#include "search/search-room.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "search/excerpt.h"
#include "search/ranking.h"

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

void found_clear(void *data)
{
        Found *found = data;
        g_free(found->document_id);
        g_free(found->title);
        g_free(found->path);
        g_free(found->sha256);
}

Found found_from_row(Statement *row)
{
        const char *title = statement_text(row, 4);
        const char *path = statement_text(row, 3);
        return (Found){.chunk_id = statement_int(row, 0),
                       .score = statement_double(row, 1),
                       .document_id = g_strdup(statement_text(row, 2)),
                       .path = g_strdup_printf("%s/%s", statement_text(row, 6), path),
                       .title = title && *title ? g_strdup(title) : g_path_get_basename(path),
                       .sha256 = g_strdup(statement_text(row, 5))};
}

bool page_begin(const Page *page, double *ret_score, const char **ret_id, GError **error)
{
        char *end;
        *ret_score = -HUGE_VAL;
        *ret_id = "";
        if (!*page->key)
                return true;
        *ret_score = g_ascii_strtod(page->key, &end);
        if (*end == ' ') {
                *ret_id = end + 1;
                return true;
        }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE, "after: the cursor is damaged");
        return false;
}

static char *key_write(const Found *found)
{
        char score[G_ASCII_DTOSTR_BUF_SIZE];
        return g_strdup_printf("%s %s", g_ascii_dtostr(score, sizeof(score), found->score),
                               found->document_id);
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

static bool search_page(Db *db, const SearchRequest *request, const char *expression, Page *page,
                        GError **error)
{
        double after_score;
        const char *after_id;
        StepResult step;
        Statement *query = db_statement(db, search_sql, error);
        if (!query)
                return false;
        if (!page_begin(page, &after_score, &after_id, error))
                return false;
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

/* ---- results ---- */

/* Text, heading and offset of a piece, with marks around the hits. */
static const char excerpt_sql[] =
        "SELECT highlight(chunks_fts, 2, '" EXCERPT_OPEN "', '" EXCERPT_CLOSE
        "'), c.heading, c.char_start,"
        " coalesce(nullif(t.title, ''), t.name), t.map"
        " FROM chunks_fts f JOIN chunks c ON c.id = f.rowid JOIN document_text t ON t.sha256 = c.sha256"
        " WHERE chunks_fts MATCH :query AND f.rowid = :id";

static void add_place(JsonObject *result, Statement *row, int64_t character)
{
        size_t size;
        const void *map = statement_blob(row, 4, &size);
        TextPlace place = textmap_find(map, size, character);
        textmap_to_json(place, result);
}

static bool add_result(Db *db, const char *expression, const Found *found, JsonArray *results,
                       GError **error)
{
        Statement *row = db_statement(db, excerpt_sql, error);
        if (!row)
                return false;
        statement_bind_text(row, ":query", expression);
        statement_bind_int(row, ":id", found->chunk_id);
        StepResult step = statement_step(row, error);
        if (step != STEP_ROW)
                return step == STEP_DONE; /* cannot be in one snapshot */
        Excerpt excerpt = excerpt_make(statement_text(row, 0));
        g_autofree char *text = excerpt.text;
        int64_t base = statement_int(row, 2);
        JsonObject *result = json_object_new();
        json_set_string(result, "doc_id", found->document_id);
        json_set_string(result, "title", found->title);
        json_set_string(result, "path", found->path);
        json_set_string(result, "heading", statement_text(row, 1));
        json_set_string(result, "excerpt", text);
        json_object_set_double_member(result, "score", -found->score);
        json_object_set_int_member(result, "char_start", base + excerpt.char_start);
        json_object_set_int_member(result, "char_end", base + excerpt.char_end);
        add_place(result, row, base + excerpt.char_start);
        json_set_string(result, "source", "bm25");
        json_array_add_object_element(results, result);
        return true;
}

static void page_reset(Page *page)
{
        g_array_set_size(page->found, 0);
        page->more = false;
        page->total = 0;
}

/* Pieces with all words; if there are none, with any. A question in many words is seldom met by all of
 * them, so a few such pieces are not taken for the whole answer. */
static bool rank(Db *db, const SearchRequest *request, const Query *query, Ranking *ranking,
                 GError **error)
{
        ranking->all = true;
        ranking->expression = query->all;
        if (request->scoped)
                return scoped_rank(db, request, query, ranking, error);
        if (!search_page(db, request, query->all, &ranking->page, error))
                return false;
        if (ranking->page.total >= ranking_enough(query) || !query->any)
                return true;
        page_reset(&ranking->page);
        ranking->all = false;
        ranking->expression = query->any;
        return search_page(db, request, query->any, &ranking->page, error);
}

static JsonObject *ranking_to_json(Db *db, const Ranking *ranking, const char *filters,
                                   GError **error)
{
        g_autoptr(JsonArray) results = json_array_new();
        const GArray *found = ranking->page.found;
        for (unsigned i = 0; i < found->len; i++)
                if (!add_result(db, ranking->expression, &g_array_index(found, Found, i), results,
                                error))
                        return NULL;
        g_autofree char *last =
                ranking->page.more ? key_write(&g_array_index(found, Found, found->len - 1)) : NULL;
        g_autofree char *next = last ? cursor_new("search", filters, last) : NULL;
        JsonObject *answer = json_object_new();
        json_object_set_array_member(answer, "results", g_steal_pointer(&results));
        json_object_set_int_member(answer, "total", ranking->page.total);
        json_set_string(answer, "matched", ranking->all ? "all" : "any");
        json_set_string(answer, "next", next);
        return answer;
}

static void add_timing(JsonObject *answer, int64_t started)
{
        JsonObject *timing = json_object_new();
        json_object_set_double_member(timing, "bm25",
                                      (double)(g_get_monotonic_time() - started) / 1000);
        json_object_set_object_member(answer, "timing_ms", timing);
}

static bool request_check(const SearchRequest *request, GError **error)
{
        if (request->root_id && !id_is_valid(request->root_id, "root")) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "\"%.64s\" is no root id (root-…)", request->root_id);
                return false;
        }
        if (request->mime && strpbrk(request->mime, "[]?")) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "mime: a type such as text/html, or a family such as text/*");
                return false;
        }
        return true;
}

/* A root that was removed is searched no more; that must not look like nothing found. */
static bool root_check(Db *db, const char *root_id, GError **error)
{
        Statement *query =
                db_statement(db, "SELECT 1 FROM roots WHERE id = :id AND is_active = 1", error);
        if (!query)
                return false;
        statement_bind_text(query, ":id", root_id);
        StepResult step = statement_step(query, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no root \"%s\"", root_id);
        return step == STEP_ROW;
}

JsonObject *search_run(Search *search, const Access *access, SearchRequest *request, GError **error)
{
        int64_t started = g_get_monotonic_time();
        g_autoptr(Query) query = query_parse(request->query, error);
        if (!query || !request_check(request, error))
                return NULL;
        g_autofree char *filters = g_strdup_printf("%s\n%s\n%s", request->query,
                                                   request->root_id ? request->root_id : "",
                                                   request->mime ? request->mime : "");
        g_autofree char *key = cursor_key("search", filters, request->after, error);
        g_autoptr(Db) db = key ? store_reader(search->vault, access_scope(access), error) : NULL;
        if (!db || (request->root_id && !root_check(db, request->root_id, error)))
                return NULL;
        g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Found));
        g_array_set_clear_func(found, found_clear);
        request->scoped = access_scope(access) != NULL;
        Ranking ranking = {.page = {.key = key, .found = found}};
        if (!rank(db, request, query, &ranking, error))
                return NULL;
        JsonObject *answer = ranking_to_json(db, &ranking, filters, error);
        if (answer)
                add_timing(answer, started);
        return answer;
}
