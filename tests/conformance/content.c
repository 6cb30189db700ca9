/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools that answer by themselves: every kind of content, progress, log messages, an error, schemas. */
#include <syslog.h>
#include <unistd.h>

#include "conformance/conformance.h"
#include "conformance/fixtures.h"
#include "conformance/guest.h"

#define STEP_USEC 120000 /* reports of progress that come faster are told as one */
#define OWN_TOOL  TOOL_READ, TOOL_CHEAP

/* ---- content ---- */

static JsonObject *add(JsonObject *answer, JsonObject *content)
{
        if (!answer)
                answer = json_object_new();
        if (!json_object_has_member(answer, "_content"))
                json_object_set_array_member(answer, "_content", json_array_new());
        json_array_add_object_element(json_object_get_array_member(answer, "_content"), content);
        return answer;
}

JsonObject *content_text(JsonObject *answer, const char *format, ...)
{
        JsonObject *content = json_object_new();
        va_list arguments;

        va_start(arguments, format);
        g_autofree char *text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        json_object_set_string_member(content, "type", "text");
        json_object_set_string_member(content, "text", text);
        return add(answer, content);
}

JsonObject *content_data(JsonObject *answer, const char *type, const char *mime, const char *base64)
{
        JsonObject *content = json_object_new();

        json_object_set_string_member(content, "type", type);
        json_object_set_string_member(content, "data", base64);
        json_object_set_string_member(content, "mimeType", mime);
        return add(answer, content);
}

JsonObject *content_resource(JsonObject *answer, const char *uri, const char *mime,
                             const char *text)
{
        JsonObject *content = json_object_new(), *resource = json_object_new();

        json_object_set_string_member(resource, "uri", uri);
        json_object_set_string_member(resource, "mimeType", mime);
        json_object_set_string_member(resource, "text", text);
        json_object_set_string_member(content, "type", "resource");
        json_object_set_object_member(content, "resource", resource);
        return add(answer, content);
}

/* ---- tools ---- */

static JsonObject *simple_text(void *room, const Access *access, JsonObject *args, GError **error)
{
        return content_text(NULL, "This is a simple text response for testing.");
}

static JsonObject *image(void *room, const Access *access, JsonObject *args, GError **error)
{
        return content_data(NULL, "image", "image/png", TINY_PNG);
}

static JsonObject *audio(void *room, const Access *access, JsonObject *args, GError **error)
{
        return content_data(NULL, "audio", "audio/wav", TINY_WAV);
}

static JsonObject *resource(void *room, const Access *access, JsonObject *args, GError **error)
{
        return content_resource(NULL, "test://embedded-resource", "text/plain",
                                "This is an embedded resource content.");
}

static JsonObject *several(void *room, const Access *access, JsonObject *args, GError **error)
{
        JsonObject *answer = content_text(NULL, "Multiple content types test:");

        answer = content_data(answer, "image", "image/png", TINY_PNG);
        return content_resource(answer, "test://mixed-content-resource", "application/json",
                                "{\"test\":\"data\",\"value\":123}");
}

static JsonObject *failing(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                            "This tool intentionally returns an error for testing");
        return NULL;
}

static JsonObject *progressing(void *room, const Access *access, JsonObject *args, GError **error)
{
        for (int done = 0; done <= 100; done += 50) {
                access_progress(access, done, 100, NULL);
                g_usleep(STEP_USEC);
        }
        return content_text(NULL, "Done in three steps.");
}

static JsonObject *logging(void *room, const Access *access, JsonObject *args, GError **error)
{
        static const char *const said[] = {"Tool execution started", "Tool processing data",
                                           "Tool execution completed"};

        for (unsigned i = 0; i < G_N_ELEMENTS(said); i++) {
                access_say(access, LOG_INFO, said[i]);
                g_usleep(50000);
        }
        return content_text(NULL, "Said three things.");
}

/* As the human would: allows its caller one tool more, or one less. */
static JsonObject *change_tools(void *room, const Access *access, JsonObject *args, GError **error)
{
        const Tools *tools = ((Rooms *)room)->tools;
        g_autoptr(Access) human = access_new_human("conformance", NULL);
        g_autoptr(JsonObject) wanted = json_object_new();
        const char *id = access_actor(access)->connection;

        if (!id)
                return content_text(NULL, "You are no connection.");
        json_object_set_string_member(wanted, "connection_id", id);
        g_autoptr(JsonObject) now = tools_call(tools, human, "get_connection", wanted, error);
        if (!now)
                return NULL;
        JsonArray *allowed = json_member_array(now, "tools");
        g_autoptr(JsonObject) short_list = guest_terms(/* hidden= */ false);
        bool is_short =
                allowed && json_array_get_length(allowed) ==
                                   json_array_get_length(json_member_array(short_list, "tools"));
        g_autoptr(JsonObject) terms = guest_terms(/* hidden= */ is_short);
        json_object_set_string_member(terms, "connection_id", id);
        g_autoptr(JsonObject) changed =
                tools_call(tools, human, "set_connection_terms", terms, error);
        return changed ? content_text(NULL, "One tool %s.", is_short ? "more" : "less") : NULL;
}

static JsonObject *hidden(void *room, const Access *access, JsonObject *args, GError **error)
{
        return content_text(NULL, "Here I am.");
}

static JsonObject *echo(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_autofree char *text = json_print_object(args);

        return content_text(NULL, "%s", text);
}

const Tool content_fixtures[] = {
        {"test_simple_text", OWN_TOOL, simple_text},
        {"test_image_content", OWN_TOOL, image},
        {"test_audio_content", OWN_TOOL, audio},
        {"test_embedded_resource", OWN_TOOL, resource},
        {"test_multiple_content_types", OWN_TOOL, several},
        {"test_error_handling", OWN_TOOL, failing},
        {"test_tool_with_progress", OWN_TOOL, progressing},
        {"test_tool_with_logging", OWN_TOOL, logging},
        {"test_logging_tool", OWN_TOOL, logging},
        {"test_trigger_tool_change", OWN_TOOL, change_tools},
        {FIXTURE_HIDDEN, OWN_TOOL, hidden},
        {"test_header_region", OWN_TOOL, echo},
        {"json_schema_2020_12_tool", OWN_TOOL, echo},
        {NULL},
};

ToolTable conformance_content_tools(Rooms *rooms)
{
        return (ToolTable){.tools = content_fixtures, .room = rooms};
}

ToolTable conformance_ask_tools(Rooms *rooms)
{
        return (ToolTable){.tools = ask_fixtures, .room = rooms};
}
