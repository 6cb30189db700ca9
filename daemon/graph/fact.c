/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mapping facts from rows and to JSON. */
#include "graph/fact.h"

#include <math.h>

void fact_from_row(Statement *row, Fact *ret)
{
        *ret = (Fact){
                .id = statement_text(row, 0),
                .entity_id = statement_text(row, 1),
                .predicate = statement_text(row, 2),
                .object = statement_text(row, 3),
                .object_kind = statement_text(row, 4),
                .object_name = statement_text(row, 5),
                .qualifiers = statement_text(row, 6),
                .agent = statement_text(row, 7),
                .trust_tier = statement_text(row, 8),
                .quote = statement_text(row, 9),
                .document_id = statement_text(row, 10),
                .document_hash = statement_text(row, 11),
                .superseded_by = statement_text(row, 12),
                .observed_at = statement_int(row, 13),
                .recorded_at = statement_int(row, 14),
                .quote_start = statement_int(row, 15),
                .quote_end = statement_int(row, 16),
                .superseded_at = statement_int(row, 17),
                .is_current = statement_is_null(row, 17),
                .confidence = statement_is_null(row, 18) ? NAN : statement_double(row, 18),
                .stale_source = statement_int(row, 19) != 0,
        };
}

static void set_string_if(JsonObject *object, const char *name, const char *value)
{
        if (value)
                json_object_set_string_member(object, name, value);
}

static void set_qualifiers(JsonObject *object, const char *qualifiers)
{
        JsonObject *parsed = qualifiers ? json_parse_object(qualifiers, -1, NULL) : NULL;

        if (parsed)
                json_object_set_object_member(object, "qualifiers", parsed);
}

JsonObject *fact_to_json(const Fact *fact)
{
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "id", fact->id);
        json_object_set_string_member(object, "entity_id", fact->entity_id);
        json_object_set_string_member(object, "predicate", fact->predicate);
        json_object_set_string_member(object, "object", fact->object);
        json_object_set_string_member(object, "object_kind", fact->object_kind);
        set_string_if(object, "object_name", fact->object_name);
        json_object_set_string_member(object, "observer", fact->agent);
        json_set_time(object, "observed_at", fact->observed_at);
        json_set_time(object, "recorded_at", fact->recorded_at);
        json_object_set_string_member(object, "trust_tier", fact->trust_tier);
        if (!isnan(fact->confidence))
                json_object_set_double_member(object, "confidence", fact->confidence);
        set_qualifiers(object, fact->qualifiers);
        set_string_if(object, "quote", fact->quote);
        if (fact->quote && fact->document_hash) {
                json_object_set_int_member(object, "quote_start", fact->quote_start);
                json_object_set_int_member(object, "quote_end", fact->quote_end);
        }
        set_string_if(object, "source_doc_id", fact->document_id);
        json_object_set_boolean_member(object, "stale_source", fact->stale_source);
        set_string_if(object, "superseded_by", fact->superseded_by);
        if (!fact->is_current)
                json_set_time(object, "superseded_at", fact->superseded_at);
        return object;
}
