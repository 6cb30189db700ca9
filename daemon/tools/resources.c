/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources: documents as text, entities and tools as JSON. Everything is asked of the tools that show the same, so that
 * a resource is what its caller may see, and no more. */
#include <string.h>

#include "tools/offers.h"
#include "tools/table.h"

#define SCHEME "ouroboros://"

typedef enum ResourceKind { RESOURCE_DOCUMENT, RESOURCE_ENTITY, RESOURCE_TOOL } ResourceKind;

const ResourceTemplate resource_templates[] = {
        [RESOURCE_DOCUMENT] = {SCHEME "document/{id}", "document", "Document",
                               "The text of a document; quotes of facts are taken from exactly it.",
                               "text/plain"},
        [RESOURCE_ENTITY] = {SCHEME "entity/{id}", "entity", "Entity",
                             "An entity with its aliases and its current facts.",
                             "application/json"},
        [RESOURCE_TOOL] = {SCHEME "tool/{name}", "tool", "Tool",
                           "A tool, with the schemas of its arguments and its answer.",
                           "application/json"},
        {NULL},
};

const Offers product_offers = {
        .prompts = prompts,
        .templates = resource_templates,
        .list = "list_resources",
        .read = "read_resource",
        .get = "get_prompt",
        .complete = "complete_argument",
};

/* The part of a URI that names one of its kind; NULL if it is of no kind. */
static const char *parse_uri(const char *uri, ResourceKind *ret)
{
        for (unsigned i = 0; resource_templates[i].uri; i++) {
                const char *template = resource_templates[i].uri;
                size_t length = (size_t)(strchr(template, '{') - template);

                if (strncmp(uri, template, length) == 0 && uri[length] != '\0') {
                        *ret = i;
                        return uri + length;
                }
        }
        return NULL;
}

/* ---- changes ---- */

static bool is_about(const Change *change, const char *table, const char *id)
{
        return g_str_equal(change->table, table) && (!id || strstr(change->row_id, id));
}

/* Rows say which fact they are, not of whom: any fact may be of the entity. */
static bool touches_entity(const Change *change, const char *id)
{
        static const char *const any[] = {"facts", "entity_aliases", "predicates", NULL};

        return g_strv_contains(any, change->table) || is_about(change, "entities", id) ||
               (change->ends && is_about(change, "entities", NULL));
}

/* The text of a new version comes after its row, with what the pipeline claims of it. */
static bool touches_document(const Change *change, const char *id)
{
        return is_about(change, "documents", id) ||
               (change->actor_kind == ACTOR_SYSTEM && is_about(change, "facts", NULL));
}

bool resource_is_touched(const char *uri, const Change *changes, unsigned count)
{
        ResourceKind kind;
        const char *id = parse_uri(uri, &kind);

        for (unsigned i = 0; id && kind != RESOURCE_TOOL && i < count; i++)
                if (kind == RESOURCE_DOCUMENT ? touches_document(&changes[i], id)
                                              : touches_entity(&changes[i], id))
                        return true;
        return false;
}

/* ---- list_resources: documents in order of their paths, then entities in order of their names ---- */

static JsonObject *new_resource(ResourceKind kind, const char *id, const char *name,
                                const char *description)
{
        const ResourceTemplate *template = &resource_templates[kind];
        JsonObject *row = json_object_new();
        g_autofree char *uri = g_strdup_printf(
                "%.*s%s", (int)(strchr(template->uri, '{') - template->uri), template->uri, id);

        json_object_set_string_member(row, "uri", uri);
        json_object_set_string_member(row, "name", name);
        json_object_set_string_member(row, "mime_type", template->mime);
        json_set_string(row, "description", description);
        return row;
}

static JsonObject *from_document(JsonObject *document)
{
        return new_resource(RESOURCE_DOCUMENT, json_member_string(document, "document_id", ""),
                            json_member_string(document, "title", ""),
                            json_member_string(document, "path", NULL));
}

static JsonObject *from_entity(JsonObject *entity)
{
        return new_resource(RESOURCE_ENTITY, json_member_string(entity, "id", ""),
                            json_member_string(entity, "name", ""),
                            json_member_string(entity, "type", NULL));
}

/* One kind of what is listed, by the tool that lists it. */
typedef struct Shelf {
        const char *tool, *rows;
        JsonObject *(*make)(JsonObject *row);
} Shelf;

static const Shelf shelves[] = {
        {"list_documents", "documents", from_document},
        {"list_entities", "entities", from_entity},
};

/* Where a page begins: "0:cursor" on the first shelf, "1:" at the beginning of the second. */
typedef struct Place {
        unsigned shelf;
        char *after; /* "": its beginning */
} Place;

static bool read_place(JsonObject *args, Place *ret, GError **error)
{
        g_autofree char *key =
                cursor_key("resources", /* filters= */ NULL, args_string(args, "after"), error);

        if (!key)
                return false;
        if (key[0] == '\0') {
                *ret = (Place){0, g_strdup("")};
                return true;
        }
        if (key[0] >= '0' && (unsigned)(key[0] - '0') < G_N_ELEMENTS(shelves) && key[1] == ':') {
                *ret = (Place){(unsigned)(key[0] - '0'), g_strdup(key + 2)};
                return true;
        }
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                            "after is no cursor of list_resources");
        return false;
}

/* Appends a page of one shelf and moves the place behind it. A tool that the caller may not use shows nothing. */
static bool take_page(const Tools *tools, const Access *access, Place *place, unsigned limit,
                      JsonArray *resources, GError **error)
{
        const Shelf *shelf = &shelves[place->shelf];
        g_autoptr(JsonObject) args = json_object_new();
        g_autoptr(GError) problem = NULL;

        json_object_set_int_member(args, "limit", limit);
        if (place->after[0] != '\0')
                json_object_set_string_member(args, "after", place->after);
        g_autoptr(JsonObject) page = tools_ask(tools, access, shelf->tool, args, &problem);
        if (problem && error_code(problem) != OUROBOROS_ERROR_DENIED) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        JsonArray *rows = page ? json_member_array(page, shelf->rows) : NULL;
        for (unsigned i = 0; rows && i < json_array_get_length(rows); i++)
                json_array_add_object_element(resources,
                                              shelf->make(json_array_get_object_element(rows, i)));
        const char *next = page ? json_member_string(page, "next", NULL) : NULL;
        g_free(place->after);
        place->after = g_strdup(next ?: "");
        place->shelf += next == NULL;
        return true;
}

static JsonObject *list_resources(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        g_autoptr(JsonArray) resources = json_array_new();
        Place place = {0};
        unsigned limit;
        bool taken = read_place(args, &place, error) &&
                     args_limit(args, RESOURCES_PAGE_MAX, "RESOURCES_PAGE_MAX", &limit, error);

        while (taken && place.shelf < G_N_ELEMENTS(shelves) &&
               json_array_get_length(resources) < limit)
                taken = take_page(room, access, &place, limit - json_array_get_length(resources),
                                  resources, error);
        g_autofree char *after = place.after;
        if (!taken)
                return NULL;
        JsonObject *answer = json_object_new();
        g_autofree char *key = g_strdup_printf("%u:%s", place.shelf, after);
        g_autofree char *next = place.shelf < G_N_ELEMENTS(shelves)
                                        ? cursor_new("resources", /* filters= */ NULL, key)
                                        : NULL;
        json_object_set_array_member(answer, "resources", g_steal_pointer(&resources));
        json_set_string(answer, "next", next);
        return answer;
}

/* ---- read_resource ---- */

typedef struct Reading {
        const Tools *tools;
        const Access *access;
        char *name;
        GString *text;
} Reading;

static JsonObject *ask_with(const Reading *reading, const char *tool, const char *name,
                            const char *value, GError **error)
{
        g_autoptr(JsonObject) args = json_object_new();

        json_object_set_string_member(args, name, value);
        return tools_ask(reading->tools, reading->access, tool, args, error);
}

static bool check_length(int64_t bytes, const char *uri, GError **error)
{
        if (bytes <= RESOURCE_TEXT_BYTES_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "%s is longer than RESOURCE_TEXT_BYTES_MAX (%d bytes); read it in parts with "
                    "get_document_text",
                    uri, RESOURCE_TEXT_BYTES_MAX);
        return false;
}

/* Appends a piece of the text; *start becomes where the next begins, -1 at the end. */
static bool read_piece(Reading *reading, const char *id, int64_t *start, GError **error)
{
        g_autoptr(JsonObject) args = json_object_new();

        json_object_set_string_member(args, "document_id", id);
        json_object_set_int_member(args, "char_start", *start);
        g_autoptr(JsonObject) piece =
                tools_ask(reading->tools, reading->access, "get_document_text", args, error);
        if (!piece)
                return false;
        g_string_append(reading->text, json_member_string(piece, "text", ""));
        *start = json_member_int(piece, "next_start", -1);
        return check_length(
                MAX((int64_t)reading->text->len, json_member_int(piece, "total_chars", 0)),
                reading->name, error);
}

static bool read_document(Reading *reading, const char *id, GError **error)
{
        g_autoptr(JsonObject) document =
                ask_with(reading, "get_document", "document_id", id, error);
        int64_t start = 0;

        if (!document)
                return false;
        reading->name = g_strdup(json_member_string(document, "title", id));
        while (start >= 0)
                if (!read_piece(reading, id, &start, error))
                        return false;
        return true;
}

static bool read_entity(Reading *reading, const char *id, GError **error)
{
        g_autoptr(JsonObject) args = json_object_new();
        g_autoptr(JsonObject) entity = ask_with(reading, "get_entity", "entity_id", id, error);

        if (!entity)
                return false;
        reading->name = g_strdup(json_member_string(entity, "name", id));
        json_object_set_string_member(args, "entity_id", id);
        json_object_set_int_member(args, "limit", RESOURCE_FACTS_MAX);
        g_autoptr(JsonObject) facts =
                tools_ask(reading->tools, reading->access, "query_knowledge", args, NULL);
        JsonArray *rows = facts ? json_member_array(facts, "knowledge_facts") : NULL;
        if (rows)
                json_object_set_array_member(entity, "knowledge_facts", json_array_ref(rows));
        g_autofree char *text = json_print_object(entity);
        g_string_append(reading->text, text);
        return true;
}

static bool read_tool(Reading *reading, const char *name, GError **error)
{
        const Entry *entry = tools_entry(reading->tools, name, error);

        if (!entry)
                return false;
        g_autoptr(JsonObject) tool = tools_describe(reading->tools, name, error);
        g_autofree char *text = json_print_object(tool);
        reading->name = g_strdup(name);
        g_string_append(reading->text, text);
        return true;
}

static bool read_it(Reading *reading, const char *uri, ResourceKind *ret, GError **error)
{
        const char *id = parse_uri(uri, ret);

        if (!id) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "No resource is named \"%.200s\"", uri);
                return false;
        }
        switch (*ret) {
        case RESOURCE_DOCUMENT:
                return read_document(reading, id, error);
        case RESOURCE_ENTITY:
                return read_entity(reading, id, error);
        case RESOURCE_TOOL:
                return read_tool(reading, id, error);
        }
        g_assert_not_reached();
}

static JsonObject *read_resource(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_autoptr(GString) text = g_string_new(NULL);
        const char *uri = json_member_string(args, "uri", "");
        Reading reading = {room, access, NULL, text};
        ResourceKind kind;
        bool read = read_it(&reading, uri, &kind, error);
        g_autofree char *name = reading.name;

        if (!read)
                return NULL;
        JsonObject *answer = json_object_new();
        g_autofree char *version =
                g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
        json_object_set_string_member(answer, "uri", uri);
        json_object_set_string_member(answer, "name", name);
        json_object_set_string_member(answer, "mime_type", resource_templates[kind].mime);
        json_object_set_string_member(answer, "version", version);
        if (!json_member_bool(args, "version_only", false))
                json_object_set_string_member(answer, "text", text->str);
        return answer;
}

const Tool resource_tools[] = {
        {"list_resources", TOOL_READ, TOOL_CHEAP, list_resources},
        {"read_resource", TOOL_READ, TOOL_CHEAP, read_resource},
        {NULL},
};
