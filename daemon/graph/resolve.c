/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See resolve.h. Candidates come from indexes, by each way in which names may be alike; then each is compared with all
 * its names, and the best of them counts. */
#include "graph/resolve.h"

#include <string.h>

#include "graph/entity-key.h"
#include "graph/entity.h"
#include "graph/fact.h"

#define CANDIDATES_MAX 500  /* compared */
#define KEY_MAX        200  /* candidates of one key */
#define WORDS_SCANNED  4000 /* that begin, or end, like a word */
#define SIMILAR_MAX    8    /* words like one of the name's that are followed */
#define CROSSED_MAX    4    /* of them, together with those of the next word */

#define SCORE_IDENTIFIER 0.97 /* an address or the like of its facts */
#define ALIAS_WEIGHT     0.99 /* a name is nearer than an alias */

/* One entity, merges followed, and its most alike name. */
typedef struct Candidate {
        Entity *entity;
        NameMatch match;
        char *via;
} Candidate;

static void candidate_free(gpointer data)
{
        Candidate *candidate = data;

        (void)entity_free(candidate->entity);
        g_free(candidate->via);
        g_free(candidate);
}

typedef struct Search {
        Db *db;
        const NameRules *rules;
        const ResolveQuery *query;
        NameForm *form;
        GHashTable *ids;        /* of entities to compare */
        GHashTable *candidates; /* entity → Candidate */
} Search;

/* ---- gathering ---- */

/* Adds the ids that a statement, bound, finds; tells how many. */
static bool add_found(Search *search, Statement *statement, unsigned *ret_count, GError **error)
{
        StepResult step = STEP_DONE;
        unsigned count = 0;

        while (g_hash_table_size(search->ids) < CANDIDATES_MAX &&
               (step = statement_step(statement, error)) == STEP_ROW) {
                g_hash_table_add(search->ids, g_strdup(statement_text(statement, 0)));
                count++;
        }
        if (ret_count)
                *ret_count = count;
        return step != STEP_ERROR;
}

static bool add_by_key(Search *search, const char *kind, const char *key, unsigned *ret_count,
                       GError **error)
{
        Statement *statement =
                key ? db_statement(search->db,
                                   "SELECT entity_id FROM entity_keys WHERE kind = :kind"
                                   " AND key = :key LIMIT :limit",
                                   error)
                    : NULL;

        if (!statement)
                return key == NULL;
        statement_bind_text(statement, ":kind", kind);
        statement_bind_text(statement, ":key", key);
        statement_bind_int(statement, ":limit", KEY_MAX);
        return add_found(search, statement, ret_count, error);
}

static bool add_by_sql(Search *search, const char *sql, const char *key, GError **error)
{
        Statement *statement = db_statement(search->db, sql, error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":key", key);
        statement_bind_int(statement, ":limit", KEY_MAX);
        return add_found(search, statement, /* ret_count= */ NULL, error);
}

/* Exactly so: documents too, which have no other keys. */
static bool add_exact(Search *search, GError **error)
{
        return add_by_sql(search,
                          "SELECT id FROM entities WHERE name_key = :key AND is_active = 1"
                          " LIMIT :limit",
                          search->form->key, error) &&
               add_by_sql(search,
                          "SELECT entity_id FROM entity_aliases WHERE alias_key = :key"
                          " AND is_active = 1 LIMIT :limit",
                          search->form->key, error);
}

static bool add_alike(Search *search, GError **error)
{
        const NameForm *form = search->form;

        return add_by_key(search, KEY_SORTED, form->sorted, /* ret_count= */ NULL, error) &&
               add_by_key(search, KEY_SQUASHED, form->squashed, /* ret_count= */ NULL, error) &&
               add_by_key(search, KEY_WORD, form->squashed, /* ret_count= */ NULL, error) &&
               add_by_key(search, KEY_BRIEF, form->brief, /* ret_count= */ NULL, error) &&
               add_by_key(search, KEY_ACRONYM,
                          form->core[0] && !form->core[1] ? form->squashed : NULL,
                          /* ret_count= */ NULL, error) &&
               add_by_key(search, KEY_WORD, form->acronym, /* ret_count= */ NULL, error);
}

/* ---- words like those of the name ---- */

typedef struct Similar {
        char *word;
        unsigned distance;
        bool many; /* more entities have it than were taken */
} Similar;

static void similar_clear(gpointer data)
{
        g_free(((Similar *)data)->word);
}

static int compare_similar(gconstpointer a, gconstpointer b)
{
        const Similar *x = a, *y = b;

        return x->distance != y->distance ? (x->distance > y->distance ? 1 : -1)
                                          : strcmp(x->word, y->word);
}

static unsigned mistakes(glong letters)
{
        return letters < KEY_REVERSED_MIN ? 0 : letters < 8 ? 1 : 2;
}

static void keep_similar(GArray *found, const char *word, const char *other, unsigned max)
{
        Similar similar = {.distance = text_distance(word, other, max)};

        if (similar.distance > max)
                return;
        for (unsigned i = 0; i < found->len; i++)
                if (strcmp(g_array_index(found, Similar, i).word, other) == 0)
                        return;
        similar.word = g_strdup(other);
        g_array_append_val(found, similar);
}

/* Words that begin like this one; kind KEY_REVERSED: that end so. A mistake is in one half of a word or in the other. */
static bool scan_words(Db *db, const char *kind, const char *word, GArray *found, GError **error)
{
        bool reversed = strcmp(kind, KEY_REVERSED) == 0;
        g_autofree char *key = reversed ? entity_key_reverse(word) : g_strdup(word);
        glong letters = g_utf8_strlen(word, -1);
        g_autofree char *begin = g_utf8_substring(key, 0, MAX((letters - 1) / 2, 1));
        g_autofree char *end = g_strconcat(begin, "\xf4\x8f\xbf\xbf", NULL); /* U+10FFFF */
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT DISTINCT key FROM (SELECT key FROM entity_keys WHERE kind = :kind"
                " AND key >= :begin AND key < :end LIMIT :limit)",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":kind", kind);
        statement_bind_text(statement, ":begin", begin);
        statement_bind_text(statement, ":end", end);
        statement_bind_int(statement, ":limit", WORDS_SCANNED);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                const char *other = statement_text(statement, 0);
                g_autofree char *turned = reversed ? entity_key_reverse(other) : NULL;

                keep_similar(found, word, turned ?: other, mistakes(letters));
        }
        return step == STEP_DONE;
}

/* The word itself, and words that it may be mistyped from, nearest first. */
static GArray *find_similar(Db *db, const char *word, GError **error)
{
        GArray *found = g_array_new(FALSE, FALSE, sizeof(Similar));
        bool ok = true;

        g_array_set_clear_func(found, similar_clear);
        keep_similar(found, word, word, 0);
        if (mistakes(g_utf8_strlen(word, -1)) > 0)
                ok = scan_words(db, KEY_WORD, word, found, error) &&
                     scan_words(db, KEY_REVERSED, word, found, error);
        g_array_sort(found, compare_similar);
        if (ok)
                return found;
        g_array_unref(found);
        return NULL;
}

static bool add_similar(Search *search, GArray *similar, GError **error)
{
        for (unsigned i = 0; i < MIN(similar->len, SIMILAR_MAX); i++) {
                Similar *word = &g_array_index(similar, Similar, i);
                unsigned count;

                if (!add_by_key(search, KEY_WORD, word->word, &count, error))
                        return false;
                word->many = count >= KEY_MAX;
        }
        return true;
}

/* Entities that have both words, where either alone has too many. */
static bool add_crossed(Search *search, GArray *left, GArray *right, GError **error)
{
        for (unsigned i = 0; i < MIN(left->len, CROSSED_MAX); i++)
                for (unsigned j = 0; j < MIN(right->len, CROSSED_MAX); j++) {
                        const Similar *a = &g_array_index(left, Similar, i);
                        const Similar *b = &g_array_index(right, Similar, j);
                        Statement *statement;

                        if (!a->many || !b->many)
                                continue;
                        statement = db_statement(
                                search->db,
                                "SELECT a.entity_id FROM entity_keys a WHERE a.kind = '" KEY_WORD
                                "' AND a.key = :a AND EXISTS (SELECT 1 FROM entity_keys b"
                                " WHERE b.kind = '" KEY_WORD
                                "' AND b.key = :b AND b.entity_id = a.entity_id) LIMIT :limit",
                                error);
                        if (!statement)
                                return false;
                        statement_bind_text(statement, ":a", a->word);
                        statement_bind_text(statement, ":b", b->word);
                        statement_bind_int(statement, ":limit", KEY_MAX);
                        if (!add_found(search, statement, /* ret_count= */ NULL, error))
                                return false;
                }
        return true;
}

/* Words with the most letters tell most: what is too much is left of the others. */
static bool add_by_words(Search *search, GError **error)
{
        g_autoptr(GPtrArray) similar =
                g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
        char **core = search->form->core;

        for (; *core; core++) {
                GArray *words = find_similar(search->db, *core, error);

                if (!words)
                        return false;
                g_ptr_array_add(similar, words);
        }
        for (unsigned i = 0; i < similar->len; i++)
                if (!add_similar(search, similar->pdata[i], error))
                        return false;
        for (unsigned i = 1; i < similar->len; i++)
                if (!add_crossed(search, similar->pdata[i - 1], similar->pdata[i], error))
                        return false;
        return true;
}

/* ---- comparing ---- */

/* Keeps the better of what is there and this. */
static void keep(Search *search, Entity *entity, NameMatch match, const char *via)
{
        Candidate *candidate = g_hash_table_lookup(search->candidates, entity->id);

        if (match.score < RESOLVE_SCORE_MIN ||
            (candidate && candidate->match.score >= match.score)) {
                (void)entity_free(entity);
                return;
        }
        candidate = g_new0(Candidate, 1);
        candidate->entity = entity;
        candidate->match = match;
        candidate->via = g_strdup(via);
        g_hash_table_replace(search->candidates, entity->id, candidate);
}

/* The most alike of the names of one entity, merged or not. */
static bool match_names(Search *search, const char *id, NameMatch *ret, char **ret_via,
                        GError **error)
{
        StepResult step;
        Statement *statement =
                db_statement(search->db,
                             "SELECT name, 0 FROM entities WHERE id = :id UNION ALL"
                             " SELECT alias, 1 FROM entity_aliases WHERE entity_id = :id"
                             " AND is_active = 1",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                g_autoptr(NameForm) form =
                        name_form_new(search->rules, statement_text(statement, 0));
                NameMatch match = name_match(search->form, form);

                if (statement_int(statement, 1))
                        match.score *= ALIAS_WEIGHT;
                if (match.score <= ret->score)
                        continue;
                *ret = match;
                g_free(*ret_via);
                *ret_via = g_strdup(statement_text(statement, 0));
        }
        return step == STEP_DONE;
}

/* *ret is NULL if it is not what is asked for: of another type, or not active. */
static bool read_entity(Search *search, const char *id, Entity **ret, GError **error)
{
        g_autoptr(Entity) entity = entity_get(search->db, /* scope= */ NULL, id, error);

        *ret = NULL;
        if (!entity)
                return false;
        if (entity->is_active &&
            (!search->query->type || strcmp(search->query->type, entity->type) == 0))
                *ret = g_steal_pointer(&entity);
        return true;
}

static bool compare_all(Search *search, GError **error)
{
        GHashTableIter iter;
        gpointer id;

        g_hash_table_iter_init(&iter, search->ids);
        while (g_hash_table_iter_next(&iter, &id, NULL)) {
                NameMatch match = {0};
                g_autofree char *via = NULL;
                Entity *entity;

                if (!match_names(search, id, &match, &via, error) ||
                    !read_entity(search, id, &entity, error))
                        return false;
                if (entity)
                        keep(search, entity, match, via);
        }
        return true;
}

/* As in the schema, so that its index is used. */
#define IDENTIFIERS                                                                                \
        "('alias', 'email', 'handle', 'phone', 'username', 'registration_number', 'account_number')"

/* Those of which a current fact says the name: an address, a handle, a number. */
static bool compare_identifiers(Search *search, GError **error)
{
        StepResult step;
        Statement *statement = db_statement(
                search->db,
                "SELECT f.entity_id, f.object FROM facts f WHERE f.object = :name COLLATE NOCASE"
                " AND f.predicate IN " IDENTIFIERS " AND f.superseded_at IS NULL"
                " AND f.is_active = 1 LIMIT :limit",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":name", search->query->name);
        statement_bind_int(statement, ":limit", KEY_MAX);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                NameMatch match = {SCORE_IDENTIFIER, "identifier"};
                Entity *entity;

                if (!read_entity(search, statement_text(statement, 0), &entity, error))
                        return false;
                if (entity)
                        keep(search, entity, match, statement_text(statement, 1));
        }
        return step == STEP_DONE;
}

/* ---- the answer ---- */

static int compare_candidates(gconstpointer a, gconstpointer b)
{
        const Candidate *x = *(Candidate *const *)a, *y = *(Candidate *const *)b;

        if (x->match.score != y->match.score)
                return x->match.score > y->match.score ? -1 : 1;
        return strcmp(x->entity->id, y->entity->id);
}

static bool count_facts(Db *db, const Entity *entity, int64_t *ret, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "SELECT count(*) FROM facts f WHERE " FACT_SUBJECT(
                                     f) " = :id"
                                        " AND f.superseded_at IS NULL AND f.is_active = 1"
                                        " AND (:said_of IS NULL OR f.entity_id = :said_of)",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", entity->subject_id);
        statement_bind_text(statement, ":said_of", entity->merged_into ? entity->id : NULL);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        *ret = statement_int(statement, 0);
        return true;
}

static JsonObject *candidate_to_json(Db *db, const Candidate *candidate, GError **error)
{
        JsonObject *object;
        int64_t facts;

        if (!count_facts(db, candidate->entity, &facts, error))
                return NULL;
        object = json_object_new();
        json_object_set_string_member(object, "entity_id", candidate->entity->id);
        json_object_set_string_member(object, "name", candidate->entity->name);
        json_object_set_string_member(object, "type", candidate->entity->type);
        json_object_set_double_member(object, "score", candidate->match.score);
        json_object_set_string_member(object, "match", candidate->match.word);
        json_object_set_string_member(object, "via", candidate->via);
        json_object_set_int_member(object, "facts", facts);
        return object;
}

/* The one that is meant beyond doubt, or NULL. */
static const char *best_of(GPtrArray *list)
{
        const Candidate *first = list->len > 0 ? list->pdata[0] : NULL;
        const Candidate *second = list->len > 1 ? list->pdata[1] : NULL;

        if (!first || first->match.score < RESOLVE_BEST_MIN)
                return NULL;
        if (second && first->match.score - second->match.score < RESOLVE_BEST_MARGIN)
                return NULL;
        return first->entity->id;
}

static JsonObject *search_to_json(Search *search, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new();
        g_autoptr(JsonArray) candidates = json_array_new();
        GHashTableIter iter;
        gpointer candidate;
        JsonObject *answer;

        g_hash_table_iter_init(&iter, search->candidates);
        while (g_hash_table_iter_next(&iter, NULL, &candidate))
                g_ptr_array_add(list, candidate);
        g_ptr_array_sort(list, compare_candidates);
        for (unsigned i = 0; i < MIN(list->len, search->query->limit); i++) {
                JsonObject *object = candidate_to_json(search->db, list->pdata[i], error);

                if (!object)
                        return NULL;
                json_array_add_object_element(candidates, object);
        }
        answer = json_object_new();
        json_object_set_array_member(answer, "candidates", g_steal_pointer(&candidates));
        json_set_string(answer, "best", best_of(list));
        return answer;
}

JsonObject *resolve_name(Db *db, const NameRules *rules, const ResolveQuery *query, GError **error)
{
        g_autoptr(NameForm) form = name_form_new(rules, query->name);
        g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GHashTable) candidates =
                g_hash_table_new_full(g_str_hash, g_str_equal, NULL, candidate_free);
        Search search = {db, rules, query, form, ids, candidates};

        return add_exact(&search, error) && add_alike(&search, error) &&
                               add_by_words(&search, error) && compare_all(&search, error) &&
                               compare_identifiers(&search, error)
                       ? search_to_json(&search, error)
                       : NULL;
}
