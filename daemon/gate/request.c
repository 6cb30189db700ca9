/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests: somebody asks for a connection, the human decides, and who asked may then collect its bearer. */
#include "gate/request.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gate/approvals.h"
#include "gate/mint.h"

/* What is asked for is checked as far as it can be without looking into the vault: who asks is not to learn what
 * entities there are. Their names are looked up when the human says yes. */
static bool check_terms(JsonObject *payload, GError **error)
{
        g_autoptr(JsonObject) terms = json_object_new();
        g_autoptr(GList) members = json_object_get_members(payload);
        g_autoptr(Draft) draft = draft_new();

        for (GList *member = members; member; member = member->next)
                if (!g_str_equal(member->data, "entities"))
                        json_object_set_member(
                                terms, member->data,
                                json_node_copy(json_object_get_member(payload, member->data)));
        return draft_apply(draft, terms, /* vault= */ NULL, error) && draft_check(draft, error);
}

char *request_make(Gate *gate, const Access *access, JsonObject *payload, GError **error)
{
        const char *name = args_string(payload, "name");
        g_autofree char *shown = name ? g_strndup(name, CONNECTION_NAME_CHARS_MAX * 4) : NULL;

        if (!check_terms(payload, error))
                return NULL;
        g_autofree char *title = g_strdup_printf("Let in the agent \"%s\"", g_strstrip(shown));
        Approval request = {.kind = (char *)"connection", .title = title, .payload = payload};
        return gate_request(gate, access, &request, error);
}

JsonObject *request_approve(Db *db, const Approval *approval, JsonObject *payload, void *data,
                            GError **error)
{
        g_autoptr(Draft) draft = draft_new();
        char id[ID_MAX] = "";
        Gate *gate = data;

        if (!draft_apply(draft, payload, gate->options.vault, error) ||
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

        if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
                return fd;
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "file must be the descriptor of a regular file, open for writing");
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
