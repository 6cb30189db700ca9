/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source that is new is gone through for its words, and these are asked what they name. Names that are new are asked for
 * words: those of few files one by one; where there are more, all words are asked, for there are fewer of them. */
#include "code/mention-work.h"

#include <string.h>

#include "code/mention-cut.h"
#include "code/mention-link.h"
#include "code/symbols.h"

struct MentionWork {
        Store *vault;
        Access *access;
        /* all words are being asked: since when, and behind which; 0: they are not */
        int64_t sweep;
        char *name, *source, *word;
        MentionCuts *cuts;
};

/* What is read, until it is written. */
typedef struct Piece {
        MentionWork *work;
        uint64_t opening;     /* of the vault, when it began */
        Db *db;               /* NULL once it is read */
        GPtrArray *sources;   /* MentionSource, to have their words kept */
        GPtrArray *documents; /* id, content version: looked at */
        GPtrArray *links;     /* MentionLink */
        GHashTable *targets;  /* word and shape → array of MentionTarget */
        MentionSource *last;  /* looked at for evidence */
        int64_t seq;          /* of the journal, looked at; 0: none of it */
        GArray *modules;      /* Stamp, whose names were asked for */
        int64_t all;          /* … or all that were read until then */
        unsigned words;
        bool more;
} Piece;

typedef struct Stamp {
        int64_t module, parsed_at;
} Stamp;

static void source_destroy(void *source)
{
        (void)mention_source_free(source);
}

static void targets_destroy(void *targets)
{
        g_ptr_array_unref(targets);
}

static void piece_begin(Piece *piece, MentionWork *work)
{
        *piece = (Piece){
                .work = work,
                .opening = store_openings(work->vault),
                .sources = g_ptr_array_new_with_free_func(source_destroy),
                .documents = g_ptr_array_new_with_free_func(g_free),
                .links = g_ptr_array_new_with_free_func(mention_link_free),
                .targets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, targets_destroy),
                .modules = g_array_new(FALSE, FALSE, sizeof(Stamp))};
}

static void piece_clear(Piece *piece)
{
        g_clear_pointer(&piece->db, db_release);
        g_ptr_array_unref(piece->sources);
        g_ptr_array_unref(piece->documents);
        g_ptr_array_unref(piece->links);
        g_hash_table_unref(piece->targets);
        (void)mention_source_free(piece->last);
        g_array_unref(piece->modules);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Piece, piece_clear)

MentionWork *mention_work_new(Store *vault)
{
        MentionWork *work = g_new0(MentionWork, 1);

        work->vault = vault;
        work->access = access_new_system("pipeline");
        work->cuts = mention_cuts_new();
        return work;
}

static void end_sweep(MentionWork *work)
{
        work->sweep = 0;
        g_clear_pointer(&work->name, g_free);
        g_clear_pointer(&work->source, g_free);
        g_clear_pointer(&work->word, g_free);
}

MentionWork *mention_work_free(MentionWork *work)
{
        if (!work)
                return NULL;
        end_sweep(work);
        work->access = access_unref(work->access);
        work->cuts = mention_cuts_free(work->cuts);
        g_free(work);
        return NULL;
}

/* ---- what a word names ---- */

/* Borrowed; asked once for a piece. */
static GPtrArray *targets_of(Piece *piece, const char *word, unsigned shape, GError **error)
{
        g_autofree char *key = g_strdup_printf("%u %s", shape, word);
        GPtrArray *targets = g_hash_table_lookup(piece->targets, key);

        if (targets)
                return targets;
        targets = mention_targets(piece->db, word, shape, error);
        if (targets)
                g_hash_table_insert(piece->targets, g_steal_pointer(&key), targets);
        return targets;
}

static bool add_links(Piece *piece, const MentionSource *source, unsigned part,
                      const Mention *mention, GError **error)
{
        GPtrArray *targets = targets_of(piece, mention->word, mention->shape, error);

        for (unsigned i = 0; targets && i < targets->len; i++) {
                const MentionTarget *target = targets->pdata[i];
                bool known;

                if (!mention_link_is_known(piece->db, source->id, source->sha256, target->id,
                                           &known, error))
                        return false;
                if (!known)
                        g_ptr_array_add(piece->links,
                                        mention_link_new(source, part, mention, target));
        }
        return targets != NULL;
}

static bool add_source(Piece *piece, MentionSource *source, GError **error)
{
        g_ptr_array_add(piece->sources, source);
        if (source->cut)
                mention_cuts_note(piece->work->cuts, "MENTION_WORDS_MAX", source->id);
        for (unsigned i = 0; i < G_N_ELEMENTS(source->parts) && source->parts[i].field; i++) {
                const GPtrArray *words = source->parts[i].words;

                piece->words += words->len;
                for (unsigned k = 0; k < words->len; k++)
                        if (!add_links(piece, source, i, words->pdata[k], error))
                                return false;
        }
        return true;
}

/* Adds a source if it says something that counts. */
static bool load_source(Piece *piece, const char *id, GError **error)
{
        g_autoptr(GError) problem = NULL;
        MentionSource *source = mention_source_load(piece->db, id, &problem);

        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return source ? add_source(piece, source, error) : !problem;
}

/* ---- documents ---- */

#define PENDING                                                                                      \
        "SELECT d.id, d.sha256, t.chars FROM document_states s JOIN documents d"                     \
        " ON d.id = s.document_id AND d.sha256 = s.sha256 AND d.is_active = 1"                       \
        " JOIN roots r ON r.id = d.root_id AND r.is_active = 1"                                      \
        " JOIN document_text t ON t.sha256 = d.sha256 WHERE s.searchable = 1 AND NOT EXISTS"         \
        " (SELECT 1 FROM code_mention_sources k WHERE k.document_id = d.id AND k.sha256 = d.sha256)" \
        " LIMIT :limit"

static bool list_documents(Piece *piece, GError **error)
{
        Statement *row = db_statement(piece->db, PENDING, error);
        int64_t chars = 0;
        StepResult step = STEP_ERROR;

        if (!row)
                return false;
        statement_bind_int(row, ":limit", MENTIONS_DOCUMENTS);
        while (chars < MENTIONS_BYTES && (step = statement_step(row, error)) == STEP_ROW) {
                g_ptr_array_add(piece->documents, g_strdup(statement_text(row, 0)));
                g_ptr_array_add(piece->documents, g_strdup(statement_text(row, 1)));
                chars += statement_int(row, 2);
        }
        return step != STEP_ERROR;
}

/* Those that the words were too many for come with the next piece. */
static bool read_documents(Piece *piece, GError **error)
{
        unsigned i = 0;

        if (!list_documents(piece, error))
                return false;
        for (; i < piece->documents->len && piece->words < MENTIONS_WORDS; i += 2)
                if (!load_source(piece, piece->documents->pdata[i], error))
                        return false;
        g_ptr_array_set_size(piece->documents, (int)i);
        piece->more = i > 0;
        return true;
}

/* ---- facts ---- */

#define WRITTEN                                                                                    \
        "SELECT json_extract(m.row_id, '$.id') FROM mutations m WHERE m.seq > :after"              \
        " AND m.seq <= :last AND m.table_name = 'facts' AND m.op = 'insert'"                       \
        " AND m.actor_kind <> 'system'"

static bool read_places(Piece *piece, int64_t *ret_after, int64_t *ret_end, GError **error)
{
        Statement *row = db_statement(piece->db,
                                      "SELECT seq, (SELECT coalesce(max(seq), 0) FROM mutations)"
                                      " FROM code_mention_state",
                                      error);

        if (!row || statement_step(row, error) != STEP_ROW)
                return false;
        *ret_after = statement_int(row, 0);
        *ret_end = statement_int(row, 1);
        return true;
}

static bool read_facts(Piece *piece, GError **error)
{
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        int64_t after, end;
        StepResult step;

        if (!read_places(piece, &after, &end, error))
                return false;
        if (after >= end)
                return true;
        piece->seq = MIN(end, after + MENTIONS_ENTRIES);
        piece->more = piece->seq < end;
        Statement *row = db_statement(piece->db, WRITTEN, error);
        if (!row)
                return false;
        statement_bind_int(row, ":after", after);
        statement_bind_int(row, ":last", piece->seq);
        while ((step = statement_step(row, error)) == STEP_ROW)
                if (statement_text(row, 0))
                        g_ptr_array_add(ids, g_strdup(statement_text(row, 0)));
        for (unsigned i = 0; step == STEP_DONE && i < ids->len; i++)
                if (!load_source(piece, ids->pdata[i], error))
                        return false;
        return step == STEP_DONE;
}

/* ---- names ---- */

/* A word of a source that may name something new. */
typedef struct Hit {
        char *name, *source, *word;
        unsigned shape;
} Hit;

static void hit_clear(void *data)
{
        Hit *hit = data;

        g_free(hit->name);
        g_free(hit->source);
        g_free(hit->word);
}

static bool add_hits(Statement *row, GArray *hits, GError **error)
{
        StepResult step;

        while ((step = statement_step(row, error)) == STEP_ROW) {
                Hit hit = {g_strdup(statement_text(row, 0)), g_strdup(statement_text(row, 1)),
                           g_strdup(statement_text(row, 2)), (unsigned)statement_int(row, 3)};
                g_array_append_val(hits, hit);
        }
        return step == STEP_DONE;
}

static bool has_source(const Piece *piece, const char *id)
{
        return piece->last && strcmp(piece->last->id, id) == 0;
}

static bool take_source(Piece *piece, const char *id, GError **error)
{
        g_autoptr(GError) problem = NULL;

        if (has_source(piece, id))
                return true;
        (void)mention_source_free(piece->last);
        piece->last = mention_source_load(piece->db, id, &problem);
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return !problem;
}

/* Its words may be of an older text, until the newer one is looked at. */
static bool link_hit(Piece *piece, const Hit *hit, const MentionTarget *target, GError **error)
{
        unsigned part;

        if (!take_source(piece, hit->source, error))
                return false;
        const Mention *mention =
                piece->last ? mention_source_find(piece->last, hit->word, &part) : NULL;
        if (mention)
                g_ptr_array_add(piece->links, mention_link_new(piece->last, part, mention, target));
        return true;
}

static bool ask_hit(Piece *piece, const Hit *hit, GError **error)
{
        GPtrArray *targets = targets_of(piece, hit->word, hit->shape, error);

        for (unsigned i = 0; targets && i < targets->len; i++) {
                const MentionTarget *target = targets->pdata[i];
                bool known;

                if (!mention_link_is_known(piece->db, hit->source, NULL, target->id, &known, error))
                        return false;
                if (!known && !link_hit(piece, hit, target, error))
                        return false;
        }
        return targets != NULL;
}

/* Up to so many hits and links; *ret_done: how many. */
static bool ask_hits(Piece *piece, const GArray *hits, unsigned *ret_done, GError **error)
{
        unsigned i = 0;

        for (; i < hits->len && piece->links->len < MENTIONS_LINKS; i++)
                if (!ask_hit(piece, &g_array_index(hits, Hit, i), error))
                        return false;
        *ret_done = i;
        return true;
}

/* ---- names of few files ---- */

static bool list_files(Piece *piece, GError **error)
{
        Statement *row = db_statement(piece->db,
                                      "SELECT id, parsed_at FROM code_modules"
                                      " WHERE mentioned_at IS NOT parsed_at"
                                      " AND parsed_at IS NOT NULL LIMIT :limit",
                                      error);
        StepResult step;

        if (!row)
                return false;
        statement_bind_int(row, ":limit", MENTIONS_FILES_MAX + 1);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                Stamp stamp = {statement_int(row, 0), statement_int(row, 1)};
                g_array_append_val(piece->modules, stamp);
        }
        return step == STEP_DONE;
}

#define WORDS_OF_FILE                                                                              \
        "SELECT w.name, w.source, w.word, w.shape FROM code_symbols y CROSS JOIN"                  \
        " code_mention_words w ON w.name = y.name WHERE y.id BETWEEN :first AND :last"             \
        " UNION SELECT w.name, w.source, w.word, w.shape FROM code_modules m CROSS JOIN"           \
        " code_mention_words w ON w.name ="                                                        \
        " substr(m.path, CASE m.folder WHEN '' THEN 1 ELSE length(m.folder) + 2 END)"              \
        " WHERE m.id = :module LIMIT :limit"

/* More than so many words of one file's names are dropped, and that is noted. */
static bool cut_hits(Piece *piece, GArray *hits, int64_t module, GError **error)
{
        if (hits->len <= MENTIONS_FILE_HITS_MAX)
                return true;
        g_array_set_size(hits, MENTIONS_FILE_HITS_MAX);
        Statement *row =
                db_statement(piece->db, "SELECT path FROM code_modules WHERE id = :module", error);
        if (!row)
                return false;
        statement_bind_int(row, ":module", module);
        StepResult step = statement_step(row, error);
        if (step == STEP_ROW)
                mention_cuts_note(piece->work->cuts, "MENTIONS_FILE_HITS_MAX",
                                  statement_text(row, 0));
        return step != STEP_ERROR;
}

static bool ask_file(Piece *piece, int64_t module, GError **error)
{
        g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(Hit));
        Statement *row = db_statement(piece->db, WORDS_OF_FILE, error);
        unsigned done;

        g_array_set_clear_func(hits, hit_clear);
        if (!row)
                return false;
        statement_bind_int(row, ":module", module);
        statement_bind_int(row, ":first", symbol_id((uint32_t)module, 0));
        statement_bind_int(row, ":last", symbol_id((uint32_t)module, SYMBOL_FILE));
        statement_bind_int(row, ":limit", MENTIONS_FILE_HITS_MAX + 1);
        return add_hits(row, hits, error) && cut_hits(piece, hits, module, error) &&
               ask_hits(piece, hits, &done, error);
}

static bool exists(Db *db, const char *sql, bool *ret, GError **error)
{
        Statement *row = db_statement(db, sql, error);

        if (!row || statement_step(row, error) != STEP_ROW)
                return false;
        *ret = statement_int(row, 0) != 0;
        return true;
}

/* As many files as the links allow; the others come with the next piece. Without words none is read. */
static bool ask_files(Piece *piece, GError **error)
{
        unsigned i = 0;
        bool words;

        if (!exists(piece->db, "SELECT EXISTS (SELECT 1 FROM code_mention_words)", &words, error))
                return false;
        for (; words && i < piece->modules->len && piece->links->len < MENTIONS_LINKS; i++)
                if (!ask_file(piece, g_array_index(piece->modules, Stamp, i).module, error))
                        return false;
        piece->more = words && i < piece->modules->len;
        if (words)
                g_array_set_size(piece->modules, i);
        return true;
}

/* ---- all words ---- */

#define ALL_WORDS                                                                                  \
        "SELECT name, source, word, shape FROM code_mention_words"                                 \
        " WHERE (name, source, word) > (:name, :source, :word)"                                    \
        " ORDER BY name, source, word LIMIT :limit"

static void set_place(MentionWork *work, const Hit *hit)
{
        g_free(work->name);
        g_free(work->source);
        g_free(work->word);
        work->name = g_strdup(hit->name);
        work->source = g_strdup(hit->source);
        work->word = g_strdup(hit->word);
}

static bool sweep(Piece *piece, GError **error)
{
        MentionWork *work = piece->work;
        g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(Hit));
        Statement *row = db_statement(piece->db, ALL_WORDS, error);
        unsigned done;

        g_array_set_clear_func(hits, hit_clear);
        if (!row)
                return false;
        if (!work->sweep)
                work->sweep = clock_now();
        statement_bind_text(row, ":name", work->name ? work->name : "");
        statement_bind_text(row, ":source", work->source ? work->source : "");
        statement_bind_text(row, ":word", work->word ? work->word : "");
        statement_bind_int(row, ":limit", MENTIONS_HITS);
        if (!add_hits(row, hits, error) || !ask_hits(piece, hits, &done, error))
                return false;
        g_array_set_size(piece->modules, 0);
        piece->more = done > 0;
        piece->all = done > 0 ? 0 : work->sweep;
        if (done > 0)
                set_place(work, &g_array_index(hits, Hit, done - 1));
        else
                end_sweep(work);
        return true;
}

static bool read_names(Piece *piece, GError **error)
{
        if (!list_files(piece, error))
                return false;
        if (piece->work->sweep || piece->modules->len > MENTIONS_FILES_MAX)
                return sweep(piece, error);
        return ask_files(piece, error);
}

/* ---- writing ---- */

/* What was deleted for good since it was read leaves no word. */
static bool is_there(Db *db, const char *source_id, const char *repository_id, bool *ret,
                     GError **error)
{
        Statement *row = db_statement(
                db,
                "SELECT 1 WHERE (EXISTS (SELECT 1 FROM documents WHERE id = :source)"
                " OR EXISTS (SELECT 1 FROM facts WHERE id = :source)) AND (:repository IS NULL"
                " OR EXISTS (SELECT 1 FROM code_repositories WHERE id = :repository))",
                error);

        if (!row)
                return false;
        statement_bind_text(row, ":source", source_id);
        statement_bind_text(row, ":repository", repository_id);
        StepResult step = statement_step(row, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

static bool keep_document(Db *db, const char *id, const char *sha256, GError **error)
{
        Statement *row = db_statement(db,
                                      "INSERT OR REPLACE INTO code_mention_sources"
                                      " (document_id, sha256) VALUES (:id, :sha256)",
                                      error);

        if (!row || !mention_words_forget(db, id, error))
                return false;
        statement_bind_text(row, ":id", id);
        statement_bind_text(row, ":sha256", sha256);
        return statement_run(row, error);
}

static bool keep_source(Db *db, const MentionSource *source, GError **error)
{
        bool document = *source->sha256 != '\0', there;

        if (!is_there(db, source->id, NULL, &there, error))
                return false;
        return !there || (mention_words_write(db, source, error) &&
                          (!document || mention_links_refresh(db, source, error)));
}

static bool keep_link(Db *db, const Piece *piece, const MentionLink *link, GError **error)
{
        bool there, full;

        if (!is_there(db, link->source_id, link->target.repository_id, &there, error))
                return false;
        if (!there)
                return true;
        if (!mention_link_write(db, link, &full, error))
                return false;
        if (full)
                mention_cuts_note(piece->work->cuts, "MENTION_LINKS_PER_SOURCE_MAX",
                                  link->source_id);
        return true;
}

static bool keep_sources(Db *db, const Piece *piece, GError **error)
{
        for (unsigned i = 0; i < piece->documents->len; i += 2)
                if (!keep_document(db, piece->documents->pdata[i], piece->documents->pdata[i + 1],
                                   error))
                        return false;
        for (unsigned i = 0; i < piece->sources->len; i++)
                if (!keep_source(db, piece->sources->pdata[i], error))
                        return false;
        return true;
}

static bool keep_seq(Db *db, int64_t seq, GError **error)
{
        Statement *row = db_statement(db, "UPDATE code_mention_state SET seq = :seq", error);

        if (!row)
                return false;
        statement_bind_int(row, ":seq", seq);
        return statement_run(row, error);
}

static bool keep_file(Db *db, const Stamp *stamp, GError **error)
{
        Statement *row =
                db_statement(db,
                             "UPDATE code_modules SET mentioned_at = parsed_at WHERE id = :module"
                             " AND parsed_at = :at",
                             error);

        if (!row)
                return false;
        statement_bind_int(row, ":module", stamp->module);
        statement_bind_int(row, ":at", stamp->parsed_at);
        return statement_run(row, error);
}

static bool keep_all(Db *db, int64_t until, GError **error)
{
        Statement *row = db_statement(db,
                                      "UPDATE code_modules SET mentioned_at = parsed_at"
                                      " WHERE mentioned_at IS NOT parsed_at AND parsed_at < :until",
                                      error);

        if (!row)
                return false;
        statement_bind_int(row, ":until", until);
        return statement_run(row, error);
}

static bool write_work(Db *db, void *data, GError **error)
{
        const Piece *piece = data;

        if (store_openings(piece->work->vault) != piece->opening)
                return true; /* a backup may have been restored: all is looked at anew */
        if (!keep_sources(db, piece, error))
                return false;
        for (unsigned i = 0; i < piece->links->len; i++)
                if (!keep_link(db, piece, piece->links->pdata[i], error))
                        return false;
        for (unsigned i = 0; i < piece->modules->len; i++)
                if (!keep_file(db, &g_array_index(piece->modules, Stamp, i), error))
                        return false;
        return (!piece->seq || keep_seq(db, piece->seq, error)) &&
               (!piece->all || keep_all(db, piece->all, error));
}

static bool write_piece(Piece *piece, GError **error)
{
        WriteOptions options = {.actor = access_actor(piece->work->access),
                                .reason = "find mentions"};
        bool something = piece->documents->len > 0 || piece->links->len > 0 || piece->seq ||
                         piece->modules->len > 0 || piece->all;

        g_clear_pointer(&piece->db, db_release);
        if (something && !store_write(piece->work->vault, &options, write_work, piece, error))
                return false;
        mention_cuts_tell(piece->work->cuts);
        return true;
}

/* ---- a piece ---- */

static const struct {
        MentionsNews of;
        bool (*read)(Piece *piece, GError **error);
} kinds[] = {
        {MENTIONS_OF_DOCUMENTS, read_documents},
        {MENTIONS_OF_FACTS, read_facts},
        {MENTIONS_OF_SYMBOLS, read_names},
};

bool mention_work_piece(MentionWork *work, unsigned *news, GError **error)
{
        g_auto(Piece) piece;
        bool code = false;

        piece_begin(&piece, work);
        piece.db = store_reader(work->vault, /* scope= */ NULL, error);
        if (!piece.db ||
            !exists(piece.db, "SELECT EXISTS (SELECT 1 FROM code_modules)", &code, error))
                return false;
        for (unsigned i = 0; code && i < G_N_ELEMENTS(kinds); i++) {
                if (!(*news & kinds[i].of))
                        continue;
                if (!kinds[i].read(&piece, error) || !write_piece(&piece, error))
                        return false;
                if (!piece.more)
                        *news &= ~(unsigned)kinds[i].of;
                return true;
        }
        *news = 0;
        return true;
}

bool mentions_forget(Db *db, void *data, GError **error)
{
        return db_execute(db,
                          "DELETE FROM code_mention_words; DELETE FROM code_mention_sources;"
                          " UPDATE code_mention_state SET seq = 0",
                          error);
}
