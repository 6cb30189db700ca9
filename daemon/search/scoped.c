/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranking under a scope. FTS5's bm25() weighs words by how many pieces of the whole table have them: scores would tell of
 * documents that are not seen. So the pieces that are seen and have any of the words are fetched with what they have of
 * each, and weighed here by the same formula over those alone; lengths are counted in characters. The words are looked
 * for once. A name that a text has from its file is no title here: the file may be another's. */
#include <math.h>
#include <string.h>

#include "search/ranking.h"

/* Of BM25, as FTS5 has them. */
#define BM25_K1      1.2
#define BM25_B       0.75
#define BM25_IDF_MIN 1e-6

typedef struct Piece {
        int64_t id, chars;
        const char *sha256; /* borrowed from the set */
        const double *hits; /* of each term */
        double score;
} Piece;

typedef struct Pool {
        GArray *pieces;       /* Piece */
        GPtrArray *hits;      /* what they point to */
        GHashTable *contents; /* set of sha256 */
        unsigned terms;       /* of a piece, those excluded too */
        double count, chars;  /* of all pieces that are seen */
} Pool;

static void pool_clear(Pool *pool)
{
        g_array_unref(pool->pieces);
        g_ptr_array_unref(pool->hits);
        g_hash_table_unref(pool->contents);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pool, pool_clear)

static const char pieces_sql[] =
        "SELECT f.rowid, c.char_end - c.char_start, c.sha256,"
        " phrase_hits(chunks_fts, iif(t.title IS NULL, 0.0, 6.0), 3.0, 1.0)"
        " FROM chunks_fts f CROSS JOIN chunks c ON c.id = f.rowid"
        " CROSS JOIN document_text t ON t.sha256 = c.sha256 WHERE chunks_fts MATCH :query";

static const char *keep_content(Pool *pool, const char *sha256)
{
        char *known = g_hash_table_lookup(pool->contents, sha256);

        if (known)
                return known;
        known = g_strdup(sha256);
        g_hash_table_add(pool->contents, known);
        return known;
}

static bool read_pieces(Db *db, const Query *query, Pool *pool, GError **error)
{
        Statement *row = db_statement(db, pieces_sql, error);
        StepResult step;

        if (!row)
                return false;
        statement_bind_text(row, ":query", query->each);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                size_t size;
                const void *blob = statement_blob(row, 3, &size);
                Piece piece = {.id = statement_int(row, 0),
                               .chars = statement_int(row, 1),
                               .sha256 = keep_content(pool, statement_text(row, 2)),
                               .hits = g_memdup2(blob, size)};

                pool->terms = (unsigned)(size / sizeof(double));
                g_ptr_array_add(pool->hits, (void *)piece.hits);
                g_array_append_val(pool->pieces, piece);
        }
        return step == STEP_DONE;
}

static bool read_totals(Db *db, Pool *pool, GError **error)
{
        Statement *row = db_statement(db,
                                      "SELECT (SELECT count(*) FROM chunks),"
                                      " (SELECT coalesce(sum(chars), 0) FROM document_text)",
                                      error);

        if (!row || statement_step(row, error) != STEP_ROW)
                return false;
        pool->count = MAX(statement_double(row, 0), 1);
        pool->chars = MAX(statement_double(row, 1), 1);
        return true;
}

/* ---- weighing ---- */

/* How telling each term is: the fewer pieces have it the more. */
static double *weigh_terms(const Pool *pool)
{
        double *weights = g_new0(double, pool->terms + 1);

        for (unsigned i = 0; i < pool->pieces->len; i++)
                for (unsigned t = 0; t < pool->terms; t++)
                        weights[t] += g_array_index(pool->pieces, Piece, i).hits[t] > 0;
        for (unsigned t = 0; t < pool->terms; t++)
                weights[t] = MAX(log((pool->count - weights[t] + 0.5) / (weights[t] + 0.5)),
                                 BM25_IDF_MIN);
        return weights;
}

static double weigh_piece(const Pool *pool, const Piece *piece, const double *weights,
                          unsigned terms)
{
        double average = pool->chars / pool->count, score = 0;
        double length = BM25_K1 * (1 - BM25_B + BM25_B * (double)piece->chars / average);

        for (unsigned t = 0; t < terms; t++)
                score -= weights[t] * piece->hits[t] * (BM25_K1 + 1) / (piece->hits[t] + length);
        return score;
}

static void weigh(Pool *pool, const Query *query)
{
        g_autofree double *weights = weigh_terms(pool);

        for (unsigned i = 0; i < pool->pieces->len; i++) {
                Piece *piece = &g_array_index(pool->pieces, Piece, i);

                piece->score = weigh_piece(pool, piece, weights, MIN(query->terms, pool->terms));
        }
}

/* Has it all, or any, of the terms, and none that is excluded? */
static bool matches(const Pool *pool, const Piece *piece, const Query *query, bool all)
{
        unsigned found = 0;

        for (unsigned t = 0; t < pool->terms; t++) {
                bool has = piece->hits[t] > 0;

                if (t < query->terms)
                        found += has;
                else if (has)
                        return false;
        }
        return all ? found == query->terms : found > 0;
}

/* content → its best Piece, borrowed. */
static GHashTable *best_pieces(const Pool *pool, const Query *query, bool all)
{
        GHashTable *best = g_hash_table_new(g_str_hash, g_str_equal);

        for (unsigned i = 0; i < pool->pieces->len; i++) {
                Piece *piece = &g_array_index(pool->pieces, Piece, i);
                const Piece *known = g_hash_table_lookup(best, piece->sha256);

                if (matches(pool, piece, query, all) && (!known || piece->score < known->score))
                        g_hash_table_insert(best, (char *)piece->sha256, piece);
        }
        return best;
}

/* ---- documents ---- */

static int compare_found(const void *left, const void *right)
{
        const Found *a = left, *b = right;

        if (a->score != b->score)
                return a->score < b->score ? -1 : 1;
        return strcmp(a->document_id, b->document_id);
}

static const char documents_sql[] =
        "SELECT 0, 0.0, d.id, d.path, t.title, d.sha256, r.path"
        " FROM documents d JOIN roots r ON r.id = d.root_id"
        " JOIN document_text t ON t.sha256 = d.sha256"
        " WHERE d.sha256 = :sha256 AND d.is_active = 1 AND r.is_active = 1"
        " AND (:root_id IS NULL OR d.root_id = :root_id) AND (:mime IS NULL OR d.mime GLOB :mime)";

static bool add_documents(Db *db, const SearchRequest *request, const Piece *piece, GArray *list,
                          GError **error)
{
        Statement *row = db_statement(db, documents_sql, error);
        StepResult step;

        if (!row)
                return false;
        statement_bind_text(row, ":sha256", piece->sha256);
        statement_bind_text(row, ":root_id", request->root_id);
        statement_bind_text(row, ":mime", request->mime);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                Found found = found_from_row(row);
                found.chunk_id = piece->id;
                found.score = piece->score;
                g_array_append_val(list, found);
        }
        return step == STEP_DONE;
}

/* All documents that have one of the contents, in order. */
static bool list_found(Db *db, const SearchRequest *request, GHashTable *best, GArray *list,
                       GError **error)
{
        GHashTableIter iter;
        void *piece;

        g_hash_table_iter_init(&iter, best);
        while (g_hash_table_iter_next(&iter, NULL, &piece))
                if (!add_documents(db, request, piece, list, error))
                        return false;
        g_array_sort(list, compare_found);
        return true;
}

static bool fill_page(GArray *list, const SearchRequest *request, Page *page, GError **error)
{
        Found begin = {0};
        const char *id;

        if (!page_begin(page, &begin.score, &id, error))
                return false;
        begin.document_id = (char *)id;
        page->total = list->len;
        for (unsigned i = 0; i < list->len && !page->more; i++) {
                Found *found = &g_array_index(list, Found, i);

                if (compare_found(found, &begin) <= 0)
                        continue;
                page->more = page->found->len == request->limit;
                if (page->more)
                        break;
                g_array_append_val(page->found, *found);
                *found = (Found){0}; /* the page has it now */
        }
        return true;
}

bool scoped_rank(Db *db, const SearchRequest *request, const Query *query, Ranking *ranking,
                 GError **error)
{
        g_auto(Pool)
                pool = {.pieces = g_array_new(FALSE, FALSE, sizeof(Piece)),
                        .hits = g_ptr_array_new_with_free_func(g_free),
                        .contents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
        g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Found));

        g_array_set_clear_func(list, found_clear);
        if (!read_pieces(db, query, &pool, error) || !read_totals(db, &pool, error))
                return false;
        weigh(&pool, query);
        ranking->expression = query->any ? query->any : query->all;
        for (ranking->all = true;; ranking->all = false) {
                g_autoptr(GHashTable) best = best_pieces(&pool, query, ranking->all);

                g_array_set_size(list, 0);
                if (!list_found(db, request, best, list, error))
                        return false;
                if (!ranking->all || list->len >= ranking_enough(query) || !query->any)
                        return fill_page(list, request, &ranking->page, error);
        }
}
