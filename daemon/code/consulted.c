/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of numbers are blobs of 32 bits each, sorted, in the machine's order: a projection, made on the machine it is read on. */
#include "code/consulted.h"

#include <stdlib.h>
#include <string.h>

#include "code/link-words.h"
#include "code/link.h"

#define GIVEN      0x80000000u /* the linker's numbers have 31 bits */
#define GIVEN_BITS 0x3fffffffu

static int64_t row_id(uint32_t repository, uint32_t number)
{
        return (int64_t)repository << 32 | number;
}

static GArray *numbers_new(const void *data, size_t bytes)
{
        GArray *numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));

        if (data)
                g_array_append_vals(numbers, data, (unsigned)(bytes / sizeof(uint32_t)));
        return numbers;
}

static int compare_numbers(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

        return x < y ? -1 : x > y;
}

/* ---- what is given ---- */

uint32_t consulted_given(const char *name)
{
        return GIVEN | (link_hash(name) & GIVEN_BITS);
}

static void add_given(const char *name, uint32_t decl, void *data)
{
        uint32_t number = consulted_given(name);

        if (g_str_has_prefix(name, LINK_GIVEN_PREFIX))
                g_array_append_val((GArray *)data, number);
}

void consulted_add_given(const Unit *unit, GArray *numbers)
{
        unsigned first = numbers->len, kept = first;
        uint32_t *all;

        link_names(unit, add_given, numbers);
        all = (uint32_t *)(void *)numbers->data;
        if (numbers->len > first)
                qsort(all + first, numbers->len - first, sizeof(uint32_t), compare_numbers);
        for (unsigned i = first; i < numbers->len; i++)
                if (kept == first || all[i] != all[kept - 1])
                        all[kept++] = all[i];
        g_array_set_size(numbers, kept);
}

/* ---- of a module ---- */

void consulted_compare(uint32_t module, const GArray *before, const GArray *after, GArray *changes)
{
        unsigned i = 0, j = 0;

        while (i < before->len || j < after->len) {
                uint32_t old = i < before->len ? g_array_index(before, uint32_t, i) : UINT32_MAX;
                uint32_t new = j < after->len ? g_array_index(after, uint32_t, j) : UINT32_MAX;
                bool gone = j == after->len || (i < before->len && old < new);
                bool came = i == before->len || (j < after->len && new < old);

                if (gone || came) {
                        Consulted change = {gone ? old : new, module, gone};
                        g_array_append_val(changes, change);
                }
                i += !came;
                j += !gone;
        }
}

GArray *consulted_of(Db *db, uint32_t module, GError **error)
{
        Statement *query = db_statement(
                db, "SELECT numbers FROM code_consultations WHERE module = :module", error);
        size_t bytes = 0;

        if (!query)
                return NULL;
        statement_bind_int(query, ":module", module);
        StepResult step = statement_step(query, error);
        if (step == STEP_ERROR)
                return NULL;
        const void *data = step == STEP_ROW ? statement_blob(query, 0, &bytes) : NULL;
        return numbers_new(data, bytes);
}

bool consulted_keep(Db *db, uint32_t module, const GArray *numbers, GError **error)
{
        bool some = numbers && numbers->len > 0;
        Statement *row =
                db_statement(db,
                             some ? "INSERT OR REPLACE INTO code_consultations (module, numbers)"
                                    " VALUES (:module, :numbers)"
                                  : "DELETE FROM code_consultations WHERE module = :module",
                             error);

        if (!row)
                return false;
        statement_bind_int(row, ":module", module);
        if (some)
                statement_bind_blob(row, ":numbers", numbers->data,
                                    numbers->len * sizeof(uint32_t));
        return statement_run(row, error);
}

/* ---- of a number ---- */

/* NULL without an error: there is no row. */
static GArray *read_modules(Db *db, int64_t id, bool *ret_there, GError **error)
{
        Statement *query =
                db_statement(db, "SELECT modules FROM code_consulted WHERE id = :id", error);
        size_t bytes = 0;

        if (!query)
                return NULL;
        statement_bind_int(query, ":id", id);
        StepResult step = statement_step(query, error);
        if (step == STEP_ERROR)
                return NULL;
        const void *data = step == STEP_ROW ? statement_blob(query, 0, &bytes) : NULL;
        *ret_there = step == STEP_ROW;
        return numbers_new(data, bytes);
}

static bool write_modules(Db *db, int64_t id, const GArray *modules, bool there, GError **error)
{
        Statement *row;

        if (modules->len == 0) {
                row = db_statement(db, "DELETE FROM code_consulted WHERE id = :id", error);
                if (row)
                        statement_bind_int(row, ":id", id);
                return row && statement_run(row, error);
        }
        row = db_statement(
                db,
                there ? "UPDATE code_consulted SET modules = :modules WHERE id = :id"
                      : "INSERT INTO code_consulted (modules, id) VALUES (:modules, :id)",
                error);
        if (!row)
                return false;
        statement_bind_blob(row, ":modules", modules->data, modules->len * sizeof(uint32_t));
        statement_bind_int(row, ":id", id);
        return statement_run(row, error);
}

static int compare_changes(const void *a, const void *b)
{
        const Consulted *x = a, *y = b;

        if (x->number != y->number)
                return x->number < y->number ? -1 : 1;
        return x->module < y->module ? -1 : x->module > y->module;
}

/* The list with the changes of one number, which are sorted by module. */
static GArray *merge(const GArray *modules, const Consulted *changes, unsigned count)
{
        GArray *merged = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), modules->len + count);
        unsigned i = 0, j = 0;

        while (i < modules->len || j < count) {
                uint32_t old = i < modules->len ? g_array_index(modules, uint32_t, i) : UINT32_MAX;

                if (j < count && (i == modules->len || changes[j].module <= old)) {
                        if (!changes[j].gone)
                                g_array_append_val(merged, changes[j].module);
                        i += i < modules->len && changes[j].module == old;
                        j++;
                } else {
                        g_array_append_val(merged, old);
                        i++;
                }
        }
        return merged;
}

bool consulted_apply(Db *db, uint32_t repository, GArray *changes, GError **error)
{
        const Consulted *all = (const Consulted *)(const void *)changes->data;
        unsigned end;

        g_array_sort(changes, compare_changes);
        for (unsigned i = 0; i < changes->len; i = end) {
                int64_t id = row_id(repository, all[i].number);
                bool there = false;

                for (end = i + 1; end < changes->len && all[end].number == all[i].number;)
                        end++;
                g_autoptr(GArray) modules = read_modules(db, id, &there, error);
                if (!modules)
                        return false;
                g_autoptr(GArray) merged = merge(modules, all + i, end - i);
                if ((there || merged->len > 0) && !write_modules(db, id, merged, there, error))
                        return false;
        }
        return true;
}

bool consulted_find(Db *db, uint32_t repository, GArray *numbers, GHashTable *ret, GError **error)
{
        g_array_sort(numbers, compare_numbers);
        for (unsigned i = 0; i < numbers->len; i++) {
                uint32_t number = g_array_index(numbers, uint32_t, i);
                bool there;

                if (i > 0 && number == g_array_index(numbers, uint32_t, i - 1))
                        continue;
                g_autoptr(GArray) modules =
                        read_modules(db, row_id(repository, number), &there, error);
                if (!modules)
                        return false;
                for (unsigned j = 0; j < modules->len; j++)
                        g_hash_table_add(ret,
                                         GUINT_TO_POINTER(g_array_index(modules, uint32_t, j)));
        }
        return true;
}
