/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deleting for good, as far as the graph knows: for each table a list of what else goes with a row of it, and of the texts
 * that say what the row said. Predicates have none: one goes only if nothing uses it. */
#include "graph/erasing.h"

#include <string.h>

/* Rows of table that sql selects, or, if table is NULL, texts. gone: rows that are no more. */
typedef struct Goes {
        const char *table;
        const char *sql;
        bool gone;
} Goes;

/* What was reverted, of which the journal still tells all. */
#define GONE(table, condition)                                                                     \
        {                                                                                          \
                table,                                                                             \
                        "SELECT m.row_id FROM mutations m WHERE m.table_name = '" table "'"        \
                        " AND m.op = 'delete' AND json_valid(m.before) AND (" condition ")"        \
                        " AND NOT EXISTS (SELECT 1 FROM " table                                    \
                        " r WHERE r.id = m.row_id ->> '$.id')",                                    \
                        true                                                                       \
        }

static bool expand(EraseSet *set, const char *id, void *data, GError **error)
{
        for (const Goes *goes = data; goes->sql; goes++) {
                bool ok = !goes->table ? erase_add_words(set, goes->sql, id, error)
                          : goes->gone ? erase_add_gone(set, goes->table, goes->sql, id, error)
                                       : erase_add_rows(set, goes->table, goes->sql, id, error);

                if (!ok)
                        return false;
        }
        return true;
}

/* The names that an entity goes by are those that wait for it in the queue, too. What was merged into it was it. */
static const Goes entity[] = {
        {"facts", "SELECT id FROM facts WHERE coalesce(subject_id, entity_id) = :id"
                  " UNION SELECT id FROM facts WHERE entity_id = :id AND subject_id IS NOT NULL"},
        {"facts", "SELECT id FROM facts WHERE substr(object, 1, 4) = 'ent-'"
                  " AND coalesce(object_as, object) = :id"
                  " UNION SELECT id FROM facts WHERE object = :id AND object_as IS NOT NULL"},
        {"entities", "SELECT id FROM entities WHERE merged_into = :id"},
        {"entity_aliases", "SELECT entity_id, alias_key FROM entity_aliases WHERE entity_id = :id"},
        {"merged_entities", "SELECT id FROM merged_entities WHERE id = :id OR subject_id = :id"},
        {"contradictions", "SELECT entity_id, predicate FROM contradictions WHERE entity_id = :id"},
        {"contradicted_facts",
         "SELECT entity_id, predicate, fact_id FROM contradicted_facts WHERE entity_id = :id"},
        {"contradiction_reviews",
         "SELECT entity_id, predicate FROM contradiction_reviews WHERE entity_id = :id"},
        {"held_claims", "SELECT id FROM held_claims WHERE entity_id = :id OR object = :id"},
        {"discovered", "SELECT id FROM discovered WHERE entity_id = :id OR name_key IN"
                       " (SELECT name_key FROM entities WHERE id = :id"
                       " UNION SELECT alias_key FROM entity_aliases WHERE entity_id = :id)"},
        GONE("facts", "m.before ->> '$.entity_id' = :id OR m.before ->> '$.object' = :id"),
        GONE("held_claims", "m.before ->> '$.entity_id' = :id OR m.before ->> '$.object' = :id"),
        {NULL, "SELECT name, name_key FROM entities WHERE id = :id"},
        {NULL, "SELECT alias, alias_key FROM entity_aliases WHERE entity_id = :id"},
        {NULL, "SELECT before ->> '$.alias', before ->> '$.alias_key' FROM mutations"
               " WHERE table_name = 'entity_aliases' AND op = 'delete' AND json_valid(before)"
               " AND before ->> '$.entity_id' = :id"},
        {NULL, NULL},
};

/* Numbers and dates stand everywhere: they are not looked for. What was inferred from it goes too; what still follows from
 * other facts is inferred anew. */
static const Goes fact[] = {
        {"fact_supersedes", "SELECT fact_id, target_id FROM fact_supersedes WHERE fact_id = :id"
                            " UNION SELECT fact_id, target_id FROM fact_supersedes"
                            " WHERE target_id = :id"},
        {"contradicted_facts",
         "SELECT entity_id, predicate, fact_id FROM contradicted_facts WHERE fact_id = :id"},
        {"held_claims", "SELECT id FROM held_claims WHERE fact_id = :id"},
        {"fact_sources", "SELECT fact_id, ordinal FROM fact_sources WHERE fact_id = :id"
                         " UNION SELECT fact_id, ordinal FROM fact_sources WHERE source_id = :id"},
        {"facts", "SELECT s.fact_id FROM fact_sources s JOIN facts f ON f.id = s.fact_id"
                  " WHERE s.source_id = :id"},
        {NULL, "SELECT f.object FROM facts f JOIN predicates p ON p.name = f.predicate"
               " WHERE f.id = :id AND p.object_kind IN ('text', 'json')"},
        {NULL, "SELECT quote, qualifiers FROM facts WHERE id = :id"},
        {NULL, NULL},
};

static const Goes alias[] = {
        {NULL, "SELECT alias, alias_key FROM entity_aliases WHERE entity_id = :id"},
        {NULL, NULL},
};

static const Goes discovered[] = {
        {"held_claims", "SELECT id FROM held_claims WHERE subject_id = :id OR object_id = :id"},
        GONE("held_claims",
             "m.before ->> '$.subject_id' = :id OR m.before ->> '$.object_id' = :id"),
        {NULL, "SELECT name, name_key, aliases, reason FROM discovered WHERE id = :id"},
        {NULL, NULL},
};

static const Goes held[] = {
        {NULL, "SELECT h.object FROM held_claims h JOIN predicates p ON p.name = h.predicate"
               " WHERE h.id = :id AND p.object_kind IN ('text', 'json', 'entity')"},
        {NULL, "SELECT subject_name, qualifiers, quote, reason FROM held_claims WHERE id = :id"},
        {NULL, NULL},
};

static const Goes review[] = {
        {NULL, "SELECT note FROM contradiction_reviews WHERE entity_id = :id"},
        {NULL, NULL},
};

static const Goes rule[] = {
        {"rule_problems", "SELECT rule_id FROM rule_problems WHERE rule_id = :id"},
        {NULL, "SELECT name, description FROM rules WHERE id = :id"},
        {NULL, NULL},
};

static const Goes projection[] = {
        {NULL, "SELECT name, description FROM projections WHERE id = :id"},
        {NULL, NULL},
};

static const Goes predicate[] = {
        {NULL, "SELECT name, description FROM predicates WHERE name = :id"},
        {NULL, NULL},
};

/* What was found in no other document went unheard of without this one. */
static const Goes document[] = {
        {"facts", "SELECT id FROM facts WHERE document_id = :id"},
        {"facts", "SELECT f.id FROM facts f JOIN predicates p ON p.name = f.predicate"
                  " WHERE f.object = :id AND p.object_kind = 'document'"},
        {"entities", "SELECT id FROM entities WHERE document_id = :id"},
        {"held_claims", "SELECT id FROM held_claims WHERE document_id = :id"},
        {"discovered", "SELECT d.id FROM discovered d WHERE d.document_id = :id"
                       " AND d.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM held_claims h"
                       " WHERE (h.subject_id = d.id OR h.object_id = d.id)"
                       " AND h.document_id <> :id)"},
        {"rejections", "SELECT id FROM rejections WHERE document_id = :id"},
        GONE("facts", "m.before ->> '$.document_id' = :id"),
        GONE("held_claims", "m.before ->> '$.document_id' = :id"),
        GONE("discovered", "m.before ->> '$.document_id' = :id"),
        {NULL, NULL},
};

void erasing_register(Store *vault)
{
        static const struct {
                const char *table;
                const Goes *goes;
        } erasers[] = {
                {"entities", entity},        {"facts", fact},
                {"entity_aliases", alias},   {"discovered", discovered},
                {"held_claims", held},       {"contradiction_reviews", review},
                {"predicates", predicate},   {"rules", rule},
                {"projections", projection}, {"documents", document},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(erasers); i++)
                store_add_eraser(vault, erasers[i].table,
                                 &(StoreEraser){.expand = expand,
                                                .data = (void *)(uintptr_t)erasers[i].goes});
}
