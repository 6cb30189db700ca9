/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments that one tool calls so and another otherwise. Released names stay; each tool also takes what its neighbours
 * call the same thing, so that an id goes from one answer into the next call under the name that it came with. */
#include "tools/table.h"

typedef struct Synonym {
        const char *said, *meant;
        const char *prefix; /* of an id that it must be to mean this, or NULL */
} Synonym;

static const Synonym synonyms[] = {
        {"doc_id", "document_id", NULL},        {"document_id", "doc_id", NULL},
        {"source_doc_id", "document_id", NULL}, {"session", "session_id", NULL},
        {"session_id", "session", NULL},        {"connection", "connection_id", NULL},
        {"connection_id", "connection", NULL},  {"entity", "entity_id", "ent"},
        {"entity", "entity_name", NULL},        {"entity_id", "entity", NULL},
        {"entity_name", "entity", NULL},        {"subject_id", "entity_id", "ent"},
};

static bool is_meant(const Synonym *synonym, JsonObject *properties, JsonObject *args)
{
        const char *value = json_member_string(args, synonym->said, NULL);

        return value && !json_object_has_member(properties, synonym->said) &&
               json_object_has_member(properties, synonym->meant) &&
               !json_object_has_member(args, synonym->meant) &&
               (!synonym->prefix || id_is_valid(value, synonym->prefix));
}

void names_settle(const Entry *entry, JsonObject *args)
{
        JsonObject *input = json_member_object(entry->resource, "input");
        JsonObject *properties = input ? json_member_object(input, "properties") : NULL;

        for (unsigned i = 0; properties && i < G_N_ELEMENTS(synonyms); i++) {
                if (!is_meant(&synonyms[i], properties, args))
                        continue;
                json_object_set_string_member(args, synonyms[i].meant,
                                              json_member_string(args, synonyms[i].said, ""));
                json_object_remove_member(args, synonyms[i].said);
        }
}
