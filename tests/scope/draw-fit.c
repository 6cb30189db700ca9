/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments that fit together: a quote stands in its document, an object is of its predicate's kind. */
#include "scope/draw-inside.h"

#include <string.h>

static void say(JsonObject *args[2], const char *member, Pair pair)
{
        for (unsigned i = 0; i < 2; i++) {
                json_object_set_string_member(args[i], member, pair.text[i]);
                g_free(pair.text[i]);
        }
}

void draw_unsay(JsonObject *args[2], const char *members)
{
        g_auto(GStrv) names = g_strsplit(members, " ", 0);

        for (char **name = names; *name; name++)
                for (unsigned i = 0; i < 2; i++)
                        json_object_remove_member(args[i], *name);
}

/* A document with words that stand in it. */
static void say_quote(Draw *draw, JsonObject *args[2])
{
        const Pair *known = NULL;

        for (unsigned tries = 0; tries < 400; tries++) {
                const Pair *own = CHANCE(draw, 80) ? draw_pair(draw, "seen-doc") : NULL;
                Pair seen = own ? pair_both(g_strdup(own->text[0])) : draw_known(draw, "doc");

                known = draw_pair(draw, "quote");
                bool fits = g_str_has_prefix(known->text[0], seen.text[0]);
                g_free(seen.text[0]);
                g_free(seen.text[1]);
                if (fits)
                        break;
        }
        const char *line = strchr(known->text[0], '\n');

        say(args, "document_id",
            pair_both(g_strndup(known->text[0], (size_t)(line - known->text[0]))));
        say(args, "quote", pair_both(g_strndup(line + 1, 250)));
}

static void say_object(Draw *draw, JsonObject *args[2])
{
        static const char *const links[] = {"knows", "part_of", "works_for", "related_to"};

        if (CHANCE(draw, 40)) {
                say(args, "predicate", pair_both(g_strdup(ONE_OF(draw, links))));
                say(args, "object", CHANCE(draw, 50) ? draw_known(draw, "ent") : draw_name(draw));
        } else if (CHANCE(draw, 30)) {
                say(args, "predicate", pair_both(g_strdup("employee_count")));
                for (unsigned i = 0, value = (unsigned)RANGE(draw, 1, 6); i < 2; i++)
                        json_object_set_int_member(args[i], "object", value);
        } else {
                say(args, "predicate", pair_both(g_strdup(CHANCE(draw, 50) ? "status" : "note")));
                say(args, "object", pair_both(g_strdup(draw_word(draw))));
        }
}

/* Either an id or a name, seldom both. */
static void say_entity(Draw *draw, JsonObject *args[2], bool needed)
{
        bool is_named = json_object_has_member(args[0], "entity_id") ||
                        json_object_has_member(args[0], "entity_name");

        if ((!needed && !is_named) || CHANCE(draw, 5))
                return;
        draw_unsay(args, "entity_id entity_name");
        if (CHANCE(draw, 60)) {
                draw_unsay(args, "entity_type");
                say(args, "entity_id", draw_known(draw, "ent"));
        } else {
                say(args, "entity_name", draw_name(draw));
        }
}

/* The one that was given last: others are soon over. */
static void say_lease(Draw *draw, JsonObject *args[2])
{
        GPtrArray *pool = g_hash_table_lookup(draw->pools, "seen-lease");

        if (pool && CHANCE(draw, 70))
                say(args, "lease_id", pair_copied(pool->pdata[pool->len - 1]));
}

bool draw_has_rule(JsonObject *schema, const char *name)
{
        return json_object_has_member(schema, "properties") &&
               json_object_has_member(json_object_get_object_member(schema, "properties"), name);
}

static void fit_claims(Draw *draw, JsonObject *args[2])
{
        JsonArray *lists[2];

        for (unsigned i = 0; i < 2; i++)
                lists[i] = json_object_get_array_member(args[i], "claims");
        for (unsigned c = 0; c < json_array_get_length(lists[0]); c++) {
                JsonObject *claim[2] = {json_array_get_object_element(lists[0], c),
                                        json_array_get_object_element(lists[1], c)};

                say_object(draw, claim);
                draw_unsay(
                        claim,
                        "entity entity_id char_start supersedes entity_type qualifiers confidence observed_at object_type");
                say_entity(draw, claim, /* needed= */ true);
                say_quote(draw, claim);
        }
        draw_unsay(args, "document_id lease_id");
}

static void fit_rule(Draw *draw, JsonObject *args[2])
{
        for (unsigned i = 0; i < 2; i++) {
                JsonArray *reads = json_array_new();

                json_array_add_string_element(reads, "related_to");
                json_object_set_array_member(args[i], "predicates", reads);
                json_object_set_string_member(args[i], "kind", "inverse");
                json_object_set_string_member(args[i], "predicate", "same_as");
        }
        draw_unsay(args, "max_depth function window time group_by cumulative");
}

/* A resource of something, seen or not. */
static void say_uri(Draw *draw, JsonObject *args[2])
{
        static const char *const kinds[] = {"ent", "doc"};
        bool entity = CHANCE(draw, 50);
        Pair pair = draw_known(draw, kinds[!entity]);

        for (unsigned i = 0; i < 2; i++) {
                g_autofree char *uri = g_strdup_printf(
                        "ouroboros://%s/%s", entity ? "entity" : "document", pair.text[i]);

                json_object_set_string_member(args[i], "uri", uri);
                g_free(pair.text[i]);
        }
}

/* A prompt or a template of resources, with the argument that it has. */
static void say_offer(Draw *draw, const char *tool, JsonObject *args[2])
{
        static const struct {
                const char *of, *name, *argument;
        } offers[] = {
                {"prompt", "mine-document", "document"},
                {"prompt", "review-contradictions", "entity"},
                {"prompt", "review-contradictions", "predicate"},
                {"resource", "ouroboros://document/{id}", "id"},
                {"resource", "ouroboros://entity/{id}", "id"},
        };
        bool prompt = strcmp(tool, "get_prompt") == 0;
        unsigned at = (unsigned)RANGE(draw, 0, prompt ? 3 : 5);
        JsonObject *values[2] = {json_object_new(), json_object_new()};

        say(args, "name", pair_both(g_strdup(offers[at].name)));
        if (prompt) {
                say(values, offers[at].argument, draw_name(draw));
                for (unsigned i = 0; i < 2; i++)
                        json_object_set_object_member(args[i], "arguments", values[i]);
                return;
        }
        say(args, "of", pair_both(g_strdup(offers[at].of)));
        say(args, "argument", pair_both(g_strdup(offers[at].argument)));
        say(args, "value", draw_name(draw));
        json_object_unref(values[0]);
        json_object_unref(values[1]);
}

static void fit_projection(JsonObject *args[2], unsigned number)
{
        for (unsigned i = 0; i < 2; i++) {
                g_autofree char *name = g_strdup_printf("shape_%u", number);
                g_autoptr(JsonObject) column = json_parse_object(
                        "{\"name\":\"size\",\"predicates\":[\"employee_count\"]}", -1, NULL);
                JsonArray *columns = json_array_new();

                json_array_add_object_element(columns, g_steal_pointer(&column));
                json_object_set_array_member(args[i], "columns", columns);
                json_object_set_string_member(args[i], "name", name);
        }
        draw_unsay(args, "group_by filters entity_type");
}

static void fit_alone(Draw *draw, JsonObject *args[2], const char *const *members, unsigned count)
{
        unsigned keep = (unsigned)RANGE(draw, 0, (int)count);

        for (unsigned i = 0; i < count; i++)
                if (i != keep)
                        draw_unsay(args, members[i]);
        if (!json_object_has_member(args[0], members[keep]))
                say(args, members[keep], draw_known(draw, draw_meaning(members[keep])));
        if (strcmp(members[keep], "connection") == 0 && CHANCE(draw, 80))
                say(args, "since", draw_time(draw));
}

void draw_fit(Draw *draw, const char *tool, JsonObject *schema, JsonObject *args[2])
{
        static const char *const cohort[] = {"group_id", "session_id", "connection", "mutation_id"};

        if (draw_has_rule(schema, "entity_id"))
                say_entity(draw, args,
                           draw_is_among(
                                   ",remember_fact,get_entity,as_of,trace_belief,add_entity_alias,"
                                   "propose_autolink,predicates_in_use,",
                                   tool));
        if (draw_has_rule(schema, "doc_id"))
                draw_unsay(args, "doc_id");
        if (strcmp(tool, "remember_fact") == 0) {
                draw_unsay(args, "qualifiers supersedes trust_tier observed_at");
                say_object(draw, args);
        }
        if (draw_has_rule(schema, "lease_id") && json_object_has_member(args[0], "lease_id"))
                say_lease(draw, args);
        if (strcmp(tool, "read_resource") == 0)
                say_uri(draw, args);
        if (draw_is_among(",get_prompt,complete_argument,", tool))
                say_offer(draw, tool, args);
        if (strcmp(tool, "define_projection") == 0)
                fit_projection(args, (unsigned)RANGE(draw, 0, 1000));
        if (draw_has_rule(schema, "quote") && draw_has_rule(schema, "document_id"))
                say_quote(draw, args);
        if (strcmp(tool, "submit_claim_graph") == 0)
                fit_claims(draw, args);
        if (strcmp(tool, "define_rule") == 0)
                fit_rule(draw, args);
        if (strcmp(tool, "branch_preview") == 0)
                fit_alone(draw, args, cohort, 4);
        if (strcmp(tool, "revert_group") == 0 || strcmp(tool, "session_audit") == 0) {
                draw_unsay(args, "session");
                fit_alone(draw, args, cohort, 3);
        }
        if (strcmp(tool, "sql_query") == 0)
                draw_unsay(args, "params");
        if (strcmp(tool, "enable_tools") == 0)
                draw_unsay(args, RANGE(draw, 0, 4) == 0 ? "group" : "tools add");
        if (strcmp(tool, "propose_autolink") == 0)
                draw_unsay(args, "kind");
}
