/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deleting for good, as far as the gate knows. A connection goes with its scope, bearers and approvals; what it wrote in the
 * vault stays. The scope of a connection has ids of entities only, which stay when the entity goes, as ids do everywhere,
 * and then show nothing; so does the read log. What somebody asked for may name an entity in words: the human names that
 * approval, too. */
#include "gate/erasing.h"

typedef struct Goes {
        const char *table; /* NULL: texts */
        const char *sql;
} Goes;

static const Goes connection[] = {
        {"connection_entities", "SELECT connection_id, entity_id FROM connection_entities"
                                " WHERE connection_id = :id"},
        {"connection_listings",
         "SELECT connection_id FROM connection_listings WHERE connection_id = :id"},
        {"bearers", "SELECT connection_id, hash FROM bearers WHERE connection_id = :id"},
        {"approvals", "SELECT id FROM approvals WHERE connection_id = :id"
                      " OR decision ->> 'connection_id' = :id"},
        {NULL, "SELECT name FROM connections WHERE id = :id"},
        {NULL, NULL},
};

static const Goes approval[] = {
        {NULL, "SELECT title, payload, decision FROM approvals WHERE id = :id"},
        {NULL, "SELECT value FROM approvals, json_tree(payload) WHERE approvals.id = :id"
               " AND json_tree.type = 'text'"},
        {NULL, NULL},
};

static bool expand(EraseSet *set, const char *id, void *data, GError **error)
{
        for (const Goes *goes = data; goes->sql; goes++) {
                bool ok = goes->table ? erase_add_rows(set, goes->table, goes->sql, id, error)
                                      : erase_add_words(set, goes->sql, id, error);

                if (!ok)
                        return false;
        }
        return true;
}

void gate_add_erasers(Store *ops)
{
        store_add_eraser(ops, "connections",
                         &(StoreEraser){.expand = expand, .data = (void *)connection});
        store_add_eraser(ops, "approvals",
                         &(StoreEraser){.expand = expand, .data = (void *)approval});
}
