/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests: somebody asks for a connection, the human decides, and who asked may then collect its bearer. */
#include "gate/request.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gate/approvals.h"
#include "gate/mint.h"

/* What is asked for is checked as far as it can be without looking into the vault: who asks is not to learn what
 * entities there are. Their names are looked up when the human says yes. */
static bool check_terms(Gate *gate, JsonObject *payload, GError **error)
{
        g_autoptr(JsonObject) terms = json_object_new();
        g_autoptr(GList) members = json_object_get_members(payload);
        g_autoptr(Draft) draft = draft_new();

        for (GList *member = members; member; member = member->next)
                if (!g_str_equal(member->data, "entities"))
                        json_object_set_member(
                                terms, member->data,
                                json_node_copy(json_object_get_member(payload, member->data)));
        return draft_apply(draft, terms, gate, error) && draft_check(draft, error);
}

char *request_make(Gate *gate, const Access *access, JsonObject *payload, GError **error)
{
        const char *name = args_string(payload, "name");
        g_autofree char *shown = name ? g_strndup(name, CONNECTION_NAME_CHARS_MAX * 4) : NULL;

        if (!check_terms(gate, payload, error))
                return NULL;
        g_autofree char *title = g_strdup_printf("Let in the agent \"%s\"", g_strstrip(shown));
        Approval request = {.kind = (char *)"connection", .title = title, .payload = payload};
        return gate_request(gate, access, &request, error);
}

/* ---- deciding ---- */

/* What a payload may have, and of which kind: the human may have written it by hand, and a word that is not understood must
 * not let in more than was meant. */
typedef enum Kind { TEXT, TEXT_OR_NULL, TEXTS, COUNT, YES_NO } Kind;

static const struct {
        const char *name;
        Kind kind;
} members[] = {
        {"name", TEXT},
        {"profile", TEXT},
        {"tools", TEXTS},
        {"entities", TEXTS},
        {"expires", TEXT_OR_NULL},
        {"calls_per_day", COUNT},
        {"bytes_per_day", COUNT},
        {"observer", YES_NO},
        {"listing", TEXT},
        {"listed", TEXTS},
        {"purpose", TEXT_OR_NULL}, /* these, and all below, are said for the human alone */
        {"delivery", TEXT_OR_NULL},
        {"answer_goes_to", TEXT_OR_NULL},
        {"vouched_by", TEXT_OR_NULL},
};

static bool has_type(JsonNode *node, GType type)
{
        return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

static bool has_texts(JsonNode *node)
{
        JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

        for (unsigned i = 0; array && i < json_array_get_length(array); i++)
                if (!has_type(json_array_get_element(array, i), G_TYPE_STRING))
                        return false;
        return array != NULL;
}

static bool is_of_kind(JsonNode *node, Kind kind)
{
        switch (kind) {
        case TEXT:
                return has_type(node, G_TYPE_STRING);
        case TEXT_OR_NULL:
                return JSON_NODE_HOLDS_NULL(node) || has_type(node, G_TYPE_STRING);
        case TEXTS:
                return JSON_NODE_HOLDS_NULL(node) || has_texts(node);
        case COUNT:
                return has_type(node, G_TYPE_INT64);
        case YES_NO:
                return has_type(node, G_TYPE_BOOLEAN);
        default:
                return false;
        }
}

static bool check_member(JsonObject *payload, const char *name, GError **error)
{
        static const char *const words[] = {
                [TEXT] = "a text",
                [TEXT_OR_NULL] = "a text or null",
                [TEXTS] = "a list of texts or null",
                [COUNT] = "an integer",
                [YES_NO] = "true or false",
        };

        for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
                if (!g_str_equal(members[i].name, name))
                        continue;
                if (is_of_kind(json_object_get_member(payload, name), members[i].kind))
                        return true;
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "payload: %s must be %s", name, words[members[i].kind]);
                return false;
        }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "payload: a connection has no \"%.40s\"", name);
        return false;
}

static bool check_members(JsonObject *payload, GError **error)
{
        g_autoptr(GList) names = json_object_get_members(payload);

        for (GList *name = names; name; name = name->next)
                if (!check_member(payload, name->data, error))
                        return false;
        return true;
}

/* The tools of the profile custom go with it, if the human chose another profile and did not name them. */
static void drop_asked_tools(const Approval *approval, JsonObject *payload)
{
        JsonNode *asked = json_object_get_member(approval->payload, "tools");
        JsonNode *tools = json_object_get_member(payload, "tools");

        if (asked && tools && json_node_equal(asked, tools) &&
            g_strcmp0(args_string(payload, "profile"), "custom") != 0 &&
            g_strcmp0(args_string(approval->payload, "profile"), "custom") == 0)
                json_object_remove_member(payload, "tools");
}

/* A client of OAuth names itself, and comes again under the same name: unless the human chose one, it is given one that is
 * free. */
static bool free_name(Db *db, const Approval *approval, JsonObject *payload, Draft *draft,
                      GError **error)
{
        g_autofree char *name = NULL;

        if (!draft->terms.name ||
            g_strcmp0(args_string(payload, "name"), args_string(approval->payload, "name")) != 0)
                return true;
        name = mint_free_name(db, draft->terms.name, error);
        if (!name)
                return false;
        json_object_set_string_member(payload, "name", name);
        g_free((char *)draft->terms.name);
        draft->terms.name = g_steal_pointer(&name);
        return true;
}

JsonObject *request_approve(Db *db, const Approval *approval, JsonObject *payload, void *data,
                            GError **error)
{
        g_autoptr(Draft) draft = draft_new();
        char id[ID_MAX] = "";
        Gate *gate = data;

        draft->has_no_file = g_strcmp0(args_string(approval->payload, "delivery"), "oauth") == 0;
        drop_asked_tools(approval, payload);
        if (!check_members(payload, error) || !draft_apply(draft, payload, gate, error) ||
            (draft->has_no_file && !free_name(db, approval, payload, draft, error)) ||
            !mint_inside(gate, db, draft, id, error))
                return NULL;
        JsonObject *decision = json_object_new();
        json_object_set_string_member(decision, "connection_id", id);
        return decision;
}

/* ---- collecting ---- */

/* A descriptor that is written whole without waiting for anybody. */
static int file_of(JsonObject *args, GError **error)
{
        int fd = (int)json_member_int(args, "file", -1);
        struct stat status;

        if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0 &&
            (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY)
                return fd;
        g_set_error_literal(
                error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                "file must be the descriptor of an empty regular file, open for writing");
        return -1;
}

static JsonObject *answer_collected(const char *connection)
{
        JsonObject *answer = json_object_new();

        json_object_set_string_member(answer, "connection_id", connection);
        return answer;
}

/* The connection that came of a request, for who made it. */
static char *collectable(Gate *gate, const Access *access, const char *id, GError **error)
{
        g_autoptr(Approval) approval = gate_approval(gate, id, error);
        const char *connection = approval_minted(approval);

        if (!approval)
                return NULL;
        if (g_strcmp0(approval->asked_by, access_actor(access)->name) != 0)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "Only who asked for it collects the bearer of %s", id);
        else if (!connection || approval->state != APPROVAL_APPROVED)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "There is nothing to collect: %s is %s", id,
                            approval_state_to_string(approval->state));
        else
                return g_strdup(connection);
        return NULL;
}

JsonObject *gate_collect_bearer(void *data, const Access *access, JsonObject *args, GError **error)
{
        const char *id = json_member_string(args, "approval_id", "");
        int fd = file_of(args, error);
        Gate *gate = data;

        if (fd < 0 || !gate_is_ready(gate, error))
                return NULL;
        g_autofree char *connection = collectable(gate, access, id, error);
        g_autofree char *reason = g_strdup_printf("collected by %s", access_actor(access)->name);
        g_autoptr(Access) system = access_new_system("gate");
        MintWrite write = {.gate = gate, .access = system, .reason = reason};
        MintHandOut hand_out = {.connection = connection, .approval = id, .fd = fd};
        return connection && mint_hand_out(&write, &hand_out, error) ? answer_collected(connection)
                                                                     : NULL;
}

JsonObject *gate_rotate_into(void *data, const Access *access, JsonObject *args, GError **error)
{
        const char *id = json_member_string(args, "connection_id", "");
        MintWrite write = {.gate = data, .access = access};
        int fd = file_of(args, error);

        if (fd < 0 || !gate_is_ready(data, error) || !mint_rotate(&write, id, fd, error))
                return NULL;
        return answer_collected(id);
}
