/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prompts: texts that a person starts an agent with. Each is written of what the tools answer at that moment, so it says
 * nothing that its caller may not see. */
#include "tools/offers.h"
#include "tools/table.h"

const Prompt prompts[] = {
        {"orient",
         "Get oriented",
         "What is known here, what the human corrected, what is open.",
         {{NULL}}},
        {"mine-document",
         "Mine a document",
         "Read a document window by window and claim what it says, with quotes.",
         {{"document", "Name or id (doc-…) of the document.", true}, {NULL}}},
        {"review-contradictions",
         "Review contradictions",
         "Look at where observations disagree, and say what speaks for which.",
         {{"entity", "Name or id (ent-…) of an entity; all of them if not given.", false},
          {"predicate", "Only of this predicate.", false},
          {NULL}}},
        {NULL},
};

typedef struct Writing {
        const Tools *tools;
        const Access *access;
        JsonObject *arguments;
        GString *text;
} Writing;

/* What a tool answers, as JSON in the text. */
static bool append_answer(Writing *writing, const char *tool, JsonObject *args, GError **error)
{
        g_autoptr(JsonObject) answer =
                tools_ask(writing->tools, writing->access, tool, args, error);

        if (!answer)
                return false;
        g_autofree char *text = json_print_object(answer);
        g_string_append(writing->text, text);
        g_string_append_c(writing->text, '\n');
        return true;
}

static bool write_orient(Writing *writing, GError **error)
{
        g_string_append(
                writing->text,
                "You are connected to Ouroboros, a durable memory under a person's control. "
                "This is how things stand:\n");
        if (!append_answer(writing, "orient", NULL, error))
                return false;
        g_string_append(
                writing->text,
                "Before you rely on something, read it (query_knowledge, search_documents). Record "
                "what you learn with remember_fact or submit_claim_graph, with a verbatim quote "
                "where a document says it. What the human corrected stands: do not claim it again.");
        return true;
}

static bool is_named(JsonObject *document, const char *key)
{
        g_autofree char *title = text_key(json_member_string(document, "title", ""));
        g_autofree char *path = text_key(json_member_string(document, "path", ""));
        g_autofree char *base = g_path_get_basename(path);

        return g_str_equal(key, title) || g_str_equal(key, path) || g_str_equal(key, base);
}

/* The only one, or the only one of exactly this name; borrowed. */
static JsonObject *pick_document(JsonArray *rows, const char *name, GError **error)
{
        g_autofree char *key = text_key(name);
        unsigned count = json_array_get_length(rows), exact = 0;
        JsonObject *found = count == 1 ? json_array_get_object_element(rows, 0) : NULL;

        for (unsigned i = 0; i < count; i++)
                if (is_named(json_array_get_object_element(rows, i), key) && exact++ == 0)
                        found = json_array_get_object_element(rows, i);
        if (found && exact <= 1)
                return found;
        if (count == 0)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "No document is named \"%.100s\"", name);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "Several documents match \"%.100s\"; give an id (doc-…)", name);
        return NULL;
}

static JsonObject *find_document(Writing *writing, const char *name, GError **error)
{
        g_autoptr(JsonObject) args = json_object_new();

        if (id_is_valid(name, "doc")) {
                json_object_set_string_member(args, "document_id", name);
                return tools_ask(writing->tools, writing->access, "get_document", args, error);
        }
        json_object_set_string_member(args, "matching", name);
        json_object_set_int_member(args, "limit", 100);
        g_autoptr(JsonObject) listed =
                tools_ask(writing->tools, writing->access, "list_documents", args, error);
        JsonObject *found =
                listed ? pick_document(json_member_array(listed, "documents"), name, error) : NULL;
        return found ? json_object_ref(found) : NULL;
}

static bool write_mining(Writing *writing, GError **error)
{
        const char *name = json_member_string(writing->arguments, "document", "");
        g_autoptr(JsonObject) document = find_document(writing, name, error);

        if (!document)
                return false;
        g_string_append_printf(
                writing->text,
                "Mine the document \"%s\" (%s) for facts.\n"
                "1. Call get_document_for_mining with doc_id \"%s\". It answers with one window of "
                "the text, directives that say what to look for, prior_claims that are known "
                "already, and a lease.\n"
                "2. Read the window. Claim only what it states, each claim with a verbatim quote of "
                "at most 300 characters; predicates from predicates_in_use (all: true).\n"
                "3. Send the claims with submit_claim_graph: doc_id, lease_id, and complete: true.\n"
                "4. Look at what was dropped and why, mend it if you can, and ask for the next "
                "window, until there is none left (CONFLICT).\n"
                "At the end say how many claims were accepted, held for the human, and dropped.",
                json_member_string(document, "title", ""),
                json_member_string(document, "document_id", ""),
                json_member_string(document, "document_id", ""));
        return true;
}

static bool write_review(Writing *writing, GError **error)
{
        const char *entity = args_string(writing->arguments, "entity");
        const char *predicate = args_string(writing->arguments, "predicate");
        g_autoptr(JsonObject) args = json_object_new();

        json_object_set_int_member(args, "limit", 20);
        if (entity)
                json_object_set_string_member(
                        args, id_is_valid(entity, "ent") ? "entity_id" : "entity_name", entity);
        if (predicate)
                json_object_set_string_member(args, "predicate", predicate);
        g_string_append(writing->text,
                        "Observations disagree here. These are the contradictions that nobody has "
                        "resolved, with the observations and their quotes:\n");
        if (!append_answer(writing, "find_contradictions", args, error))
                return false;
        g_string_append(
                writing->text,
                "For each: read the sources (get_document_text, trace_belief), say which "
                "observation is the better supported and why, and what would settle it. Do not "
                "settle it yourself: the human decides. Ask him with ask_human if it matters now.");
        return true;
}

static bool (*const writers[])(Writing *writing, GError **error) = {write_orient, write_mining,
                                                                    write_review};
G_STATIC_ASSERT(G_N_ELEMENTS(writers) + 1 == G_N_ELEMENTS(prompts));

static bool find_prompt(const char *name, unsigned *ret, GError **error)
{
        for (unsigned i = 0; prompts[i].name; i++)
                if (g_str_equal(prompts[i].name, name)) {
                        *ret = i;
                        return true;
                }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                    "No prompt is named \"%.80s\"; there are orient, mine-document and "
                    "review-contradictions",
                    name);
        return false;
}

static bool check_arguments(const Prompt *prompt, JsonObject *arguments, GError **error)
{
        for (const PromptArgument *argument = prompt->arguments; argument->name; argument++) {
                const char *value = json_member_string(arguments, argument->name, "");

                if (!argument->required || value[0] != '\0')
                        continue;
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "The prompt %s needs the argument %s", prompt->name, argument->name);
                return false;
        }
        return true;
}

static JsonObject *new_message(const char *text)
{
        JsonObject *message = json_object_new();

        json_object_set_string_member(message, "role", "user");
        json_object_set_string_member(message, "text", text);
        return message;
}

static JsonObject *get_prompt(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_autoptr(JsonObject) none = json_object_new();
        g_autoptr(GString) text = g_string_new(NULL);
        Writing writing = {room, access, json_member_object(args, "arguments") ?: none, text};
        unsigned index;

        if (!find_prompt(json_member_string(args, "name", ""), &index, error) ||
            !check_arguments(&prompts[index], writing.arguments, error) ||
            !writers[index](&writing, error))
                return NULL;
        JsonObject *answer = json_object_new();
        JsonArray *messages = json_array_new();
        json_array_add_object_element(messages, new_message(text->str));
        json_object_set_string_member(answer, "description", prompts[index].description);
        json_object_set_array_member(answer, "messages", messages);
        return answer;
}

const Tool prompt_tools[] = {
        {"get_prompt", TOOL_READ, TOOL_CHEAP, get_prompt},
        {NULL},
};
