/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "trace": a belief, what it rests on, down to what somebody observed, and what it took the place of. */
#include "render.h"
#include "verbs.h"

#define INDENT    4
#define DEPTH_MAX 12 /* printed further to the right it cannot be read */

static const Option options[] = {
        {"type", 't', OPTION_TEXT, "TYPE", "The entity's type, where the name alone is not enough"},
        {"object", 0, OPTION_TEXT, "TEXT", "Only the fact that says this"},
        {"depth", 0, OPTION_NUMBER, "COUNT", "Follow at most so many steps"},
        {NULL},
};

typedef struct Trace {
        Cli *cli;
        GHashTable *nodes; /* id of a fact → JsonObject */
        GHashTable *shown; /* set of ids */
} Trace;

/* Prints a line at a depth, cut by nothing but made safe. */
static void print_line(Trace *trace, unsigned depth, Style style, const char *text)
{
        g_autofree char *line = render_line(text);
        output_styled(trace->cli->output, style, "%*s%s\n", (int)(depth * INDENT + 2), "", line);
}

static void print_title(Trace *trace, JsonObject *node, unsigned depth)
{
        JsonObject *fact = json_member_object(node, "fact");
        const char *name = json_member_string(fact, "object_name", NULL);
        g_autofree char *object = name ? g_strdup(name) : cli_member_text(fact, "object");
        g_autofree char *text =
                g_strdup_printf("%s = %s", json_member_string(fact, "predicate", ""), object);
        g_autofree char *line = render_line(text);
        Output *output = trace->cli->output;
        output_styled(output, STYLE_BOLD, "%*s%s", (int)(depth * INDENT), "", line);
        if (!json_member_bool(node, "is_current", true))
                output_styled(output, STYLE_YELLOW, "  (no longer current)");
        output_styled(
                output, STYLE_DIM, "  %s by %s  %s\n", json_member_string(fact, "trust_tier", ""),
                json_member_string(fact, "observer", "?"), json_member_string(fact, "id", ""));
}

static void print_document(Trace *trace, JsonObject *node, unsigned depth)
{
        JsonObject *document = json_member_object(node, "document");
        const char *quote = json_member_string(json_member_object(node, "fact"), "quote", NULL);
        if (quote) {
                g_autofree char *text = g_strdup_printf("“%s”", quote);
                print_line(trace, depth, STYLE_GREEN, text);
        }
        if (!document)
                return;
        int64_t page = json_member_int(document, "page", 0),
                line = json_member_int(document, "line", 0);
        g_autofree char *place = page > 0   ? g_strdup_printf(", page %" G_GINT64_FORMAT, page)
                                 : line > 0 ? g_strdup_printf(", line %" G_GINT64_FORMAT, line)
                                            : g_strdup("");
        bool stands = json_member_bool(document, "valid", true);
        g_autofree char *text = g_strdup_printf(
                "%s%s%s%s",
                json_member_string(document, "path", json_member_string(document, "id", "?")),
                place, stands ? "" : ": the quote does not stand there: ",
                stands ? "" : json_member_string(document, "reason", ""));
        print_line(trace, depth, stands ? STYLE_DIM : STYLE_RED, text);
}

static void print_written(Trace *trace, JsonObject *node, unsigned depth)
{
        JsonObject *written = json_member_object(node, "written");
        if (!written)
                return;
        const char *reason = json_member_string(written, "reason", NULL);
        g_autofree char *time = render_time(json_member_string(written, "time", ""));
        g_autofree char *text = g_strdup_printf("written %s by %s as %s%s%s", time,
                                                json_member_string(written, "actor", "?"),
                                                json_member_string(written, "mutation_id", ""),
                                                reason ? ": " : "", reason ? reason : "");
        print_line(trace, depth, STYLE_DIM, text);
}

static void print_superseded(Trace *trace, JsonObject *node, unsigned depth)
{
        static const char *const reasons[][2] = {
                {"tier", "which is of a higher tier"},
                {"same_observer", "a later word of the same observer"},
                {"explicit", "which says that it replaces it"},
        };
        const char *by =
                json_member_string(json_member_object(node, "fact"), "superseded_by", NULL);
        const char *why = json_member_string(node, "superseded_because", "");
        if (!by)
                return;
        for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
                if (g_str_equal(why, reasons[i][0]))
                        why = reasons[i][1];
        g_autofree char *text = g_strdup_printf("superseded by %s%s%s", by, *why ? ", " : "", why);
        print_line(trace, depth, STYLE_YELLOW, text);
}

static void print_node(Trace *trace, const char *id, unsigned depth);

static void print_sources(Trace *trace, JsonObject *node, unsigned depth)
{
        JsonObject *rule = json_member_object(node, "rule");
        JsonArray *sources = json_member_array(node, "sources");
        if (rule) {
                const char *description = json_member_string(rule, "description", NULL);
                g_autofree char *text = g_strdup_printf(
                        "follows by the rule %s%s%s%s from:", json_member_string(rule, "name", ""),
                        description ? " (" : "", description ? description : "",
                        description ? ")" : "");
                print_line(trace, depth, STYLE_BLUE, text);
        }
        for (unsigned i = 0; sources && i < json_array_get_length(sources); i++)
                print_node(trace, json_array_get_string_element(sources, i), depth + 1);
}

static void print_node(Trace *trace, const char *id, unsigned depth)
{
        JsonObject *node = g_hash_table_lookup(trace->nodes, id);
        if (!node || depth > DEPTH_MAX)
                return;
        if (!g_hash_table_add(trace->shown, (gpointer)id)) {
                g_autofree char *text = g_strdup_printf("%s, as above", id);
                print_line(trace, depth, STYLE_DIM, text);
                return;
        }
        print_title(trace, node, depth);
        print_document(trace, node, depth);
        print_written(trace, node, depth);
        print_superseded(trace, node, depth);
        print_sources(trace, node, depth);
}

/* What was before, or came after: not part of any tree yet. */
static void print_others(Trace *trace, JsonArray *facts)
{
        JsonObject *node = NULL;
        bool titled = false;
        for (unsigned i = 0; (node = cli_element(facts, i)); i++) {
                const char *id = json_member_string(json_member_object(node, "fact"), "id", "");
                if (g_hash_table_contains(trace->shown, id))
                        continue;
                if (!titled)
                        output_print(trace->cli->output, "\nBefore and beside it:\n");
                titled = true;
                print_node(trace, id, 0);
        }
}

static void print_contradictions(Cli *cli, JsonObject *answer)
{
        JsonArray *rows = json_member_array(answer, "contradictions");
        JsonObject *row = NULL;
        for (unsigned i = 0; (row = cli_element(rows, i)); i++)
                output_styled(cli->output, STYLE_YELLOW, "\nObservations of %s disagree: %s.\n",
                              json_member_string(row, "predicate", ""),
                              json_member_string(row, "resolution", ""));
}

static void print_trace(Cli *cli, JsonObject *answer)
{
        g_autoptr(GHashTable) nodes = g_hash_table_new(g_str_hash, g_str_equal),
                              shown = g_hash_table_new(g_str_hash, g_str_equal);
        Trace trace = {cli, nodes, shown};
        JsonArray *beliefs = json_member_array(answer, "beliefs"),
                  *facts = json_member_array(answer, "facts");
        JsonObject *node = NULL;
        for (unsigned i = 0; (node = cli_element(facts, i)); i++)
                g_hash_table_insert(
                        nodes,
                        (gpointer)json_member_string(json_member_object(node, "fact"), "id", ""),
                        node);
        for (unsigned i = 0; beliefs && i < json_array_get_length(beliefs); i++)
                print_node(&trace, json_array_get_string_element(beliefs, i), 0);
        print_others(&trace, facts);
        print_contradictions(cli, answer);
        output_styled(cli->output, STYLE_DIM, "\nThe weakest that it rests on is %s.%s\n",
                      json_member_string(answer, "lineage_tier", "?"),
                      json_member_bool(answer, "truncated", false) ? " There is more: --depth"
                                                                   : "");
}

static bool run(Cli *cli, GError **error)
{
        g_autoptr(JsonObject) answer = NULL;
        const char *given = args_word(cli->args, 0);
        JsonObject *args = json_object_new();
        if (id_is_valid(given, "fact"))
                json_object_set_string_member(args, "fact_id", given);
        else
                cli_set_entity(args, given);
        if (args_word(cli->args, 1))
                json_object_set_string_member(args, "predicate", args_word(cli->args, 1));
        cli_set_option(cli, args, "entity_type", "type");
        cli_set_option(cli, args, "object", "object");
        cli_set_number(cli, args, "depth", "depth");
        if (!cli_tool(cli, "trace_belief", args, &answer, error))
                return false;
        if (answer)
                print_trace(cli, answer);
        return true;
}

const Verb verb_trace = {
        .name = "trace",
        .words = "FACT|ENTITY [PREDICATE]",
        .min = 1,
        .max = 2,
        .summary = "Show why something is believed: quotes, observers, rules, what it superseded",
        .options = options,
        .run = run,
};
