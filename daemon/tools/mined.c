/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a model's answer: what lies between its first brace and its last one, then member by member. */
#include <string.h>

#include "tools/mined.h"

typedef enum MemberType {
        MEMBER_TEXT,
        MEMBER_NUMBER,
        MEMBER_VALUE, /* text, number or truth */
        MEMBER_TEXTS,
        MEMBER_OBJECT,
} MemberType;

typedef struct Member {
        const char *name;
        MemberType type;
        bool required;
} Member;

/* Where a claim is from and what it supersedes is not for the model to say. */
static const Member claim_members[] = {
        {"entity", MEMBER_TEXT, true},        {"entity_type", MEMBER_TEXT, false},
        {"predicate", MEMBER_TEXT, true},     {"object", MEMBER_VALUE, true},
        {"object_type", MEMBER_TEXT, false},  {"quote", MEMBER_TEXT, true},
        {"confidence", MEMBER_NUMBER, false}, {"observed_at", MEMBER_TEXT, false},
        {"qualifiers", MEMBER_OBJECT, false}, {NULL},
};

static const Member entity_members[] = {
        {"name", MEMBER_TEXT, true},
        {"type", MEMBER_TEXT, false},
        {"aliases", MEMBER_TEXTS, false},
        {NULL},
};

void mined_clear(Mined *mined)
{
        g_clear_pointer(&mined->claims, json_array_unref);
        g_clear_pointer(&mined->entities, json_array_unref);
}

static bool is_text(JsonNode *node)
{
        return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
}

static bool is_number(JsonNode *node)
{
        GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;

        return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

static bool are_texts(JsonNode *node)
{
        JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

        for (unsigned i = 0; array && i < json_array_get_length(array); i++)
                if (!is_text(json_array_get_element(array, i)))
                        return false;
        return array != NULL;
}

static bool is_of(JsonNode *node, MemberType type)
{
        switch (type) {
        case MEMBER_TEXT:
                return is_text(node);
        case MEMBER_NUMBER:
                return is_number(node);
        case MEMBER_VALUE:
                return JSON_NODE_HOLDS_VALUE(node);
        case MEMBER_TEXTS:
                return are_texts(node);
        case MEMBER_OBJECT:
                return JSON_NODE_HOLDS_OBJECT(node);
        }
        g_assert_not_reached();
}

/* A new object with the members that it may have; NULL if one that it must have is missing or of another type. */
static JsonObject *take(JsonNode *node, const Member *members)
{
        JsonObject *from = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        g_autoptr(JsonObject) taken = json_object_new();

        for (const Member *member = members; from && member->name; member++) {
                JsonNode *value = json_object_get_member(from, member->name);

                if (value && is_of(value, member->type))
                        json_object_set_member(taken, member->name, json_copy_node(value));
                else if (member->required)
                        return NULL;
        }
        return from ? g_steal_pointer(&taken) : NULL;
}

typedef struct List {
        const char *name, *limit_name;
        unsigned limit;
        const Member *members;
} List;

static JsonArray *take_all(JsonObject *answer, const List *list, unsigned *malformed,
                           GError **error)
{
        JsonArray *from = json_member_array(answer, list->name);
        g_autoptr(JsonArray) taken = json_array_new();

        if (from && json_array_get_length(from) > list->limit) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "the model gave %u %s, more than %s (%u)", json_array_get_length(from),
                            list->name, list->limit_name, list->limit);
                return NULL;
        }
        for (unsigned i = 0; from && i < json_array_get_length(from); i++) {
                JsonObject *object = take(json_array_get_element(from, i), list->members);

                if (object)
                        json_array_add_object_element(taken, object);
                else
                        (*malformed)++;
        }
        return g_steal_pointer(&taken);
}

static JsonObject *find_object(const char *text, size_t length, GError **error)
{
        const char *begin =
                length > 0 ? memchr(text, '{', length) : NULL; /* text may be NULL then */
        const char *end = length > 0 ? memrchr(text, '}', length) : NULL;
        g_autoptr(GError) problem = NULL;
        JsonObject *object = begin && end && end > begin
                                     ? json_parse_object(begin, end - begin + 1, &problem)
                                     : NULL;

        if (object)
                return object;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "the model's answer is no JSON object: %s",
                    problem ? problem->message : "there are no braces in it");
        return NULL;
}

bool mined_parse(const char *text, size_t length, Mined *ret, GError **error)
{
        static const List claims = {"claims", "MINED_CLAIMS_MAX", MINED_CLAIMS_MAX, claim_members};
        static const List entities = {"entities", "MINED_ENTITIES_MAX", MINED_ENTITIES_MAX,
                                      entity_members};
        g_auto(Mined) mined = {0};

        if (length > MINED_BYTES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "the model's answer is longer than MINED_BYTES_MAX (%d bytes)",
                            MINED_BYTES_MAX);
                return false;
        }
        g_autoptr(JsonObject) answer = find_object(text, length, error);
        if (!answer)
                return false;
        if (!json_member_array(answer, "claims")) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "the model's answer has no array \"claims\"");
                return false;
        }
        mined.claims = take_all(answer, &claims, &mined.malformed, error);
        mined.entities = mined.claims ? take_all(answer, &entities, &mined.malformed, error) : NULL;
        if (!mined.entities)
                return false;
        *ret = mined;
        mined = (Mined){0};
        return true;
}
