/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scope: the immutable set of entities that a handle may see. */
#include "store/scope.h"

#include <string.h>

struct Scope {
        gatomicrefcount references;
        GHashTable *ids;
};

Scope *scope_new(const char *const *entity_ids)
{
        Scope *scope = g_new0(Scope, 1);

        g_atomic_ref_count_init(&scope->references);
        scope->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (; entity_ids && *entity_ids; entity_ids++)
                g_hash_table_add(scope->ids, g_strdup(*entity_ids));
        return scope;
}

Scope *scope_ref(Scope *scope)
{
        if (scope)
                g_atomic_ref_count_inc(&scope->references);
        return scope;
}

Scope *scope_unref(Scope *scope)
{
        if (scope && g_atomic_ref_count_dec(&scope->references)) {
                g_hash_table_unref(scope->ids);
                g_free(scope);
        }
        return NULL;
}

bool scope_allows(const Scope *scope, const char *entity_id)
{
        return !scope || (entity_id && g_hash_table_contains(scope->ids, entity_id));
}

unsigned scope_count(const Scope *scope)
{
        return g_hash_table_size(scope->ids);
}

void scope_each(const Scope *scope, void (*each)(const char *entity_id, void *data), void *data)
{
        GHashTableIter iter;
        void *id;

        g_hash_table_iter_init(&iter, scope->ids);
        while (g_hash_table_iter_next(&iter, &id, NULL))
                each(id, data);
}
