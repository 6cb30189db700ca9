/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scope/draw.h"

#include <string.h>

#define CHANCE(draw, percent) (g_rand_int_range((draw)->rand, 0, 100) < (percent))
#define RANGE(draw, from, to) g_rand_int_range((draw)->rand, from, to)
#define ONE_OF(draw, list)    (list)[RANGE(draw, 0, G_N_ELEMENTS(list))]

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

static const char *draw_word(Draw *draw)
{
        return populate_words[RANGE(draw, 0, POPULATE_WORDS)];
}

static Pair both(char *text)
{
        return (Pair){{text, g_strdup(text)}};
}

static Pair copied(const Pair *pair)
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

        return both(g_strdup(ONE_OF(draw, garbage)));
}

/* One of the kind; of those that the scope has more often than they are. */
static Pair draw_known(Draw *draw, const char *kind)
{
        g_autofree char *seen = g_strconcat("seen-", kind, NULL);
        const Pair *pair = CHANCE(draw, 60) ? draw_pair(draw, seen) : NULL;

        if (!pair)
                pair = draw_pair(draw, kind);
        return pair ? copied(pair) : draw_garbage(draw);
}

/* A name of somebody, whole, cut or changed. */
static Pair draw_name(Draw *draw)
{
        Pair pair = CHANCE(draw, 80) ? draw_known(draw, "name") : both(populate_name(draw->rand));

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

static Pair draw_time(Draw *draw)
{
        char text[CLOCK_ISO_BYTES];

        clock_write_iso(clock_now() - (int64_t)RANGE(draw, 0, 2000000) * G_USEC_PER_SEC * 7000,
                        text);
        return both(g_strdup(text));
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
        return both(g_string_free(text, FALSE));
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

        return pair ? both(g_strndup(strchr(pair->text[0], '\n') + 1, 200)) : draw_garbage(draw);
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
};

/* Is the name one of those between commas? */
static bool is_among(const char *names, const char *name)
{
        g_autofree char *wanted = g_strdup_printf(",%s,", name);

        return strstr(names, wanted) != NULL;
}

static const char *meaning_of(const char *member)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(meanings); i++)
                if (is_among(meanings[i].names, member))
                        return meanings[i].kind;
        return NULL;
}

static Pair draw_text(Draw *draw, const char *tool, const char *member)
{
        const char *kind = meaning_of(member);

        if (CHANCE(draw, 3))
                return draw_garbage(draw);
        if (kind)
                return draw_known(draw, kind);
        if (strcmp(member, "after") == 0) {
                g_autofree char *next = g_strconcat("next-", tool, NULL);
                const Pair *pair = draw_pair(draw, next);

                return pair ? copied(pair) : draw_garbage(draw);
        }
        if (is_among(",name_prefix,entity_name,alias,aliases,entity,", member))
                return draw_name(draw);
        if (strcmp(member, "name") == 0 && strstr(tool, "projection"))
                return draw_known(draw, "projection");
        if (strcmp(member, "name") == 0 && strstr(tool, "entity"))
                return draw_name(draw);
        if (strcmp(member, "name") == 0)
                return both(g_strdup_printf("%s_%d", draw_word(draw), RANGE(draw, 0, 9)));
        if (is_among(",since,until,at,observed_at,", member))
                return draw_time(draw);
        if (strcmp(member, "row_id") == 0 || strcmp(member, "id") == 0)
                return draw_row(draw);
        if (strcmp(member, "quote") == 0)
                return draw_quote(draw);
        if (strcmp(member, "object") == 0)
                return CHANCE(draw, 40) ? draw_name(draw) : draw_known(draw, "object");
        if (strcmp(member, "sql") == 0)
                return both(draw_sql(draw));
        if (strcmp(member, "query") == 0)
                return draw_query(draw);
        if (strcmp(member, "group_by") == 0 || strcmp(member, "time") == 0)
                return both(g_strdup(strcmp(member, "time") == 0 ? "observed_at" : "entity"));
        return both(g_strdup(draw_word(draw)));
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

/* ---- arguments that fit together ---- */

static void say(JsonObject *args[2], const char *member, Pair pair)
{
        for (unsigned i = 0; i < 2; i++) {
                json_object_set_string_member(args[i], member, pair.text[i]);
                g_free(pair.text[i]);
        }
}

static void unsay(JsonObject *args[2], const char *members)
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
                Pair seen = draw_known(draw, "doc");

                known = draw_pair(draw, "quote");
                bool fits = g_str_has_prefix(known->text[0], seen.text[0]);
                g_free(seen.text[0]);
                g_free(seen.text[1]);
                if (fits)
                        break;
        }
        const char *line = strchr(known->text[0], '\n');

        say(args, "document_id", both(g_strndup(known->text[0], (size_t)(line - known->text[0]))));
        say(args, "quote", both(g_strndup(line + 1, 250)));
}

static void say_object(Draw *draw, JsonObject *args[2])
{
        static const char *const links[] = {"knows", "part_of", "works_for", "related_to"};

        if (CHANCE(draw, 40)) {
                say(args, "predicate", both(g_strdup(ONE_OF(draw, links))));
                say(args, "object", CHANCE(draw, 50) ? draw_known(draw, "ent") : draw_name(draw));
        } else if (CHANCE(draw, 30)) {
                say(args, "predicate", both(g_strdup("employee_count")));
                for (unsigned i = 0, value = (unsigned)RANGE(draw, 1, 6); i < 2; i++)
                        json_object_set_int_member(args[i], "object", value);
        } else {
                say(args, "predicate", both(g_strdup(CHANCE(draw, 50) ? "status" : "note")));
                say(args, "object", both(g_strdup(draw_word(draw))));
        }
}

/* Either an id or a name, seldom both. */
static void say_entity(Draw *draw, JsonObject *args[2], bool needed)
{
        bool is_named = json_object_has_member(args[0], "entity_id") ||
                        json_object_has_member(args[0], "entity_name");

        if ((!needed && !is_named) || CHANCE(draw, 5))
                return;
        unsay(args, "entity_id entity_name");
        if (CHANCE(draw, 60)) {
                unsay(args, "entity_type");
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
                say(args, "lease_id", copied(pool->pdata[pool->len - 1]));
}

static bool has_rule(JsonObject *schema, const char *name)
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
                unsay(claim,
                      "entity entity_id char_start supersedes entity_type qualifiers confidence observed_at object_type");
                say_entity(draw, claim, /* needed= */ true);
                say_quote(draw, claim);
        }
        unsay(args, "document_id lease_id");
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
        unsay(args, "max_depth function window time group_by cumulative");
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
        unsay(args, "group_by filters entity_type");
}

static void fit_alone(Draw *draw, JsonObject *args[2], const char *const *members, unsigned count)
{
        unsigned keep = (unsigned)RANGE(draw, 0, (int)count);

        for (unsigned i = 0; i < count; i++)
                if (i != keep)
                        unsay(args, members[i]);
        if (!json_object_has_member(args[0], members[keep]))
                say(args, members[keep], draw_known(draw, meaning_of(members[keep])));
        if (strcmp(members[keep], "connection") == 0 && CHANCE(draw, 80))
                say(args, "since", draw_time(draw));
}

static void fit(Draw *draw, const char *tool, JsonObject *schema, JsonObject *args[2])
{
        static const char *const cohort[] = {"group_id", "session_id", "connection", "mutation_id"};

        if (has_rule(schema, "entity_id"))
                say_entity(draw, args,
                           is_among(",remember_fact,get_entity,as_of,trace_belief,add_entity_alias,"
                                    "propose_autolink,predicates_in_use,",
                                    tool));
        if (has_rule(schema, "doc_id"))
                unsay(args, "doc_id");
        if (strcmp(tool, "remember_fact") == 0) {
                unsay(args, "qualifiers supersedes trust_tier observed_at");
                say_object(draw, args);
        }
        if (has_rule(schema, "lease_id") && json_object_has_member(args[0], "lease_id"))
                say_lease(draw, args);
        if (strcmp(tool, "define_projection") == 0)
                fit_projection(args, (unsigned)RANGE(draw, 0, 1000));
        if (has_rule(schema, "quote") && has_rule(schema, "document_id"))
                say_quote(draw, args);
        if (strcmp(tool, "submit_claim_graph") == 0)
                fit_claims(draw, args);
        if (strcmp(tool, "define_rule") == 0)
                fit_rule(draw, args);
        if (strcmp(tool, "branch_preview") == 0)
                fit_alone(draw, args, cohort, 4);
        if (strcmp(tool, "revert_group") == 0 || strcmp(tool, "session_audit") == 0) {
                unsay(args, "session");
                fit_alone(draw, args, cohort, 3);
        }
        if (strcmp(tool, "sql_query") == 0)
                unsay(args, "params");
        if (strcmp(tool, "propose_autolink") == 0)
                unsay(args, "kind");
}

void draw_arguments(Draw *draw, const char *tool, JsonObject *schema, JsonObject *ret[2])
{
        draw_object(draw, tool, schema, ret);
        unsay(ret, "timeout_ms"); /* what takes how long is not compared */
        if (CHANCE(draw, 85))
                fit(draw, tool, schema, ret);
}
