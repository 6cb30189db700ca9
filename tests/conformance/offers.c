/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resources and prompts that scenarios ask for, offered as the product's are: the fixed part in tables, the content
 * by tools. What the product has no use for, pictures and other resources in a prompt, comes as "content". */
#include <string.h>

#include "conformance/conformance.h"
#include "conformance/fixtures.h"

#define OWN_TOOL TOOL_READ, TOOL_CHEAP

#define TEMPLATE_BEGIN "test://template/"
#define TEMPLATE_END   "/data"

/* ---- resources ---- */

typedef struct Fixed {
        const char *uri, *name, *mime, *text, *blob;
} Fixed;

static const Fixed resources[] = {
        {"test://static-text", "Static text", "text/plain",
         "This is the content of the static text resource.", NULL},
        {"test://static-binary", "Static picture", "image/png", NULL, TINY_PNG},
        {"test://watched-resource", "Watched text", "text/plain", "Watch me.", NULL},
};

static const ResourceTemplate templates[] = {
        {TEMPLATE_BEGIN "{id}" TEMPLATE_END, "template", "Template", "Says its own id.",
         "application/json"},
        {NULL},
};

static JsonObject *list(void *room, const Access *access, JsonObject *args, GError **error)
{
        JsonObject *answer = json_object_new();
        JsonArray *rows = json_array_new();

        for (unsigned i = 0; i < G_N_ELEMENTS(resources); i++) {
                JsonObject *row = json_object_new();
                json_object_set_string_member(row, "uri", resources[i].uri);
                json_object_set_string_member(row, "name", resources[i].name);
                json_object_set_string_member(row, "mime_type", resources[i].mime);
                json_object_set_string_member(row, "description", "A fixture.");
                json_array_add_object_element(rows, row);
        }
        json_object_set_array_member(answer, "resources", rows);
        json_set_string(answer, "next", NULL);
        return answer;
}

static JsonObject *describe(const Fixed *resource)
{
        JsonObject *answer = json_object_new();

        json_object_set_string_member(answer, "uri", resource->uri);
        json_object_set_string_member(answer, "name", resource->name);
        json_object_set_string_member(answer, "mime_type", resource->mime);
        json_object_set_string_member(answer, "version", "1");
        if (resource->text)
                json_object_set_string_member(answer, "text", resource->text);
        if (resource->blob)
                json_object_set_string_member(answer, "blob", resource->blob);
        return answer;
}

static JsonObject *read_resource(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *uri = json_member_string(args, "uri", "");

        for (unsigned i = 0; i < G_N_ELEMENTS(resources); i++)
                if (g_str_equal(resources[i].uri, uri))
                        return describe(&resources[i]);
        if (!g_str_has_prefix(uri, TEMPLATE_BEGIN) || !g_str_has_suffix(uri, TEMPLATE_END) ||
            strlen(uri) <= strlen(TEMPLATE_BEGIN TEMPLATE_END)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "There is no resource %s", uri);
                return NULL;
        }
        g_autofree char *id = g_strndup(uri + strlen(TEMPLATE_BEGIN),
                                        strlen(uri) - strlen(TEMPLATE_BEGIN TEMPLATE_END));
        g_autofree char *text = g_strdup_printf(
                "{\"id\":\"%s\",\"templateTest\":true,\"data\":\"Data for ID: %s\"}", id, id);
        return describe(&(Fixed){uri, "Template", "application/json", text, NULL});
}

/* ---- prompts ---- */

static const Prompt prompt_fixtures[] = {
        {"test_simple_prompt", "Simple", "A prompt without arguments.", {{NULL}}},
        {"test_prompt_with_arguments",
         "With arguments",
         "A prompt that repeats its arguments.",
         {{"arg1", "First test argument", true}, {"arg2", "Second test argument", true}, {NULL}}},
        {"test_prompt_with_embedded_resource",
         "With a resource",
         "A prompt that has a resource in it.",
         {{"resourceUri", "URI of the resource to embed", true}, {NULL}}},
        {"test_prompt_with_image",
         "With a picture",
         "A prompt that has a picture in it.",
         {{NULL}}},
        {"test_input_required_result_prompt",
         "With a question",
         "A prompt that asks the person first.",
         {{NULL}}},
        {NULL},
};

static JsonObject *add_message(JsonObject *answer, const char *text)
{
        JsonObject *message = json_object_new();

        if (!json_object_has_member(answer, "messages"))
                json_object_set_array_member(answer, "messages", json_array_new());
        json_object_set_string_member(answer, "description", "A fixture.");
        json_object_set_string_member(message, "role", "user");
        if (text)
                json_object_set_string_member(message, "text", text);
        json_array_add_object_element(json_object_get_array_member(answer, "messages"), message);
        return message;
}

/* The only content of an answer, as that of a message. */
static void move_content(JsonObject *message, JsonObject *answer)
{
        JsonArray *all = json_object_get_array_member(answer, "_content");

        json_object_set_object_member(message, "content",
                                      json_object_ref(json_array_get_object_element(all, 0)));
        json_object_unref(answer);
}

static JsonObject *ask_context(JsonObject *answer, const Access *access, GError **error)
{
        JsonObject *reply = access_reply(access, "user_context");

        if (!reply) {
                g_autoptr(JsonObject) params = json_parse_object(
                        "{\"message\":\"What context should the prompt use?\",\"requestedSchema\":{"
                        "\"type\":\"object\",\"properties\":{\"context\":{\"type\":\"string\"}},"
                        "\"required\":[\"context\"]}}",
                        -1, NULL);
                access_ask(access, "user_context", ASK_FORM, params);
                access_pause(access, NULL, error);
                json_object_unref(answer);
                return NULL;
        }
        g_autofree char *text = json_print_object(reply);
        add_message(answer, text);
        return answer;
}

static JsonObject *get_prompt(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *name = json_member_string(args, "name", "");
        JsonObject *given = json_member_object(args, "arguments");
        JsonObject *answer = json_object_new();

        if (g_str_equal(name, "test_simple_prompt")) {
                add_message(answer, "This is a simple prompt for testing.");
        } else if (g_str_equal(name, "test_prompt_with_arguments")) {
                g_autofree char *text =
                        g_strdup_printf("Prompt with arguments: arg1='%s', arg2='%s'",
                                        json_member_string(given, "arg1", ""),
                                        json_member_string(given, "arg2", ""));
                add_message(answer, text);
        } else if (g_str_equal(name, "test_prompt_with_embedded_resource")) {
                move_content(add_message(answer, NULL),
                             content_resource(NULL, json_member_string(given, "resourceUri", ""),
                                              "text/plain",
                                              "Embedded resource content for testing."));
                add_message(answer, "Please process the embedded resource above.");
        } else if (g_str_equal(name, "test_prompt_with_image")) {
                move_content(add_message(answer, NULL),
                             content_data(NULL, "image", "image/png", TINY_PNG));
                add_message(answer, "Please analyze the image above.");
        } else {
                return ask_context(answer, access, error);
        }
        return answer;
}

static JsonObject *complete(void *room, const Access *access, JsonObject *args, GError **error)
{
        JsonObject *answer = json_object_new();
        JsonArray *values = json_array_new();

        json_array_add_string_element(values, "testing");
        json_object_set_array_member(answer, "values", values);
        json_object_set_int_member(answer, "total", 1);
        json_object_set_boolean_member(answer, "has_more", false);
        return answer;
}

const Tool offer_fixtures[] = {
        {"test_list_resources", OWN_TOOL, list},
        {"test_read_resource", OWN_TOOL, read_resource},
        {"test_get_prompt", OWN_TOOL, get_prompt},
        {"test_complete_argument", OWN_TOOL, complete},
        {NULL},
};

static const Offers offers = {
        .prompts = prompt_fixtures,
        .templates = templates,
        .list = "test_list_resources",
        .read = "test_read_resource",
        .get = "test_get_prompt",
        .complete = "test_complete_argument",
};

const Offers *conformance_offers(void)
{
        return &offers;
}

ToolTable conformance_offer_tools(Rooms *rooms)
{
        return (ToolTable){.tools = offer_fixtures, .room = rooms};
}
