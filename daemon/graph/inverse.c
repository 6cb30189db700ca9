/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inverses: B inverse A for each A predicate B. Of several facts that say so the first is the source. */
#include <string.h>

#include "graph/infer.h"

/* How A is written as an object; *ret is NULL if it cannot be: it stands for no document. */
static bool write_object(Db *db, const Rule *rule, const char *subject, char **ret, GError **error)
{
        *ret = NULL;
        if (rule->object_kind == OBJECT_DOCUMENT)
                return basis_document(db, subject, ret, error);
        *ret = g_strdup(subject);
        return true;
}

static bool want_each(Db *db, const Rule *rule, GPtrArray *facts, WantList *list, GError **error)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

        for (unsigned i = 0; i < list->wanted->len; i++)
                g_hash_table_add(seen, ((Wanted *)list->wanted->pdata[i])->object);
        for (unsigned i = 0; i < facts->len; i++) {
                const Basis *basis = facts->pdata[i];
                g_autofree char *object = NULL;
                Wanted *wanted;

                if (!write_object(db, rule, basis->subject, &object, error))
                        return false;
                if (!object || g_hash_table_contains(seen, object))
                        continue;
                if (list->wanted->len == RULE_NODES_MAX) {
                        list->open = true;
                        want_problem(list,
                                     "RULE_NODES_MAX (%d) was reached by what leads to one"
                                     " entity",
                                     RULE_NODES_MAX);
                        return true;
                }
                wanted = want_add(list, g_steal_pointer(&object), NULL);
                g_hash_table_add(seen, wanted->object);
                want_source(list, wanted, basis);
        }
        return true;
}

bool inverse_want(Db *db, const Rule *rule, const char *subject, WantList *list, GError **error)
{
        for (unsigned i = 0; rule->predicates[i]; i++) {
                g_autoptr(GPtrArray) facts = basis_to(db, rule, subject, i, RULE_EDGES_MAX, error);

                if (!facts || !want_each(db, rule, facts, list, error))
                        return false;
        }
        return true;
}
