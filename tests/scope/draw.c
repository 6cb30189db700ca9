/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scope/draw-inside.h"

#include <string.h>

#define POOL_MAX 4000 /* values of one kind */

static void pair_free(void *data)
{
        Pair *pair = data;

        g_free(pair->text[0]);
        g_free(pair->text[1]);
        g_free(pair);
}

/* ---- what can be drawn ---- */

void draw_learn(Draw *draw, const char *kind, const char *one, const char *two)
{
        GPtrArray *pool = g_hash_table_lookup(draw->pools, kind);
        Pair *pair;

        if (!pool) {
                pool = g_ptr_array_new_with_free_func(pair_free);
                g_hash_table_insert(draw->pools, g_strdup(kind), pool);
        }
        if (pool->len >= POOL_MAX)
                return;
        for (unsigned i = pool->len; i > 0 && i + 30 > pool->len; i--) {
                const Pair *known = pool->pdata[i - 1];

                if (strcmp(known->text[0], one) == 0 && strcmp(known->text[1], two) == 0)
                        return;
        }
        pair = g_new0(Pair, 1);
        *pair = (Pair){{g_strdup(one), g_strdup(two)}};
        g_ptr_array_add(pool, pair);
}

const Pair *draw_pair(Draw *draw, const char *kind)
{
        GPtrArray *pool = g_hash_table_lookup(draw->pools, kind);

        /* what came last is often what is asked for next */
        if (!pool || pool->len == 0)
                return NULL;
        int from = pool->len > 10 && CHANCE(draw, 20) ? (int)pool->len - 10 : 0;
        return pool->pdata[RANGE(draw, from, (int)pool->len)];
}

static void learn_query(Draw *draw, World *world, const char *kind, const char *sql)
{
        g_autoptr(GPtrArray) list = world_list(world, sql);

        for (unsigned i = 0; i < list->len; i++)
                if (list->pdata[i])
                        draw_learn(draw, kind, list->pdata[i], list->pdata[i]);
}

static void learn_world(Draw *draw, World *world)
{
        static const struct {
                const char *kind, *sql;
        } queries[] = {
                {"ent", "SELECT id FROM entities"},
                {"doc", "SELECT id FROM documents"},
                {"fact", "SELECT id FROM facts"},
                {"root", "SELECT id FROM roots"},
                {"disc", "SELECT id FROM discovered"},
                {"link", "SELECT id FROM autolinks"},
                {"lease", "SELECT lease_id FROM mining_windows WHERE lease_id IS NOT NULL"},
                {"mut", "SELECT id FROM mutations ORDER BY seq DESC LIMIT 600"},
                {"grp", "SELECT DISTINCT group_id FROM writes"},
                {"sess", "SELECT DISTINCT session_id FROM writes WHERE session_id IS NOT NULL"},
                {"conn", "SELECT DISTINCT actor_connection FROM writes"
                         " WHERE actor_connection IS NOT NULL"},
                {"name", "SELECT name FROM entities"},
                {"name", "SELECT alias FROM entity_aliases"},
                {"name", "SELECT name FROM discovered"},
                {"type", "SELECT DISTINCT type FROM entities"},
                {"predicate", "SELECT DISTINCT predicate FROM facts"},
                {"predicate", "SELECT name FROM predicates"},
                {"rule", "SELECT name FROM rules"},
                {"projection", "SELECT name FROM projections"},
                {"table", "SELECT name FROM table_kinds"},
                {"object", "SELECT DISTINCT object FROM facts"},
                {"repo", "SELECT id FROM code_repositories"},
                {"symbol", "SELECT printf('sym-%016x', hash) FROM code_symbols"},
                {"symbol-name", "SELECT DISTINCT name FROM code_symbols"},
                {"module", "SELECT DISTINCT path FROM code_modules"},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(queries); i++)
                learn_query(draw, world, queries[i].kind, queries[i].sql);
}

/* Lines of texts that can be quoted, with the document in front. */
static void learn_quotes(Draw *draw, World *world)
{
        g_autoptr(GPtrArray) list =
                world_list(world, "SELECT d.id || char(10) || t.text FROM documents d"
                                  " JOIN document_text t ON t.sha256 = d.sha256");

        for (unsigned i = 0; i < list->len; i++) {
                g_auto(GStrv) lines = g_strsplit(list->pdata[i], "\n", 0);

                for (unsigned l = 1; lines[l]; l++) {
                        g_autofree char *quote = g_strdup_printf("%s\n%s", lines[0], lines[l]);

                        if (*lines[l])
                                draw_learn(draw, "quote", quote, quote);
                }
        }
}

static void learn_visible(Draw *draw, World *world, char **scope)
{
        for (char **id = scope; *id; id++) {
                g_autofree char *sql =
                        g_strdup_printf("SELECT document_id FROM entities WHERE id = '%s'", *id);
                g_autofree char *names =
                        g_strdup_printf("SELECT name FROM entities WHERE id = '%s'", *id);
                g_autofree char *facts = g_strdup_printf(
                        "SELECT id FROM facts WHERE coalesce(subject_id, entity_id) = '%s'", *id);

                draw_learn(draw, "seen-ent", *id, *id);
                learn_query(draw, world, "seen-doc", sql);
                learn_query(draw, world, "seen-name", names);
                learn_query(draw, world, "seen-fact", facts);
        }
}

Draw *draw_new(GRand *rand, World *one, World *two, char **scope)
{
        Draw *draw = g_new0(Draw, 1);

        draw->rand = rand;
        draw->pools = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify)g_ptr_array_unref);
        learn_world(draw, one);
        learn_world(draw, two);
        learn_quotes(draw, two);
        learn_visible(draw, one, scope);
        g_autoptr(JsonObject) views = world_call(one, one->human, "list_sql_views", "{}");
        draw->sql_views = json_array_ref(json_object_get_array_member(views, "views"));
        return draw;
}

void draw_free(Draw *draw)
{
        g_hash_table_unref(draw->pools);
        json_array_unref(draw->sql_views);
        g_free(draw);
}

/* ---- what answers name ---- */

static void harvest_text(Draw *draw, const char *tool, const char *member,
                         const char *const texts[2])
{
        const char *dash = strchr(texts[0], '-');

        if (g_strcmp0(member, "next") == 0) {
                g_autofree char *kind = g_strconcat("next-", tool, NULL);

                draw_learn(draw, kind, texts[0], texts[1]);
        } else if (dash && dash > texts[0] && dash - texts[0] < 8 && id_is_valid(texts[0], NULL)) {
                g_autofree char *kind = g_strndup(texts[0], (size_t)(dash - texts[0]));

                g_autofree char *seen = g_strconcat("seen-", kind, NULL);

                draw_learn(draw, kind, texts[0], texts[1]);
                draw_learn(draw, seen, texts[0], texts[1]);
        }
}

static void harvest(Draw *draw, const char *tool, const char *member, JsonNode *const nodes[2])
{
        if (json_node_get_node_type(nodes[0]) != json_node_get_node_type(nodes[1]))
                return;
        if (JSON_NODE_HOLDS_OBJECT(nodes[0])) {
                JsonObject *two = json_node_get_object(nodes[1]);
                JsonObjectIter iter;
                const char *name;
                JsonNode *child;

                json_object_iter_init(&iter, json_node_get_object(nodes[0]));
                while (json_object_iter_next(&iter, &name, &child))
                        if (json_object_has_member(two, name))
                                harvest(draw, tool, name,
                                        (JsonNode *[]){child, json_object_get_member(two, name)});
        } else if (JSON_NODE_HOLDS_ARRAY(nodes[0])) {
                JsonArray *one = json_node_get_array(nodes[0]),
                          *two = json_node_get_array(nodes[1]);

                for (unsigned i = 0;
                     i < json_array_get_length(one) && i < json_array_get_length(two); i++)
                        harvest(draw, tool, member,
                                (JsonNode *[]){json_array_get_element(one, i),
                                               json_array_get_element(two, i)});
        } else if (JSON_NODE_HOLDS_VALUE(nodes[0]) && json_node_get_string(nodes[0]) &&
                   json_node_get_string(nodes[1])) {
                harvest_text(draw, tool, member,
                             (const char *[]){json_node_get_string(nodes[0]),
                                              json_node_get_string(nodes[1])});
        }
}

void draw_harvest(Draw *draw, const char *tool, JsonNode *one, JsonNode *two)
{
        harvest(draw, tool, NULL, (JsonNode *[]){one, two});
}

/* ---- texts ---- */

const char *draw_word(Draw *draw)
{
        return populate_words[RANGE(draw, 0, POPULATE_WORDS)];
}

Pair pair_both(char *text)
{
        return (Pair){{text, g_strdup(text)}};
}

Pair pair_copied(const Pair *pair)
{
        return (Pair){{g_strdup(pair->text[0]), g_strdup(pair->text[1])}};
}

static Pair draw_garbage(Draw *draw)
{
        static const char *const garbage[] = {
                "ent-00000000000000000000000000000001",
                "doc-00000000000000000000000000000001",
                "fact-0000000000000000000000000000001",
                "",
                "x",
                "%",
                "'; --",
                "Ünï",
                "-1",
        };

        return pair_both(g_strdup(ONE_OF(draw, garbage)));
}

/* One of the kind; of those that the scope has more often than they are. */
Pair draw_known(Draw *draw, const char *kind)
{
        g_autofree char *seen = g_strconcat("seen-", kind, NULL);
        const Pair *pair = CHANCE(draw, 60) ? draw_pair(draw, seen) : NULL;

        if (!pair)
                pair = draw_pair(draw, kind);
        return pair ? pair_copied(pair) : draw_garbage(draw);
}

/* A name of somebody, whole, cut or changed. */
Pair draw_name(Draw *draw)
{
        Pair pair =
                CHANCE(draw, 80) ? draw_known(draw, "name") : pair_both(populate_name(draw->rand));

        for (unsigned i = 0; i < 2; i++) {
                char *text = pair.text[i];

                if (CHANCE(draw, 8))
                        pair.text[i] = g_utf8_strup(text, -1);
                else if (CHANCE(draw, 8))
                        pair.text[i] =
                                g_utf8_substring(text, 0, MAX(g_utf8_strlen(text, -1) - 1, 0));
                else
                        continue;
                g_free(text);
        }
        if (strcmp(pair.text[0], pair.text[1]) != 0) { /* the chances fell apart */
                g_free(pair.text[1]);
                pair.text[1] = g_strdup(pair.text[0]);
        }
        return pair;
}

Pair draw_time(Draw *draw)
{
        char text[CLOCK_ISO_BYTES];

        clock_write_iso(clock_now() - (int64_t)RANGE(draw, 0, 2000000) * G_USEC_PER_SEC * 7000,
                        text);
        return pair_both(g_strdup(text));
}

static Pair draw_query(Draw *draw)
{
        GString *text = g_string_new(NULL);

        for (int i = RANGE(draw, 1, 6); i > 0; i--) {
                g_autofree char *name = populate_name(draw->rand);

                if (CHANCE(draw, 20))
                        g_string_append_printf(text, "\"%s\" ", name);
                else if (CHANCE(draw, 10))
                        g_string_append_printf(text, "-%s ", draw_word(draw));
                else if (CHANCE(draw, 10))
                        g_string_append_printf(text, "%.3s* ", draw_word(draw));
                else
                        g_string_append_printf(text, "%s ", draw_word(draw));
        }
        return pair_both(g_string_free(text, FALSE));
}

static Pair draw_row(Draw *draw)
{
        static const char *const kinds[] = {"ent", "fact", "doc", "root", "predicate"};
        g_auto(GStrv) unused = NULL;
        Pair pair = draw_known(draw, ONE_OF(draw, kinds));

        if (CHANCE(draw, 50))
                return pair;
        for (unsigned i = 0; i < 2; i++) {
                char *id = pair.text[i];

                pair.text[i] = g_strdup_printf("{\"id\":\"%s\"}", id);
                g_free(id);
        }
        return pair;
}

static Pair draw_quote(Draw *draw)
{
        const Pair *pair = draw_pair(draw, "quote");

        return pair ? pair_both(g_strndup(strchr(pair->text[0], '\n') + 1, 200))
                    : draw_garbage(draw);
}

/* Members that are named alike mean the same in all tools. */
static const struct {
        const char *names; /* between commas */
        const char *kind;
} meanings[] = {
        {",entity_id,merge,", "ent"},
        {",document_id,doc_id,", "doc"},
        {",fact_id,supersedes,", "fact"},
        {",mutation_id,", "mut"},
        {",group_id,", "grp"},
        {",root_id,", "root"},
        {",lease_id,", "lease"},
        {",link_id,", "link"},
        {",discovered_id,", "disc"},
        {",session,session_id,", "sess"},
        {",connection,", "conn"},
        {",predicate,predicates,", "predicate"},
        {",type,entity_type,object_type,", "type"},
        {",table_name,table,", "table"},
        {",repository,", "repo"},
        {",symbol_id,to_symbol_id,", "symbol"},
        {",to_name,", "symbol-name"},
        {",module,", "module"},
};

/* Is the name one of those between commas? */
bool draw_is_among(const char *names, const char *name)
{
        g_autofree char *wanted = g_strdup_printf(",%s,", name);

        return strstr(names, wanted) != NULL;
}

const char *draw_meaning(const char *member)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(meanings); i++)
                if (draw_is_among(meanings[i].names, member))
                        return meanings[i].kind;
        return NULL;
}

static Pair draw_text(Draw *draw, const char *tool, const char *member)
{
        const char *kind = draw_meaning(member);

        if (CHANCE(draw, 3))
                return draw_garbage(draw);
        if (kind)
                return draw_known(draw, kind);
        if (strcmp(member, "after") == 0) {
                g_autofree char *next = g_strconcat("next-", tool, NULL);
                const Pair *pair = draw_pair(draw, next);

                return pair ? pair_copied(pair) : draw_garbage(draw);
        }
        if (draw_is_among(",name_prefix,entity_name,alias,aliases,entity,", member))
                return draw_name(draw);
        if (strcmp(member, "name") == 0 && (strstr(tool, "codebase") || strstr(tool, "symbol")))
                return draw_known(draw, "symbol-name");
        if (strcmp(member, "name") == 0 && strstr(tool, "projection"))
                return draw_known(draw, "projection");
        if (strcmp(member, "name") == 0 && strstr(tool, "entity"))
                return draw_name(draw);
        if (strcmp(member, "name") == 0)
                return pair_both(g_strdup_printf("%s_%d", draw_word(draw), RANGE(draw, 0, 9)));
        if (draw_is_among(",since,until,at,observed_at,", member))
                return draw_time(draw);
        if (strcmp(member, "row_id") == 0 || strcmp(member, "id") == 0)
                return draw_row(draw);
        if (strcmp(member, "quote") == 0)
                return draw_quote(draw);
        if (strcmp(member, "object") == 0)
                return CHANCE(draw, 40) ? draw_name(draw) : draw_known(draw, "object");
        if (strcmp(member, "sql") == 0)
                return pair_both(draw_sql(draw));
        if (strcmp(member, "query") == 0)
                return draw_query(draw);
        if (strcmp(member, "group_by") == 0 || strcmp(member, "time") == 0)
                return pair_both(g_strdup(strcmp(member, "time") == 0 ? "observed_at" : "entity"));
        return pair_both(g_strdup(draw_word(draw)));
}

/* ---- values ---- */

static void set_texts(JsonNode *ret[2], Pair pair)
{
        for (unsigned i = 0; i < 2; i++) {
                ret[i] = json_node_init_string(json_node_alloc(), pair.text[i]);
                g_free(pair.text[i]);
        }
}

static void set_both(JsonNode *ret[2], JsonNode *node)
{
        ret[0] = node;
        ret[1] = json_node_copy(node);
}

static void draw_value(Draw *draw, const char *tool, const char *member, JsonObject *schema,
                       JsonNode *ret[2]);

static bool is_required(JsonObject *schema, const char *name)
{
        JsonArray *list = json_object_has_member(schema, "required")
                                  ? json_object_get_array_member(schema, "required")
                                  : NULL;

        for (unsigned i = 0; list && i < json_array_get_length(list); i++)
                if (strcmp(json_array_get_string_element(list, i), name) == 0)
                        return true;
        return false;
}

static void draw_object(Draw *draw, const char *tool, JsonObject *schema, JsonObject *ret[2])
{
        JsonObjectIter iter;
        const char *name;
        JsonNode *rule, *values[2];

        for (unsigned i = 0; i < 2; i++)
                ret[i] = json_object_new();
        if (!json_object_has_member(schema, "properties"))
                return;
        json_object_iter_init_ordered(&iter, json_object_get_object_member(schema, "properties"));
        while (json_object_iter_next_ordered(&iter, &name, &rule)) {
                if (!is_required(schema, name) &&
                    !CHANCE(draw, strcmp(name, "after") == 0 ? 15 : 30))
                        continue;
                draw_value(draw, tool, name, json_node_get_object(rule), values);
                for (unsigned i = 0; i < 2; i++)
                        json_object_set_member(ret[i], name, values[i]);
        }
}

static void draw_array(Draw *draw, const char *tool, const char *member, JsonObject *schema,
                       JsonNode *ret[2])
{
        JsonArray *arrays[2] = {json_array_new(), json_array_new()};
        JsonNode *values[2];

        for (int count = RANGE(draw, 1, 3); count > 0 && json_object_has_member(schema, "items");
             count--) {
                draw_value(draw, tool, member, json_object_get_object_member(schema, "items"),
                           values);
                for (unsigned i = 0; i < 2; i++)
                        json_array_add_element(arrays[i], values[i]);
        }
        for (unsigned i = 0; i < 2; i++)
                ret[i] = json_node_init_array(json_node_alloc(), arrays[i]);
        json_array_unref(arrays[0]);
        json_array_unref(arrays[1]);
}

static int64_t draw_int(Draw *draw, JsonObject *schema)
{
        int64_t least = json_member_int(schema, "minimum", 0);
        int64_t most = json_member_int(schema, "maximum", 1000000);

        if (CHANCE(draw, 60))
                most = MIN(most, least + 12);
        return most <= least ? least : least + g_rand_int(draw->rand) % (most - least + 1);
}

/* The type, or one of those allowed. */
static const char *draw_type(Draw *draw, JsonObject *schema)
{
        JsonNode *node = json_object_get_member(schema, "type");

        if (!node)
                return "string";
        if (JSON_NODE_HOLDS_VALUE(node))
                return json_node_get_string(node);
        JsonArray *types = json_node_get_array(node);
        unsigned at =
                CHANCE(draw, 75) ? 0 : (unsigned)RANGE(draw, 0, (int)json_array_get_length(types));
        return json_array_get_string_element(types, at);
}

static void draw_typed(Draw *draw, const char *tool, const char *member, JsonObject *schema,
                       JsonNode *ret[2])
{
        const char *type = draw_type(draw, schema);
        JsonObject *objects[2];

        if (strcmp(type, "string") == 0) {
                set_texts(ret, draw_text(draw, tool, member));
        } else if (strcmp(type, "integer") == 0) {
                set_both(ret, json_node_init_int(json_node_alloc(), draw_int(draw, schema)));
        } else if (strcmp(type, "number") == 0) {
                set_both(ret,
                         json_node_init_double(json_node_alloc(),
                                               RANGE(draw, 0, 5) * 0.25 +
                                                       (strcmp(member, "factor") == 0 ? 3 : 0)));
        } else if (strcmp(type, "boolean") == 0) {
                set_both(ret, json_node_init_boolean(json_node_alloc(), CHANCE(draw, 50)));
        } else if (strcmp(type, "array") == 0) {
                draw_array(draw, tool, member, schema, ret);
        } else if (strcmp(type, "object") == 0) {
                draw_object(draw, tool, schema, objects);
                for (unsigned i = 0; i < 2; i++)
                        ret[i] = json_node_init_object(json_node_alloc(), objects[i]);
                json_object_unref(objects[0]);
                json_object_unref(objects[1]);
        } else {
                set_both(ret, json_node_new(JSON_NODE_NULL));
        }
}

static void draw_value(Draw *draw, const char *tool, const char *member, JsonObject *schema,
                       JsonNode *ret[2])
{
        JsonArray *choices = NULL;

        if (json_object_has_member(schema, "anyOf")) {
                choices = json_object_get_array_member(schema, "anyOf");
                schema = json_array_get_object_element(
                        choices, (unsigned)RANGE(draw, 0, (int)json_array_get_length(choices)));
        }
        if (!json_object_has_member(schema, "enum")) {
                draw_typed(draw, tool, member, schema, ret);
                return;
        }
        choices = json_object_get_array_member(schema, "enum");
        set_both(ret,
                 json_array_dup_element(
                         choices, (unsigned)RANGE(draw, 0, (int)json_array_get_length(choices))));
}

void draw_arguments(Draw *draw, const char *tool, JsonObject *schema, JsonObject *ret[2])
{
        draw_object(draw, tool, schema, ret);
        draw_unsay(ret, "timeout_ms wait_ms"); /* what takes how long is not compared */
        if (draw_has_rule(schema, "wait_ms"))  /* nobody answers */
                for (unsigned i = 0; i < 2; i++)
                        json_object_set_int_member(ret[i], "wait_ms", 0);
        if (CHANCE(draw, 85))
                draw_fit(draw, tool, schema, ret);
}
