/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/contrast.h"

#include <string.h>

#include "code/symbols.h"

typedef struct ContrastFile {
        const char *path;
        GPtrArray *sides[2]; /* of ContrastSymbol: before, after */
        bool there[2];
        bool paired; /* with one that it was moved from or to */
} ContrastFile;

struct Contrast {
        char *repository_id;
        GStringChunk *texts;
        GHashTable *files;  /* path → ContrastFile */
        GPtrArray *symbols; /* owned */
        GPtrArray *left[2]; /* that went, that came */
        GArray *rows;
};

const char *contrast_change_to_string(ContrastChange change)
{
        static const char *const names[] = {"added", "removed", "signature_changed"};

        return names[change];
}

static void file_free(void *data)
{
        ContrastFile *file = data;

        g_ptr_array_unref(file->sides[0]);
        g_ptr_array_unref(file->sides[1]);
        g_free(file);
}

Contrast *contrast_new(const char *repository_id)
{
        Contrast *contrast = g_new0(Contrast, 1);

        contrast->repository_id = g_strdup(repository_id);
        contrast->texts = g_string_chunk_new(64 * 1024);
        contrast->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, file_free);
        contrast->symbols = g_ptr_array_new_with_free_func(g_free);
        contrast->left[0] = g_ptr_array_new();
        contrast->left[1] = g_ptr_array_new();
        contrast->rows = g_array_new(FALSE, FALSE, sizeof(ContrastRow));
        return contrast;
}

Contrast *contrast_free(Contrast *contrast)
{
        if (!contrast)
                return NULL;
        g_hash_table_unref(contrast->files);
        g_ptr_array_unref(contrast->left[0]);
        g_ptr_array_unref(contrast->left[1]);
        g_ptr_array_unref(contrast->symbols);
        g_array_unref(contrast->rows);
        g_string_chunk_free(contrast->texts);
        g_free(contrast->repository_id);
        g_free(contrast);
        return NULL;
}

/* ---- what is public ---- */

static bool holds_members(const UnitDecl *decl)
{
        switch (decl->kind) {
        case UNIT_CLASS:
        case UNIT_INTERFACE:
        case UNIT_STRUCT:
        case UNIT_ENUM:
        case UNIT_TYPE:
        case UNIT_NAMESPACE:
        case UNIT_IMPLEMENTATION:
                return true;
        default:
                return false;
        }
}

static bool is_open(const UnitDecl *decl)
{
        return decl->kind == UNIT_IMPLEMENTATION ||
               (decl->visibility == UNIT_PUBLIC && !(decl->flags & UNIT_FILE_LOCAL));
}

/* Declarations that the file exports in a list (export {a}, module.exports): named[declaration]. The caller frees. */
static bool *list_exports(const Unit *unit)
{
        bool *named = g_new0(bool, MAX(unit->header->decls, 1));

        for (uint32_t i = 0; i < unit->header->exports; i++) {
                uint32_t expr = unit->exports[i].expr;

                if (expr != UNIT_NONE && unit->exprs[expr].op == UNIT_EXPR_DECL)
                        named[unit->exprs[expr].a] = true;
        }
        return named;
}

/* Declarations come after what they lie in, so this ends. */
static bool is_public(const Unit *unit, const UnitDecl *decl, const bool *named)
{
        if (!unit_is_symbol(decl) || !is_open(decl))
                return false;
        while (decl->container != UNIT_NONE) {
                decl = &unit->decls[decl->container];
                if (!holds_members(decl) || !is_open(decl))
                        return false;
        }
        return decl->kind == UNIT_IMPLEMENTATION || (decl->flags & UNIT_EXPORTED) ||
               named[decl - unit->decls];
}

static ContrastFile *file_of(Contrast *contrast, const char *path)
{
        ContrastFile *file = g_hash_table_lookup(contrast->files, path);

        if (file)
                return file;
        file = g_new0(ContrastFile, 1);
        file->path = g_string_chunk_insert(contrast->texts, path);
        file->sides[0] = g_ptr_array_new();
        file->sides[1] = g_ptr_array_new();
        g_hash_table_insert(contrast->files, (char *)file->path, file);
        return file;
}

static ContrastSymbol *symbol_new(Contrast *contrast, const Unit *unit, const SymbolRow *row)
{
        const UnitDecl *decl = &unit->decls[row->decl];
        ContrastSymbol *symbol = g_new0(ContrastSymbol, 1);
        const char *signature = unit_string(unit, decl->signature);

        *symbol = (ContrastSymbol){
                .name = g_string_chunk_insert_const(contrast->texts, row->name),
                .qualified = g_string_chunk_insert_const(contrast->texts, row->qualified),
                .signature =
                        *signature ? g_string_chunk_insert_const(contrast->texts, signature) : NULL,
                .hash = row->hash,
                .kind = decl->kind,
                .visibility = decl->visibility,
                .language = unit->header->language,
                .first_line = decl->first_line,
                .last_line = decl->last_line,
                .is_test = decl->flags & UNIT_TEST};
        g_ptr_array_add(contrast->symbols, symbol);
        return symbol;
}

bool contrast_add(Contrast *contrast, const char *path, bool is_new, const Unit *unit)
{
        ContrastFile *file = file_of(contrast, path);
        SymbolsOf of = {.repository_id = contrast->repository_id, .path = path};
        g_autoptr(Symbols) symbols = symbols_new(unit, &of);
        g_autofree bool *named = list_exports(unit);

        file->there[is_new] = true;
        for (unsigned i = 0; i < symbols->rows->len; i++) {
                const SymbolRow *row = &g_array_index(symbols->rows, SymbolRow, i);

                if (!is_public(unit, &unit->decls[row->decl], named))
                        continue;
                if (contrast->symbols->len >= CONTRAST_SYMBOLS_MAX)
                        return false;
                ContrastSymbol *symbol = symbol_new(contrast, unit, row);
                symbol->path = file->path;
                g_ptr_array_add(file->sides[is_new], symbol);
        }
        return true;
}

void contrast_keep(Contrast *contrast, const char *path)
{
        ContrastFile *file = file_of(contrast, path);

        file->there[0] = file->there[1] = true;
}

/* ---- sets of one name ---- */

static char *without_space(const char *text)
{
        GString *bare = g_string_new(NULL);

        for (; text && *text; text++)
                if (!g_ascii_isspace(*text))
                        g_string_append_c(bare, *text);
        return g_string_free(bare, FALSE);
}

static bool is_same_signature(const ContrastSymbol *a, const ContrastSymbol *b)
{
        g_autofree char *left = without_space(a->signature), *right = without_space(b->signature);

        return g_str_equal(left, right);
}

static char *key_of(const ContrastSymbol *symbol)
{
        return g_strdup_printf("%d %d %s", symbol->language, symbol->kind, symbol->qualified);
}

static void queue_free(void *queue)
{
        g_queue_free(queue);
}

typedef struct Group {
        GPtrArray *sides[2];
} Group;

static void group_free(void *data)
{
        Group *group = data;

        g_ptr_array_unref(group->sides[0]);
        g_ptr_array_unref(group->sides[1]);
        g_free(group);
}

/* Symbols of both sides by kind and name, in the order in which they were first met. */
static GHashTable *make_groups(GPtrArray *old, GPtrArray *new, GPtrArray *ret_order)
{
        GHashTable *groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, group_free);
        GPtrArray *sides[] = {old, new};

        for (unsigned side = 0; side < 2; side++) {
                for (unsigned i = 0; i < sides[side]->len; i++) {
                        char *key = key_of(sides[side]->pdata[i]);
                        Group *found = g_hash_table_lookup(groups, key);

                        if (!found) {
                                found = g_new(Group, 1);
                                *found = (Group){{g_ptr_array_new(), g_ptr_array_new()}};
                                g_hash_table_insert(groups, key, found);
                                g_ptr_array_add(ret_order, found);
                        } else {
                                g_free(key);
                        }
                        g_ptr_array_add(found->sides[side], sides[side]->pdata[i]);
                }
        }
        return groups;
}

/* Symbols by their signatures, in order: queues, borrowed symbols. */
static GHashTable *by_signature(const GPtrArray *symbols)
{
        GHashTable *queues = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, queue_free);

        for (unsigned i = 0; i < symbols->len; i++) {
                const ContrastSymbol *symbol = symbols->pdata[i];
                char *bare = without_space(symbol->signature);
                GQueue *queue = g_hash_table_lookup(queues, bare);

                if (!queue) {
                        queue = g_queue_new();
                        g_hash_table_insert(queues, bare, queue);
                } else {
                        g_free(bare);
                }
                g_queue_push_tail(queue, (void *)symbol);
        }
        return queues;
}

static void keep_others(GPtrArray *symbols, GHashTable *gone)
{
        unsigned kept = 0;

        for (unsigned i = 0; i < symbols->len; i++)
                if (!g_hash_table_contains(gone, symbols->pdata[i]))
                        symbols->pdata[kept++] = symbols->pdata[i];
        g_ptr_array_set_size(symbols, (int)kept);
}

/* Takes what is the same on both sides out of a group. A stranger's file may have any number of overloads. */
static void cancel_out(Group *group)
{
        g_autoptr(GHashTable) new = by_signature(group->sides[1]);
        g_autoptr(GHashTable) gone = g_hash_table_new(NULL, NULL);

        for (unsigned i = 0; i < group->sides[0]->len; i++) {
                const ContrastSymbol *old = group->sides[0]->pdata[i];
                g_autofree char *bare = without_space(old->signature);
                GQueue *queue = g_hash_table_lookup(new, bare);

                if (!queue || g_queue_is_empty(queue))
                        continue;
                g_hash_table_add(gone, (void *)old);
                g_hash_table_add(gone, g_queue_pop_head(queue));
        }
        keep_others(group->sides[0], gone);
        keep_others(group->sides[1], gone);
}

static void add_row(Contrast *contrast, ContrastChange change, const ContrastSymbol *old,
                    const ContrastSymbol *new)
{
        ContrastRow row = {change, old, new};

        g_array_append_val(contrast->rows, row);
}

static void contrast_group(Contrast *contrast, Group *group)
{
        unsigned pairs;

        cancel_out(group);
        pairs = MIN(group->sides[0]->len, group->sides[1]->len);
        for (unsigned i = 0; i < pairs; i++)
                add_row(contrast, CONTRAST_SIGNATURE, group->sides[0]->pdata[i],
                        group->sides[1]->pdata[i]);
        for (unsigned side = 0; side < 2; side++)
                for (unsigned i = pairs; i < group->sides[side]->len; i++)
                        g_ptr_array_add(contrast->left[side], group->sides[side]->pdata[i]);
}

static void contrast_sides(Contrast *contrast, GPtrArray *old, GPtrArray *new)
{
        g_autoptr(GPtrArray) order = g_ptr_array_new();
        g_autoptr(GHashTable) groups = make_groups(old, new, order);

        for (unsigned i = 0; i < order->len; i++)
                contrast_group(contrast, order->pdata[i]);
}

/* ---- files that were moved ---- */

/* The files that went have a vote for each of their names that the new one has. */
static ContrastFile *find_origin(GHashTable *origins, const ContrastFile *file)
{
        g_autoptr(GHashTable) votes = g_hash_table_new(NULL, NULL);
        g_autoptr(GHashTable) met = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        ContrastFile *best = NULL;
        unsigned most = 0;

        for (unsigned i = 0; i < file->sides[1]->len; i++) {
                char *key = key_of(file->sides[1]->pdata[i]);
                const GPtrArray *from = g_hash_table_lookup(origins, key);

                if (!g_hash_table_add(met, key))
                        continue;
                for (unsigned j = 0; from && j < from->len; j++) {
                        ContrastFile *origin = from->pdata[j];
                        unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(votes, origin)) + 1;

                        g_hash_table_insert(votes, origin, GUINT_TO_POINTER(count));
                        if (!origin->paired &&
                            (count > most ||
                             (count == most && strcmp(origin->path, best->path) < 0))) {
                                best = origin;
                                most = count;
                        }
                }
        }
        return best && 2 * most >= MAX(best->sides[0]->len, file->sides[1]->len) ? best : NULL;
}

static void array_unref(void *array)
{
        g_ptr_array_unref(array);
}

#define ORIGINS_MAX 32 /* files that are asked for one name: one that all have tells nothing */

static GHashTable *list_origins(const GPtrArray *files)
{
        GHashTable *origins = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, array_unref);

        for (unsigned i = 0; i < files->len; i++) {
                ContrastFile *file = files->pdata[i];

                if (!file->there[0] || file->there[1])
                        continue;
                for (unsigned j = 0; j < file->sides[0]->len; j++) {
                        char *key = key_of(file->sides[0]->pdata[j]);
                        GPtrArray *from = g_hash_table_lookup(origins, key);

                        if (!from) {
                                from = g_ptr_array_new();
                                g_hash_table_insert(origins, g_strdup(key), from);
                        }
                        if (from->len < ORIGINS_MAX &&
                            (from->len == 0 || from->pdata[from->len - 1] != file))
                                g_ptr_array_add(from, file);
                        g_free(key);
                }
        }
        return origins;
}

static void pair_moved(Contrast *contrast, const GPtrArray *files)
{
        g_autoptr(GHashTable) origins = list_origins(files);

        for (unsigned i = 0; i < files->len; i++) {
                ContrastFile *file = files->pdata[i];
                ContrastFile *origin =
                        file->there[1] && !file->there[0] ? find_origin(origins, file) : NULL;

                if (!origin)
                        continue;
                file->paired = origin->paired = true;
                contrast_sides(contrast, origin->sides[0], file->sides[1]);
        }
}

/* ---- symbols that were moved ---- */

static void settle_left(Contrast *contrast)
{
        g_autoptr(GPtrArray) order = g_ptr_array_new();
        g_autoptr(GHashTable) groups = make_groups(contrast->left[0], contrast->left[1], order);

        for (unsigned i = 0; i < order->len; i++) {
                const Group *left = order->pdata[i];
                const GPtrArray *old = left->sides[0], *new = left->sides[1];

                if (old->len == 1 && new->len == 1 &&
                    is_same_signature(old->pdata[0], new->pdata[0]))
                        continue;
                for (unsigned j = 0; j < old->len; j++)
                        add_row(contrast, CONTRAST_REMOVED, old->pdata[j], NULL);
                for (unsigned j = 0; j < new->len; j++)
                        add_row(contrast, CONTRAST_ADDED, NULL, new->pdata[j]);
        }
}

static int by_path(const void *a, const void *b)
{
        return strcmp((*(const ContrastFile *const *)a)->path,
                      (*(const ContrastFile *const *)b)->path);
}

static int by_place(const void *a, const void *b)
{
        const ContrastRow *left = a, *right = b;
        const ContrastSymbol *x = left->new_symbol ?: left->old_symbol;
        const ContrastSymbol *y = right->new_symbol ?: right->old_symbol;
        int order = strcmp(x->path, y->path);

        if (order == 0)
                order = x->first_line < y->first_line ? -1 : x->first_line > y->first_line;
        if (order == 0)
                order = (int)left->change - (int)right->change;
        return order ? order : strcmp(x->qualified, y->qualified);
}

const GArray *contrast_rows(Contrast *contrast)
{
        g_autoptr(GPtrArray) files = g_ptr_array_new();
        GHashTableIter iter;
        void *value;

        g_hash_table_iter_init(&iter, contrast->files);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                g_ptr_array_add(files, value);
        g_ptr_array_sort(files, by_path);
        pair_moved(contrast, files);
        for (unsigned i = 0; i < files->len; i++) {
                const ContrastFile *file = files->pdata[i];

                if (!file->paired)
                        contrast_sides(contrast, file->sides[0], file->sides[1]);
        }
        settle_left(contrast);
        g_array_sort(contrast->rows, by_place);
        return contrast->rows;
}
