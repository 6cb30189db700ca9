/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All symbols of a name are looked at once and sorted into repositories. In each those of the best rank count: the thing
 * itself before what only declares it or has its name as a part, and all before tests. */
#include "code/mention-name.h"

#include <string.h>

#include "code/rows.h"
#include "code/symbols.h"

#define RANK_DECLARED 10
#define RANK_TEST     20
#define RANK_FOREIGN  40

void mention_target_free(void *data)
{
        MentionTarget *target = data;

        g_free(target->id);
        g_free(target->repository_id);
        g_free(target->title);
        g_free(target);
}

/* What one repository has of the name. */
typedef struct Found {
        unsigned rank;     /* of the best … */
        unsigned count;    /* … and how many have it */
        GPtrArray *titles; /* id, title; of at most MENTION_TARGETS_MAX */
        UnitKind kinds[MENTION_TARGETS_MAX];
} Found;

static void found_free(void *data)
{
        Found *found = data;

        g_ptr_array_unref(found->titles);
        g_free(found);
}

static Found *found_in(GHashTable *repositories, const char *id)
{
        Found *found = g_hash_table_lookup(repositories, id);

        if (found)
                return found;
        found = g_new0(Found, 1);
        found->rank = G_MAXUINT;
        found->titles = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(repositories, g_strdup(id), found);
        return found;
}

/* Takes over id. */
static void found_add(Found *found, unsigned rank, UnitKind kind, char *id, const char *title)
{
        if (rank < found->rank) {
                found->rank = rank;
                found->count = 0;
                g_ptr_array_set_size(found->titles, 0);
        }
        if (rank == found->rank && found->count++ < MENTION_TARGETS_MAX) {
                found->kinds[found->count - 1] = kind;
                g_ptr_array_add(found->titles, id);
                g_ptr_array_add(found->titles, g_strdup(title));
                return;
        }
        g_free(id);
}

static GPtrArray *targets_of(GHashTable *repositories, unsigned most)
{
        GPtrArray *targets = g_ptr_array_new_with_free_func(mention_target_free);
        GHashTableIter iter;
        void *id, *value;

        g_hash_table_iter_init(&iter, repositories);
        while (g_hash_table_iter_next(&iter, &id, &value)) {
                Found *found = value;

                for (unsigned i = 0; found->count <= most && i < found->titles->len; i += 2) {
                        MentionTarget *target = g_new(MentionTarget, 1);

                        *target =
                                (MentionTarget){.id = g_strdup(found->titles->pdata[i]),
                                                .repository_id = g_strdup(id),
                                                .title = g_strdup(found->titles->pdata[i + 1]),
                                                .is_symbol = g_str_has_prefix(
                                                        found->titles->pdata[i], SYMBOL_ID_PREFIX),
                                                .kind = found->kinds[i / 2],
                                                .unique = found->count == 1};
                        g_ptr_array_add(targets, target);
                }
        }
        return targets;
}

/* ---- symbols ---- */

static unsigned rank_of_kind(UnitKind kind)
{
        switch (kind) {
        case UNIT_FUNCTION:
        case UNIT_CLASS:
        case UNIT_INTERFACE:
        case UNIT_STRUCT:
        case UNIT_ENUM:
                return 0;
        case UNIT_TYPE:
        case UNIT_MACRO:
        case UNIT_CONSTANT:
        case UNIT_VARIABLE:
                return 1;
        case UNIT_METHOD:
        case UNIT_PROPERTY:
                return 2;
        case UNIT_FIELD:
        case UNIT_ENUM_MEMBER:
                return 3;
        default:
                return 4;
        }
}

static unsigned rank_of(Statement *row)
{
        int64_t flags = statement_int(row, 3);
        const char *kind = statement_text(row, 5);
        unsigned rank = rank_of_kind((UnitKind)statement_int(row, 2));

        rank += flags & UNIT_BODILESS ? RANK_DECLARED : 0;
        rank += flags & UNIT_TEST || g_str_equal(kind, "test") ? RANK_TEST : 0;
        return rank +
               (g_str_equal(kind, "vendored") || g_str_equal(kind, "generated") ? RANK_FOREIGN : 0);
}

/* "src/store/table.py" and "Table::write" as "src.store.table.Table.write". */
static char *whole_name(const char *path, const char *qualified)
{
        const char *dot = strrchr(path, '.');
        GString *name = g_string_new_len(path, dot ? dot - path : (gssize)strlen(path));

        g_string_append_c(name, '.');
        g_string_append(name, qualified);
        g_string_replace(name, "::", ".", 0);
        g_string_replace(name, "/", ".", 0);
        return g_string_free(name, FALSE);
}

static bool ends_with(const char *name, const char *word, char before)
{
        size_t length = strlen(name), tail = strlen(word);

        return length >= tail && strcmp(name + length - tail, word) == 0 &&
               (length == tail || name[length - tail - 1] == before);
}

static bool is_named_so(Statement *row, const char *word, unsigned shape)
{
        if (!(shape & MENTION_QUALIFIED))
                return true;
        g_autofree char *whole = whole_name(statement_text(row, 6), statement_text(row, 4));
        return ends_with(whole, word, '.');
}

/* A name like any word of prose. */
static bool is_plain(unsigned shape)
{
        return !(shape & (MENTION_DISTINCT | MENTION_QUALIFIED));
}

static bool is_lower(const char *word)
{
        return strpbrk(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL;
}

/* Does the name say that it is of a test? */
static bool says_test(const char *word)
{
        g_autofree char *lower = g_ascii_strdown(word, -1);

        return strstr(lower, "test") != NULL;
}

/* Texts seldom speak of what tests make up. Members have names that many things have: they are meant where it is said of
 * what. In prose what no other file can name needs a long name; and what is written like a word is one, unless it is called or has a
 * capital. */
static bool can_be_meant(const char *word, unsigned rank, unsigned shape, int64_t flags)
{
        unsigned kind = rank % RANK_DECLARED;

        if (rank / RANK_DECLARED & RANK_TEST / RANK_DECLARED && !says_test(word))
                return false;
        if (kind >= 3 && !(shape & MENTION_QUALIFIED))
                return false;
        if (!is_plain(shape))
                return shape & (MENTION_SPAN | MENTION_CALL | MENTION_QUALIFIED) || kind == 2 ||
                       flags & UNIT_EXPORTED || g_utf8_strlen(word, -1) >= MENTION_HIDDEN_MIN;
        if (!(flags & UNIT_EXPORTED) ||
            (is_lower(word) && g_utf8_strlen(word, -1) < MENTION_PLAIN_MIN))
                return false;
        return shape & MENTION_CALL ? kind == 0 : kind <= 1 && !is_lower(word);
}

#define OF_NAME                                                                                    \
        "SELECT r.id, y.hash, y.kind, y.flags, coalesce(y.qualified_name, y.name), m.kind, m.path" \
        " FROM code_symbols y CROSS JOIN code_modules m ON m.id = y.id >> 20"                      \
        " CROSS JOIN code_states s ON s.number = y.repository CROSS JOIN code_repositories r"      \
        " ON r.id = s.repository_id AND r.is_active = 1 WHERE y.name = :name COLLATE NOCASE"       \
        " AND y.name = :name AND y.flags & :named LIMIT :limit"

static GPtrArray *find_symbols(Db *db, const char *word, unsigned shape, GError **error)
{
        g_autoptr(GHashTable) found =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, found_free);
        const char *dot = strrchr(word, '.');
        Statement *row = db_statement(db, OF_NAME, error);
        StepResult step;

        if (!row)
                return NULL;
        statement_bind_text(row, ":name", dot ? dot + 1 : word);
        statement_bind_int(row, ":named", SYMBOL_NAMED);
        statement_bind_int(row, ":limit", MENTION_SAME_NAMES_MAX);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                char id[SYMBOL_ID_BYTES];
                unsigned rank = rank_of(row);

                if (!is_named_so(row, word, shape) ||
                    !can_be_meant(word, rank, shape, statement_int(row, 3)))
                        continue;
                symbol_hash_write(statement_int(row, 1), id);
                found_add(found_in(found, statement_text(row, 0)), rank,
                          (UnitKind)statement_int(row, 2), g_strdup(id), statement_text(row, 4));
        }
        if (step == STEP_ERROR)
                return NULL;
        bool code = shape & (MENTION_SPAN | MENTION_CALL | MENTION_QUALIFIED);
        return targets_of(found, code && !is_plain(shape) ? MENTION_TARGETS_MAX : 1);
}

/* ---- files ---- */

/* As the index code_modules_file has it. */
#define OF_FILE                                                                                     \
        "SELECT r.id, m.path, r.path || '/' || m.path, m.kind FROM code_modules m"                  \
        " CROSS JOIN code_states s ON s.number = m.repository CROSS JOIN code_repositories r"       \
        " ON r.id = s.repository_id AND r.is_active = 1"                                            \
        " WHERE substr(m.path, CASE m.folder WHEN '' THEN 1 ELSE length(m.folder) + 2 END) = :name" \
        " AND m.language <> 'manifest' LIMIT :limit"

static GPtrArray *find_files(Db *db, const char *word, GError **error)
{
        g_autoptr(GHashTable) found =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, found_free);
        const char *slash = strrchr(word, '/');
        Statement *row = db_statement(db, OF_FILE, error);
        StepResult step;

        if (!row)
                return NULL;
        statement_bind_text(row, ":name", slash ? slash + 1 : word);
        statement_bind_int(row, ":limit", MENTION_SAME_NAMES_MAX);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                const char *path = statement_text(row, 1), *kind = statement_text(row, 3);
                bool is = strcmp(path, word) == 0 || strcmp(statement_text(row, 2), word) == 0;

                if (!is && (*word == '/' || !ends_with(path, word, '/')))
                        continue;
                unsigned rank = (is ? 0 : 1) + (g_str_equal(kind, "vendored") ? RANK_FOREIGN : 0);
                found_add(found_in(found, statement_text(row, 0)), rank, 0,
                          g_strconcat(statement_text(row, 0), ":", path, NULL), path);
        }
        return step == STEP_ERROR ? NULL : targets_of(found, 1);
}

GPtrArray *mention_targets(Db *db, const char *word, unsigned shape, GError **error)
{
        return shape & MENTION_FILE ? find_files(db, word, error)
                                    : find_symbols(db, word, shape, error);
}
