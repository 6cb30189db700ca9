/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names as a tree of words. A text is gone through word by word: a word that begins no name, which is nearly every
 * one, costs a look at a filter; else the tree is followed as long as it goes on. Where a name ends, the characters
 * that it was written with are folded and compared, so that what stands between the words counts too. */
#include "documents/name-set.h"

#include <string.h>

#include "base/base.h"

#define WORD_BYTES_MAX 64    /* of a word in a name, folded */
#define FILTER_BITS    65536 /* a power of two */
#define FOLDED_MAX     8192  /* words kept folded that are not plain ASCII */

typedef struct Name {
        char *key;              /* text_key(), without a full stop at its end */
        unsigned before, after; /* characters before its first word and after its last */
        char *entities[NAME_SET_SAME_MAX];
        unsigned count;    /* of entities; over NAME_SET_SAME_MAX: it is none */
        struct Name *next; /* of the same words */
} Name;

typedef struct Edge {
        uint32_t node, word; /* from the node by the word … */
        uint32_t to;
} Edge;

struct NameSet {
        GHashTable *words;               /* folded word → number, from 1 */
        GHashTable *edges;               /* set of Edge */
        GPtrArray *ends;                 /* node → first Name that ends there, or NULL */
        GHashTable *names;               /* key → Name, which it owns */
        uint8_t filter[FILTER_BITS / 8]; /* hashes of words that names begin with or go on by */
};

static unsigned edge_hash(const void *data)
{
        const Edge *edge = data;

        return edge->node * 2654435761u ^ edge->word;
}

static gboolean edge_equal(const void *a, const void *b)
{
        const Edge *left = a, *right = b;

        return left->node == right->node && left->word == right->word;
}

static void name_free(void *data)
{
        Name *name = data;

        for (unsigned i = 0; i < MIN(name->count, NAME_SET_SAME_MAX); i++)
                g_free(name->entities[i]);
        g_free(name->key);
        g_free(name);
}

static NameSet *name_set_new(void)
{
        NameSet *set = g_new0(NameSet, 1);

        set->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        set->edges = g_hash_table_new_full(edge_hash, edge_equal, g_free, NULL);
        set->names = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, name_free);
        set->ends = g_ptr_array_new();
        g_ptr_array_add(set->ends, NULL); /* the root */
        return set;
}

NameSet *name_set_free(NameSet *set)
{
        if (!set)
                return NULL;
        g_hash_table_unref(set->words);
        g_hash_table_unref(set->edges);
        g_hash_table_unref(set->names);
        g_ptr_array_unref(set->ends);
        g_free(set);
        return NULL;
}

unsigned name_set_count(const NameSet *set)
{
        return g_hash_table_size(set->names);
}

/* ---- words ---- */

/* Walks over a text; a word is a run of letters, digits and marks. */
typedef struct Cursor {
        const char *at;
        int64_t chars;
} Cursor;

typedef struct Word {
        const char *start, *end;
        int64_t char_start;
        bool plain; /* ASCII */
} Word;

static bool is_word_char(const char *at)
{
        if ((unsigned char)*at < 0x80)
                return g_ascii_isalnum(*at);
        gunichar c = g_utf8_get_char(at);
        return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

static bool next_word(Cursor *cursor, Word *ret)
{
        while (*cursor->at && !is_word_char(cursor->at)) {
                cursor->at = g_utf8_next_char(cursor->at);
                cursor->chars++;
        }
        if (!*cursor->at)
                return false;
        *ret = (Word){.start = cursor->at, .char_start = cursor->chars, .plain = true};
        while (*cursor->at && is_word_char(cursor->at)) {
                ret->plain = ret->plain && (unsigned char)*cursor->at < 0x80;
                cursor->at = g_utf8_next_char(cursor->at);
                cursor->chars++;
        }
        ret->end = cursor->at;
        return true;
}

static unsigned word_hash(const char *folded, size_t length)
{
        unsigned hash = 2166136261u;

        for (size_t i = 0; i < length; i++)
                hash = (hash ^ (unsigned char)folded[i]) * 16777619u;
        return (hash ^ hash >> 16) % FILTER_BITS;
}

static unsigned lookup(const NameSet *set, const char *folded)
{
        unsigned hash = word_hash(folded, strlen(folded));

        if (!(set->filter[hash / 8] & 1u << hash % 8))
                return 0;
        return GPOINTER_TO_UINT(g_hash_table_lookup(set->words, folded));
}

/* ---- loading ---- */

static unsigned intern(NameSet *set, const char *word)
{
        unsigned number = lookup(set, word), hash;

        if (number)
                return number;
        number = g_hash_table_size(set->words) + 1;
        hash = word_hash(word, strlen(word));
        set->filter[hash / 8] |= (uint8_t)(1u << hash % 8);
        g_hash_table_insert(set->words, g_strdup(word), GUINT_TO_POINTER(number));
        return number;
}

static uint32_t grow(NameSet *set, uint32_t node, uint32_t word)
{
        Edge wanted = {node, word, 0}, *edge = g_hash_table_lookup(set->edges, &wanted);

        if (!edge) {
                edge = g_new(Edge, 1);
                *edge = (Edge){node, word, set->ends->len};
                g_ptr_array_add(set->ends, NULL);
                g_hash_table_add(set->edges, edge);
        }
        return edge->to;
}

/* Can it be told in a text? Fills before and after, in characters. */
static bool measure(Name *name)
{
        unsigned letters = 0, digits = 0, words = 0;
        Cursor cursor = {name->key, 0};
        const char *first = NULL, *last = NULL;
        Word word;

        for (; next_word(&cursor, &word); words++) {
                first = first ?: word.start;
                last = word.end;
                if (word.end - word.start > WORD_BYTES_MAX)
                        return false;
        }
        if (words == 0 || words > NAME_SET_WORDS_MAX)
                return false;
        for (const char *at = first; at < last; at = g_utf8_next_char(at)) {
                gunichar c = g_utf8_get_char(at);

                letters += g_unichar_isalpha(c);
                digits += g_unichar_isdigit(c);
        }
        name->before = (unsigned)g_utf8_strlen(name->key, first - name->key);
        name->after = (unsigned)g_utf8_strlen(last, -1);
        return letters > 0 && letters + digits >= NAME_SET_LETTERS_MIN;
}

static void plant(NameSet *set, Name *name)
{
        Cursor cursor = {name->key, 0};
        uint32_t node = 0;
        Word word;

        while (next_word(&cursor, &word)) {
                g_autofree char *text = g_strndup(word.start, (size_t)(word.end - word.start));
                g_autofree char *folded = text_key(text);

                node = grow(set, node, intern(set, folded));
        }
        name->next = set->ends->pdata[node];
        set->ends->pdata[node] = name;
        g_hash_table_insert(set->names, name->key, name);
}

static void add_name(NameSet *set, const char *key, const char *entity_id)
{
        g_autofree char *trimmed = g_strdup(key);
        Name *name;

        if (g_str_has_suffix(trimmed, "."))
                trimmed[strlen(trimmed) - 1] = '\0';
        name = g_hash_table_lookup(set->names, trimmed);
        if (!name) {
                name = g_new0(Name, 1);
                name->key = g_steal_pointer(&trimmed);
                if (!measure(name)) {
                        name_free(name);
                        return;
                }
                plant(set, name);
        }
        for (unsigned i = 0; i < MIN(name->count, NAME_SET_SAME_MAX); i++)
                if (g_str_equal(name->entities[i], entity_id))
                        return;
        if (name->count < NAME_SET_SAME_MAX)
                name->entities[name->count] = g_strdup(entity_id);
        name->count = MIN(name->count + 1, NAME_SET_SAME_MAX + 1);
}

/* Declared entities, by the index that has no others; then those that were merged into them. */
#define DECLARED                                                                                   \
        "SELECT e.id, e.name_key FROM entities e WHERE e.is_active = 1 AND e.merged_into IS NULL"  \
        " AND e.document_id IS NULL AND (:entity IS NULL OR e.id = :entity)"                       \
        " ORDER BY +e.id DESC LIMIT :limit"
#define ALIASES                                                                                    \
        "SELECT :entity, alias_key FROM entity_aliases WHERE entity_id = :entity AND is_active = 1"
#define MERGED                                                                                     \
        "SELECT m.subject_id, o.name_key FROM merged_entities m JOIN entities o ON o.id = m.id"    \
        " JOIN entities e ON e.id = m.subject_id WHERE e.is_active = 1 AND o.document_id IS NULL"  \
        " AND e.document_id IS NULL AND (:entity IS NULL OR m.subject_id = :entity)"               \
        " UNION ALL SELECT m.subject_id, a.alias_key FROM merged_entities m JOIN entity_aliases a" \
        " ON a.entity_id = m.id AND a.is_active = 1 JOIN entities e ON e.id = m.subject_id"        \
        " WHERE e.is_active = 1 AND e.document_id IS NULL"                                         \
        " AND (:entity IS NULL OR m.subject_id = :entity) LIMIT :limit"

/* Adds rows of id and key; ids (or NULL) notes whose. */
static bool add_rows(NameSet *set, Statement *rows, GPtrArray *ids, GError **error)
{
        StepResult step;

        while ((step = statement_step(rows, error)) == STEP_ROW) {
                add_name(set, statement_text(rows, 1), statement_text(rows, 0));
                if (ids)
                        g_ptr_array_add(ids, g_strdup(statement_text(rows, 0)));
        }
        return step == STEP_DONE;
}

static Statement *select_names(Db *db, const char *sql, const char *entity_id, GError **error)
{
        Statement *rows = db_statement(db, sql, error);

        if (!rows)
                return NULL;
        statement_bind_text(rows, ":entity", entity_id);
        return rows;
}

NameSet *name_set_load(Db *db, const char *entity_id, GError **error)
{
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(NameSet) set = name_set_new();
        Statement *rows = select_names(db, DECLARED, entity_id, error);

        if (!rows)
                return NULL;
        statement_bind_int(rows, ":limit", NAME_SET_ENTITIES_MAX);
        if (!add_rows(set, rows, ids, error) || ids->len == 0)
                return NULL;
        for (unsigned i = 0; i < ids->len; i++) {
                rows = select_names(db, ALIASES, ids->pdata[i], error);
                if (!rows || !add_rows(set, rows, /* ids= */ NULL, error))
                        return NULL;
        }
        rows = select_names(db, MERGED, entity_id, error);
        if (!rows)
                return NULL;
        statement_bind_int(rows, ":limit", NAME_SET_ENTITIES_MAX);
        if (!add_rows(set, rows, /* ids= */ NULL, error))
                return NULL;
        return name_set_count(set) > 0 ? g_steal_pointer(&set) : NULL;
}

int64_t name_set_stamp(Db *db, GError **error)
{
        Statement *query = db_statement(
                db,
                "SELECT max(coalesce((SELECT max(first_seq) FROM writes WHERE actor_kind = 'human'"
                " AND actor_kind <> 'system'), 0), coalesce((SELECT max(first_seq) FROM writes"
                " WHERE actor_kind = 'agent' AND actor_kind <> 'system'), 0))",
                error);

        return query && statement_step(query, error) == STEP_ROW ? statement_int(query, 0) : -1;
}

/* ---- finding ---- */

typedef struct Pass {
        const NameSet *set;
        const char *text;
        GHashTable *folded; /* word as it stands → number + 1, of those that are not plain */
        NameScan scan;
} Pass;

static unsigned number_of(Pass *pass, const Word *word)
{
        char buffer[WORD_BYTES_MAX + 1];
        size_t length = (size_t)(word->end - word->start);
        void *known;

        if (word->plain) {
                if (length > WORD_BYTES_MAX)
                        return 0;
                for (size_t i = 0; i < length; i++)
                        buffer[i] = g_ascii_tolower(word->start[i]);
                buffer[length] = '\0';
                return lookup(pass->set, buffer);
        }
        if (length > (size_t)4 * WORD_BYTES_MAX)
                return 0;
        g_autofree char *raw = g_strndup(word->start, length);
        known = g_hash_table_lookup(pass->folded, raw);
        if (!known) {
                g_autofree char *folded = text_key(raw);

                if (g_hash_table_size(pass->folded) >= FOLDED_MAX)
                        g_hash_table_remove_all(pass->folded);
                known = GUINT_TO_POINTER(lookup(pass->set, folded) + 1);
                g_hash_table_insert(pass->folded, g_steal_pointer(&raw), known);
        }
        return GPOINTER_TO_UINT(known) - 1;
}

/* The characters around the words that belong to the name, too; false: the text ends before. */
static bool widen(const Pass *pass, const Name *name, NameHit *hit)
{
        for (unsigned i = 0; i < name->before; i++) {
                if (hit->start == pass->text)
                        return false;
                hit->start = g_utf8_prev_char(hit->start);
                hit->char_start--;
        }
        for (unsigned i = 0; i < name->after; i++) {
                if (!*hit->end)
                        return false;
                hit->end = g_utf8_next_char(hit->end);
        }
        return true;
}

static const Name *match(const Pass *pass, uint32_t node, NameHit *hit)
{
        const NameHit words = *hit;

        for (const Name *name = pass->set->ends->pdata[node]; name; name = name->next) {
                *hit = words;
                if (!widen(pass, name, hit) ||
                    (size_t)(hit->end - hit->start) > 4 * strlen(name->key) + 64)
                        continue;
                g_autofree char *span = g_strndup(hit->start, (size_t)(hit->end - hit->start));
                g_autofree char *key = text_key(span);
                if (g_str_equal(key, name->key))
                        return name;
        }
        return NULL;
}

/* The longest name that begins with this word; cursor is behind it, and goes behind the name. */
static const Name *longest(Pass *pass, const Word *first, Cursor *cursor, NameHit *ret)
{
        Edge edge = {.word = number_of(pass, first)};
        const Edge *next = edge.word ? g_hash_table_lookup(pass->set->edges, &edge) : NULL;
        Cursor ahead = *cursor;
        const Name *best = NULL;
        Word word = *first;

        while (next) {
                NameHit hit = {
                        .start = first->start, .end = word.end, .char_start = first->char_start};
                const Name *name = match(pass, next->to, &hit);

                if (name) {
                        best = name;
                        *ret = hit;
                        *cursor = ahead;
                }
                if (!next_word(&ahead, &word))
                        break;
                pass->scan.steps++;
                edge = (Edge){.node = next->to, .word = number_of(pass, &word)};
                next = edge.word ? g_hash_table_lookup(pass->set->edges, &edge) : NULL;
        }
        return best;
}

NameScan name_set_scan(const NameSet *set, const char *text, NameFound found, void *data)
{
        Pass pass = {.set = set,
                     .text = text,
                     .folded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
        Cursor cursor = {text, 0};
        bool more = true;
        Word word;

        while (more && next_word(&cursor, &word)) {
                NameHit hit;
                const Name *name;

                pass.scan.words++;
                name = longest(&pass, &word, &cursor, &hit);
                for (unsigned i = 0; more && name && name->count <= NAME_SET_SAME_MAX; i++) {
                        if (i == name->count)
                                break;
                        hit.entity_id = name->entities[i];
                        more = found(&hit, data);
                }
        }
        g_hash_table_unref(pass.folded);
        return pass.scan;
}
