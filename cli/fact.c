/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fact.h"

#include "render.h"

static char *plain_text(JsonNode *node)
{
        if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
                return g_strdup(json_node_get_string(node));
        return json_print_node(node);
}

/* An array stands under its name, one numbered line for each element. */
static void append_member(GString *text, GString *below, const char *name, JsonNode *value)
{
        if (!JSON_NODE_HOLDS_ARRAY(value)) {
                g_autofree char *plain = plain_text(value);
                g_string_append_printf(text, "%s%s: %s", text->len > 0 ? "; " : "", name, plain);
                return;
        }
        JsonArray *array = json_node_get_array(value);
        for (unsigned i = 0; i < json_array_get_length(array); i++) {
                g_autofree char *plain = plain_text(json_array_get_element(array, i));
                g_string_append_printf(below, "\n%u. %s", i + 1, plain);
        }
}

char *fact_json_text(JsonNode *node)
{
        if (!JSON_NODE_HOLDS_OBJECT(node))
                return plain_text(node);
        JsonObject *object = json_node_get_object(node);
        g_autoptr(GList) names = json_object_get_members(object);
        g_autoptr(GString) below = g_string_new(NULL);
        GString *text = g_string_new(NULL);
        for (GList *l = names; l; l = l->next) {
                JsonNode *value = json_object_get_member(object, l->data);
                if (!JSON_NODE_HOLDS_NULL(value))
                        append_member(text, below, l->data, value);
        }
        g_string_append(text, below->str);
        return g_string_free(text, FALSE);
}

typedef struct Names {
        Cli *cli;
        GHashTable *known; /* id → name or path */
} Names;

static JsonObject *ask_for(Cli *cli, const char *tool, const char *member, const char *id)
{
        JsonObject *args = json_object_new();
        json_object_set_string_member(args, member, id);
        return client_tool(cli->client, tool, args, NULL);
}

/* A member of the answer itself, or of the object in it that the tool is about. */
static const char *nested(JsonObject *answer, const char *outer, const char *name)
{
        JsonObject *inner = json_member_object(answer, outer);
        return json_member_string(inner ? inner : answer, name, NULL);
}

char *fact_document_path(Cli *cli, const char *document_id)
{
        g_autoptr(JsonObject) answer = ask_for(cli, "get_document", "document_id", document_id);
        const char *path = answer ? nested(answer, "document", "path") : NULL;
        return g_strdup(path ? path : document_id);
}

static const char *document_path(Names *names, const char *id)
{
        const char *known = g_hash_table_lookup(names->known, id);
        if (known)
                return known;
        char *path = fact_document_path(names->cli, id);
        g_hash_table_insert(names->known, g_strdup(id), path);
        return path;
}

static const char *entity_name(Names *names, JsonObject *fact)
{
        const char *given = json_member_string(fact, "entity_name", NULL);
        const char *id = json_member_string(fact, "entity_id", "");
        const char *known = given ? given : g_hash_table_lookup(names->known, id);
        if (known)
                return known;
        g_autoptr(JsonObject) answer = ask_for(names->cli, "get_entity", "entity_id", id);
        const char *name = answer ? nested(answer, "entity", "name") : NULL;
        char *copy = g_strdup(name ? name : id);
        g_hash_table_insert(names->known, g_strdup(id), copy);
        return copy;
}

/* "notes/bees.md, line 12" or "…, page 3"; the place is what verifying the quote says. */
static char *source_text(Names *names, JsonObject *fact)
{
        const char *document = json_member_string(fact, "source_doc_id", NULL);
        if (!document)
                return g_strdup("");
        const char *path = document_path(names, document);
        g_autoptr(JsonObject) check =
                ask_for(names->cli, "verify_quote", "fact_id", json_member_string(fact, "id", ""));
        int64_t page = check ? json_member_int(check, "page", 0) : 0;
        int64_t line = check ? json_member_int(check, "line", 0) : 0;
        if (page > 0)
                return g_strdup_printf("%s, page %" G_GINT64_FORMAT, path, page);
        if (line > 0)
                return g_strdup_printf("%s, line %" G_GINT64_FORMAT, path, line);
        return g_strdup(path);
}

static void print_origin(Names *names, JsonObject *fact)
{
        Output *output = names->cli->output;
        const char *tier = json_member_string(fact, "trust_tier", "");
        const char *observer = json_member_string(fact, "observer", "?");
        g_autofree char *source = source_text(names, fact);
        g_autofree char *time = render_time(json_member_string(fact, "observed_at", ""));
        g_autofree char *who = g_str_equal(tier, observer)
                                       ? g_strdup_printf("said by a %s", tier)
                                       : g_strdup_printf("%s by %s", tier, observer);
        g_autofree char *line =
                g_strdup_printf("%s%s%s, %s", source, *source ? " · " : "", who, time);
        g_autofree char *clean = render_line(line);
        output_styled(output, STYLE_DIM, "      %s  %s\n", clean,
                      json_member_string(fact, "id", ""));
}

/* What a fact says, as people read it: names rather than ids, JSON without its brackets. */
static char *object_text(JsonObject *fact)
{
        const char *name =
                json_member_string(fact, "object_name", NULL); /* an entity or document */
        if (name)
                return g_strdup(name);
        g_autofree char *text = cli_member_text(fact, "object");
        if (!g_str_equal(json_member_string(fact, "object_kind", ""), "json"))
                return g_steal_pointer(&text);
        g_autoptr(JsonNode) node = json_parse_text(text, -1, NULL);
        return node ? fact_json_text(node) : g_steal_pointer(&text);
}

static void print_object(Output *output, JsonObject *fact, unsigned used)
{
        unsigned width = output_text_width(output);
        g_autofree char *object = object_text(fact);
        g_auto(GStrv) lines = g_strsplit(object, "\n", -1);
        for (char **line = lines; *line; line++) {
                unsigned left = line == lines ? used : 8;
                g_autofree char *wrapped =
                        render_wrap(*line, width > left + 20 ? width - left : 20, "        ");
                output_print(output, "%s%s", line == lines ? "" : "\n      ", wrapped);
        }
}

/* Only what names a document can have been looked for in it. */
static void print_quote(Output *output, const char *quote, bool checked)
{
        unsigned width = output_text_width(output) - 10;
        g_autofree char *text = NULL;
        if (checked) {
                text = render_wrap(quote, width, "       ");
                output_styled(output, STYLE_GREEN, "      “%s”\n", text);
                return;
        }
        g_autofree char *said = g_strdup_printf("said with the quote “%s” (not checked)", quote);
        text = render_wrap(said, width, "       ");
        output_styled(output, STYLE_YELLOW, "      %s\n", text);
}

static void print_fact(Names *names, JsonObject *fact)
{
        Output *output = names->cli->output;
        g_autofree char *predicate = render_line(json_member_string(fact, "predicate", ""));
        output_styled(output, STYLE_BLUE, "  %s", predicate);
        output_print(output, " = ");
        print_object(output, fact, render_width(predicate) + 5);
        if (json_member_string(fact, "superseded_by", NULL))
                output_styled(output, STYLE_YELLOW, "  (superseded)");
        if (json_member_bool(fact, "stale_source", false))
                output_styled(output, STYLE_YELLOW, "  (its source has changed since)");
        if (json_member_bool(fact, "source_gone", false))
                output_styled(output, STYLE_YELLOW, "  (its file has gone)");
        output_print(output, "\n");
        const char *quote = json_member_string(fact, "quote", NULL);
        if (quote)
                print_quote(output, quote, json_member_string(fact, "source_doc_id", NULL) != NULL);
        print_origin(names, fact);
}

void fact_print_all(Cli *cli, JsonArray *facts)
{
        Names names = {cli, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
        g_autofree char *last = NULL;
        JsonObject *fact = NULL;
        for (unsigned i = 0; (fact = cli_element(facts, i)); i++) {
                const char *said_of = json_member_string(fact, "entity_id", "");
                const char *entity = json_member_string(fact, "subject_id", said_of); /* merged */
                if (g_strcmp0(entity, last) != 0) {
                        g_autofree char *name = render_line(entity_name(&names, fact));
                        output_styled(cli->output, STYLE_BOLD, "%s%s\n", last ? "\n" : "", name);
                        g_free(last);
                        last = g_strdup(entity);
                }
                print_fact(&names, fact);
        }
        g_hash_table_unref(names.known);
}
