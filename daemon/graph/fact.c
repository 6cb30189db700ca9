/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mapping facts from rows and to answers. */
#include "graph/fact.h"

#include <math.h>
#include <string.h>

static const char *const tiers[] = {
        [FACT_TIER_INFERRED] = "inferred",
        [FACT_TIER_EXTRACTED] = "extracted",
        [FACT_TIER_HUMAN] = "human",
};

FactTier fact_tier_from_string(const char *text)
{
        for (int tier = 0; tier < (int)G_N_ELEMENTS(tiers); tier++)
                if (g_strcmp0(text, tiers[tier]) == 0)
                        return (FactTier)tier;
        return FACT_TIER_NONE;
}

const char *fact_tier_to_string(FactTier tier)
{
        return tiers[tier];
}

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
                .source_gone = statement_int(row, 20) != 0, /* NULL: no document, or not seen */
                .subject_id = statement_text(row, 21),
                .object_as = statement_text(row, 22),
        };
}

static void tell_if(Sink *sink, const char *name, const char *value)
{
        if (value)
                sink_text(sink, name, value);
}

void fact_tell(const Fact *fact, Sink *sink)
{
        sink_text(sink, "id", fact->id);
        sink_text(sink, "entity_id", fact->entity_id);
        tell_if(sink, "subject_id", fact->subject_id);
        sink_text(sink, "predicate", fact->predicate);
        sink_text(sink, "object", fact->object);
        sink_text(sink, "object_kind", fact->object_kind);
        tell_if(sink, "object_as", fact->object_as);
        tell_if(sink, "object_name", fact->object_name);
        sink_text(sink, "observer", fact->agent);
        sink_time(sink, "observed_at", fact->observed_at);
        sink_time(sink, "recorded_at", fact->recorded_at);
        sink_text(sink, "trust_tier", fact->trust_tier);
        if (!isnan(fact->confidence))
                sink_double(sink, "confidence", fact->confidence);
        if (fact->qualifiers)
                sink_json(sink, "qualifiers", fact->qualifiers);
        tell_if(sink, "quote", fact->quote);
        if (fact->quote && fact->document_hash) {
                sink_int(sink, "quote_start", fact->quote_start);
                sink_int(sink, "quote_end", fact->quote_end);
        }
        tell_if(sink, "source_doc_id", fact->document_id);
        sink_bool(sink, "stale_source", fact->stale_source);
        sink_bool(sink, "source_gone", fact->source_gone);
        tell_if(sink, "superseded_by", fact->superseded_by);
        if (!fact->is_current)
                sink_time(sink, "superseded_at", fact->superseded_at);
}

JsonObject *fact_to_json(const Fact *fact)
{
        JsonSink sink;

        json_sink_init(&sink);
        fact_tell(fact, &sink.sink);
        return sink.root;
}

char *fact_row_member(const char *row_id, const char *member)
{
        g_autoptr(JsonObject) object = NULL;

        if (strcmp(member, "id") == 0 && g_str_has_prefix(row_id, "{\"id\":\"fact-") &&
            g_str_has_suffix(row_id, "\"}") && !strchr(row_id, '\\'))
                return g_strndup(row_id + 7, strlen(row_id) - 9);
        object = json_parse_object(row_id, -1, NULL);
        return object ? g_strdup(json_member_string(object, member, NULL)) : NULL;
}
