/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fact.h"

#include "render.h"

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
        g_autofree char *source = source_text(names, fact);
        g_autofree char *time = render_time(json_member_string(fact, "observed_at", ""));
        g_autofree char *clean = render_line(source);
        output_styled(output, STYLE_DIM, "      %s%s%s by %s, %s  %s\n", clean, *clean ? " · " : "",
                      json_member_string(fact, "trust_tier", ""),
                      json_member_string(fact, "observer", "?"), time,
                      json_member_string(fact, "id", ""));
}

static void print_fact(Names *names, JsonObject *fact)
{
        Output *output = names->cli->output;
        unsigned width = output_text_width(output);
        const char *name =
                json_member_string(fact, "object_name", NULL); /* an entity or document */
        g_autofree char *object = name ? g_strdup(name) : cli_member_text(fact, "object");
        g_autofree char *predicate = render_line(json_member_string(fact, "predicate", ""));
        unsigned indent = render_width(predicate) + 5;
        g_autofree char *wrapped =
                render_wrap(object, width > indent + 20 ? width - indent : 20, "      ");
        output_styled(output, STYLE_BLUE, "  %s", predicate);
        output_print(output, " = %s", wrapped);
        if (json_member_string(fact, "superseded_by", NULL))
                output_styled(output, STYLE_YELLOW, "  (superseded)");
        if (json_member_bool(fact, "stale_source", false))
                output_styled(output, STYLE_YELLOW, "  (its source has changed since)");
        output_print(output, "\n");
        const char *quote = json_member_string(fact, "quote", NULL);
        if (quote) {
                g_autofree char *text = render_wrap(quote, width - 10, "       ");
                output_styled(output, STYLE_GREEN, "      “%s”\n", text);
        }
        print_origin(names, fact);
}

void fact_print_all(Cli *cli, JsonArray *facts)
{
        Names names = {cli, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
        g_autofree char *last = NULL;
        JsonObject *fact = NULL;
        for (unsigned i = 0; (fact = cli_element(facts, i)); i++) {
                const char *entity = json_member_string(fact, "entity_id", "");
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
