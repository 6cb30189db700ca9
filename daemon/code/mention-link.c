/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/mention-link.h"

#include <string.h>

#include "code/symbols.h"

void mention_link_free(void *data)
{
        MentionLink *link = data;

        g_free(link->source_id);
        g_free(link->sha256);
        g_free(link->target.id);
        g_free(link->target.repository_id);
        g_free(link->target.title);
        g_free(link->mention);
        g_free(link->quote);
        g_free(link);
}

MentionLink *mention_link_new(const MentionSource *source, unsigned part, const Mention *mention,
                              const MentionTarget *target)
{
        const char *text = source->parts[part].text, *at = text + mention->byte;
        const char *from = at, *to = at + strlen(mention->text);
        int64_t chars = g_utf8_strlen(mention->text, -1);
        MentionLink *link = g_new0(MentionLink, 1);

        text_around(text, MAX(0, MENTION_QUOTE_CHARS - chars) / 2, &from, &to);
        link->source_id = g_strdup(source->id);
        link->sha256 = g_strdup(source->sha256);
        link->target = (MentionTarget){.id = g_strdup(target->id),
                                       .repository_id = g_strdup(target->repository_id),
                                       .title = g_strdup(target->title),
                                       .is_symbol = target->is_symbol,
                                       .kind = target->kind,
                                       .unique = target->unique};
        link->mention = g_strdup(mention->text);
        link->field = source->parts[part].field;
        link->quote = g_strndup(from, (size_t)(to - from));
        link->start = mention->start - g_utf8_strlen(from, at - from);
        link->end = link->start + g_utf8_strlen(link->quote, -1);
        return link;
}

static const char *kind_of(const char *source_id)
{
        return g_str_has_prefix(source_id, "fact-") ? "fact-symbol" : "document-symbol";
}

static bool run(Statement *statement, GError **error)
{
        return statement && statement_run(statement, error);
}

static Statement *prepare(Db *db, const char *sql, const char *source_id, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (statement)
                statement_bind_text(statement, ":source", source_id);
        return statement;
}

/* ---- the pair ---- */

typedef struct Pair {
        char *id;
        bool rejected, older;
} Pair;

/* Of a fact that says the same of the same entity a rejection counts, too. */
#define PAIR                                                                                       \
        "SELECT l.id, l.state = 'rejected', l.sha256 <> coalesce(:sha256,"                         \
        " (SELECT sha256 FROM documents WHERE id = :source), '') FROM autolinks l"                 \
        " WHERE l.kind = :kind AND l.left_id = :source AND l.right_id = :target"                   \
        " UNION ALL SELECT l.id, 1, 0 FROM autolinks l JOIN facts o ON o.id = l.left_id"           \
        " JOIN facts f ON f.id = :source WHERE l.right_id = :target AND l.kind = 'fact-symbol'"    \
        " AND l.state = 'rejected' AND o.object = f.object AND o.entity_id = f.entity_id LIMIT 1"

/* id stays NULL if there is none. The caller frees it. */
static bool find_pair(Db *db, const MentionLink *link, Pair *ret, GError **error)
{
        Statement *row = prepare(db, PAIR, link->source_id, error);

        if (!row)
                return false;
        statement_bind_text(row, ":kind", kind_of(link->source_id));
        statement_bind_text(row, ":target", link->target.id);
        statement_bind_text(row, ":sha256", link->sha256);
        StepResult step = statement_step(row, error);
        if (step == STEP_ROW)
                *ret = (Pair){g_strdup(statement_text(row, 0)), statement_int(row, 1) != 0,
                              statement_int(row, 2) != 0};
        return step != STEP_ERROR;
}

bool mention_link_is_known(Db *db, const char *source_id, const char *sha256, const char *target_id,
                           bool *ret, GError **error)
{
        MentionLink link = {.source_id = (char *)source_id,
                            .sha256 = (char *)sha256,
                            .target.id = (char *)target_id};
        Pair pair = {0};

        if (!find_pair(db, &link, &pair, error))
                return false;
        *ret = pair.id && (pair.rejected || !pair.older);
        g_free(pair.id);
        return true;
}

/* ---- what moved ---- */

/* Links of the source with symbols of that name and kind, whatever file they are in. */
#define NAMESAKES                                                                                  \
        "SELECT l.id, l.state, l.sha256 <> coalesce(:sha256, ''), l.right_id FROM autolinks l"     \
        " WHERE l.left_id = :source AND l.kind = :kind AND l.repository_id = :repository"          \
        " AND l.title = :title AND coalesce(l.symbol_kind, :symbol_kind) = :symbol_kind"           \
        " AND l.right_id <> :target AND substr(l.right_id, 1, 4) = 'sym-' ORDER BY l.id"

/* Links of the source with files of that name, whatever folder they are in: the same word named them, or the text does not have
 * theirs any more. */
#define NAMED_ALIKE                                                                                \
        "SELECT l.id, l.state, l.sha256 <> coalesce(:sha256, ''), l.right_id FROM autolinks l"     \
        " WHERE l.left_id = :source AND l.kind = :kind AND l.repository_id = :repository"          \
        " AND substr('/' || l.title, -length(:name) - 1) = '/' || :name"                           \
        " AND l.right_id <> :target AND substr(l.right_id, 1, 5) = 'repo-'"                        \
        " AND (l.mention = :mention OR (l.kind = 'document-symbol' AND NOT EXISTS (SELECT 1"       \
        " FROM documents d JOIN document_text t ON t.sha256 = d.sha256 WHERE d.id = :source"       \
        " AND instr(t.text, l.mention) > 0))) ORDER BY l.id"

static Statement *select_symbol(Db *db, const char *id, GError **error)
{
        Statement *row = db_statement(db, "SELECT 1 FROM code_symbols WHERE hash = :hash", error);
        int64_t hash = 0;

        (void)symbol_hash_from_text(id, &hash);
        if (row)
                statement_bind_int(row, ":hash", hash);
        return row;
}

/* "repo-…:path" */
static Statement *select_file(Db *db, const char *id, GError **error)
{
        Statement *row =
                db_statement(db,
                             "SELECT 1 FROM code_states s JOIN code_modules m"
                             " ON m.repository = s.number WHERE s.repository_id = :repository"
                             " AND m.folder = :folder AND m.path = :path",
                             error);
        const char *colon = strchr(id, ':');
        const char *path = colon ? colon + 1 : "";
        g_autofree char *repository = g_strndup(id, colon ? (size_t)(colon - id) : 0);
        g_autofree char *folder = g_path_get_dirname(path);

        if (!row)
                return NULL;
        statement_bind_text(row, ":repository", repository);
        statement_bind_text(row, ":folder", strcmp(folder, ".") == 0 ? "" : folder);
        statement_bind_text(row, ":path", path);
        return row;
}

static bool is_gone(Db *db, const char *target, bool *ret, GError **error)
{
        Statement *row = g_str_has_prefix(target, SYMBOL_ID_PREFIX)
                                 ? select_symbol(db, target, error)
                                 : select_file(db, target, error);
        StepResult step = row ? statement_step(row, error) : STEP_ERROR;

        *ret = step == STEP_DONE;
        return step != STEP_ERROR;
}

typedef struct Namesake {
        char *id, *state, *target;
        bool older;
} Namesake;

static void namesake_clear(void *data)
{
        Namesake *namesake = data;

        g_free(namesake->id);
        g_free(namesake->state);
        g_free(namesake->target);
}

static void bind_file(Statement *row, const MentionLink *link)
{
        const char *slash = strrchr(link->target.title, '/');

        statement_bind_text(row, ":name", slash ? slash + 1 : link->target.title);
        statement_bind_text(row, ":mention", link->mention);
}

static void bind_symbol(Statement *row, const MentionLink *link)
{
        statement_bind_text(row, ":title", link->target.title);
        statement_bind_int(row, ":symbol_kind", link->target.kind);
}

static GArray *list_namesakes(Db *db, const MentionLink *link, GError **error)
{
        g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Namesake));
        Statement *row = prepare(db, link->target.is_symbol ? NAMESAKES : NAMED_ALIKE,
                                 link->source_id, error);
        StepResult step;

        g_array_set_clear_func(list, namesake_clear);
        if (!row)
                return NULL;
        statement_bind_text(row, ":kind", kind_of(link->source_id));
        statement_bind_text(row, ":sha256", link->sha256);
        statement_bind_text(row, ":repository", link->target.repository_id);
        statement_bind_text(row, ":target", link->target.id);
        (link->target.is_symbol ? bind_symbol : bind_file)(row, link);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                Namesake namesake = {g_strdup(statement_text(row, 0)),
                                     g_strdup(statement_text(row, 1)),
                                     g_strdup(statement_text(row, 3)), statement_int(row, 2) != 0};
                g_array_append_val(list, namesake);
        }
        return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

/* The link whose symbol or file is gone. Of several that were not decided alike none: who could say which went where? */
static bool find_former(Db *db, const MentionLink *link, Pair *ret, GError **error)
{
        g_autoptr(GArray) list = list_namesakes(db, link, error);
        const Namesake *former = NULL;

        for (unsigned i = 0; list && i < list->len; i++) {
                const Namesake *namesake = &g_array_index(list, Namesake, i);
                bool gone;

                if (!is_gone(db, namesake->target, &gone, error))
                        return false;
                if (gone && former && strcmp(former->state, namesake->state) != 0)
                        return true;
                if (gone && !former)
                        former = namesake;
        }
        if (former)
                *ret = (Pair){g_strdup(former->id), g_str_equal(former->state, "rejected"),
                              former->older};
        return list != NULL;
}

/* The link goes on to the symbol or file, with what was decided. */
static bool move(Db *db, const char *id, const MentionLink *link, GError **error)
{
        Statement *update = db_statement(db,
                                         "UPDATE autolinks SET right_id = :target,"
                                         " resolution = :resolution, symbol_kind = :symbol_kind,"
                                         " title = :title, mention = coalesce(:mention, mention)"
                                         " WHERE id = :id",
                                         error);

        if (!update)
                return false;
        statement_bind_text(update, ":id", id);
        statement_bind_text(update, ":target", link->target.id);
        statement_bind_text(update, ":resolution", link->target.unique ? "unique" : "several");
        statement_bind_text(update, ":title", link->target.title);
        if (link->target.is_symbol)
                statement_bind_int(update, ":symbol_kind", link->target.kind);
        else
                statement_bind_text(update, ":mention", link->mention);
        return statement_run(update, error);
}

/* ---- writing ---- */

static bool set_evidence(Db *db, const char *id, const MentionLink *link, GError **error)
{
        Statement *update =
                db_statement(db,
                             "UPDATE autolinks SET quote = :quote, quote_start = :start,"
                             " quote_end = :end, sha256 = :sha256 WHERE id = :id",
                             error);

        if (!update)
                return false;
        statement_bind_text(update, ":id", id);
        statement_bind_text(update, ":quote", link->quote);
        statement_bind_int(update, ":start", link->start);
        statement_bind_int(update, ":end", link->end);
        statement_bind_text(update, ":sha256", link->sha256);
        return statement_run(update, error);
}

/* Is the source still what was looked at? */
static bool is_current(Db *db, const MentionLink *link, bool *ret, GError **error)
{
        Statement *row = prepare(db,
                                 "SELECT 1 FROM documents WHERE id = :source AND sha256 = :sha256"
                                 " AND is_active = 1 UNION ALL SELECT 1 FROM facts"
                                 " WHERE id = :source AND is_active = 1",
                                 link->source_id, error);

        if (!row)
                return false;
        statement_bind_text(row, ":sha256", link->sha256);
        StepResult step = statement_step(row, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

static bool is_full(Db *db, const MentionLink *link, bool *ret, GError **error)
{
        Statement *row = prepare(db,
                                 "SELECT count(*) FROM autolinks WHERE left_id = :source"
                                 " AND state = 'proposed' AND repository_id = :repository",
                                 link->source_id, error);

        if (!row)
                return false;
        statement_bind_text(row, ":repository", link->target.repository_id);
        if (statement_step(row, error) != STEP_ROW)
                return false;
        *ret = statement_int(row, 0) >= MENTION_LINKS_PER_SOURCE_MAX;
        return true;
}

static bool insert(Db *db, const MentionLink *link, GError **error)
{
        g_autofree char *id = id_new("link");
        Statement *row = prepare(
                db,
                "INSERT INTO autolinks (id, kind, left_id, right_id, quote, quote_start, quote_end,"
                " sha256, proposed_by, proposed_at, state, repository_id, title, mention, field,"
                " resolution, symbol_kind) VALUES (:id, :kind, :source, :target, :quote, :start, :end, :sha256,"
                " 'pipeline', :now, 'proposed', :repository, :title, :mention, :field, :resolution,"
                " :symbol_kind)",
                link->source_id, error);

        if (!row)
                return false;
        statement_bind_text(row, ":id", id);
        statement_bind_text(row, ":kind", kind_of(link->source_id));
        statement_bind_text(row, ":target", link->target.id);
        statement_bind_text(row, ":quote", link->quote);
        statement_bind_int(row, ":start", link->start);
        statement_bind_int(row, ":end", link->end);
        statement_bind_text(row, ":sha256", link->sha256);
        statement_bind_int(row, ":now", clock_now());
        statement_bind_text(row, ":repository", link->target.repository_id);
        statement_bind_text(row, ":title", link->target.title);
        statement_bind_text(row, ":mention", link->mention);
        statement_bind_text(row, ":field", link->field);
        statement_bind_text(row, ":resolution", link->target.unique ? "unique" : "several");
        if (link->target.is_symbol)
                statement_bind_int(row, ":symbol_kind", link->target.kind);
        return statement_run(row, error);
}

bool mention_link_write(Db *db, const MentionLink *link, bool *ret_full, GError **error)
{
        bool current;
        Pair pair = {0};

        *ret_full = false;
        if (!is_current(db, link, &current, error))
                return false;
        if (!current)
                return true;
        if (!find_pair(db, link, &pair, error))
                return false;
        bool there = pair.id != NULL;
        if (!there && !find_former(db, link, &pair, error))
                return false;
        g_autofree char *id = pair.id;
        if (id && !there && !move(db, id, link, error))
                return false;
        if (id)
                return pair.rejected || !pair.older || set_evidence(db, id, link, error);
        return is_full(db, link, ret_full, error) && (*ret_full || insert(db, link, error));
}

/* ---- a newer text ---- */

bool mention_links_refresh(Db *db, const MentionSource *source, GError **error)
{
        g_autoptr(GPtrArray) older = g_ptr_array_new_with_free_func(g_free);
        const char *text = source->parts[0].text;
        Statement *row = prepare(db,
                                 "SELECT id, quote FROM autolinks WHERE left_id = :source"
                                 " AND kind = 'document-symbol' AND state <> 'rejected'"
                                 " AND sha256 <> :sha256",
                                 source->id, error);
        StepResult step;

        if (!row)
                return false;
        statement_bind_text(row, ":sha256", source->sha256);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                g_ptr_array_add(older, g_strdup(statement_text(row, 0)));
                g_ptr_array_add(older, g_strdup(statement_text(row, 1)));
        }
        for (unsigned i = 0; step == STEP_DONE && i < older->len; i += 2) {
                MentionLink link = {.quote = older->pdata[i + 1], .sha256 = source->sha256};
                const char *at = strstr(text, link.quote);

                if (!at)
                        continue;
                link.start = (int64_t)text_chars(text, (size_t)(at - text));
                link.end = link.start + g_utf8_strlen(link.quote, -1);
                if (!set_evidence(db, older->pdata[i], &link, error))
                        return false;
        }
        return step == STEP_DONE;
}

/* ---- words ---- */

bool mention_words_forget(Db *db, const char *source_id, GError **error)
{
        return run(prepare(db, "DELETE FROM code_mention_words WHERE source = :source", source_id,
                           error),
                   error) &&
               run(prepare(db, "DELETE FROM code_mention_sources WHERE document_id = :source",
                           source_id, error),
                   error);
}

static bool write_word(Db *db, const char *source_id, const Mention *mention, GError **error)
{
        Statement *row = prepare(db,
                                 "INSERT INTO code_mention_words (name, source, word, shape) VALUES"
                                 " (:name, :source, :word, :shape) ON CONFLICT DO UPDATE"
                                 " SET shape = shape | excluded.shape",
                                 source_id, error);

        if (!row)
                return false;
        statement_bind_text(row, ":name", mention->name);
        statement_bind_text(row, ":word", mention->word);
        statement_bind_int(row, ":shape", mention->shape);
        return statement_run(row, error);
}

bool mention_words_write(Db *db, const MentionSource *source, GError **error)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(source->parts) && source->parts[i].field; i++)
                for (unsigned k = 0; k < source->parts[i].words->len; k++)
                        if (!write_word(db, source->id, source->parts[i].words->pdata[k], error))
                                return false;
        return true;
}
