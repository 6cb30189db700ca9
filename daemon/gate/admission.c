/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every call of a connection passes: before it, may it; after it, what was it. */
#include "gate/read-log.h"
#include "gate/room.h"

bool connection_allows(const Connection *connection, const Tool *tool)
{
        const Terms *terms = connection_terms(connection);

        if (tool->needs == TOOL_HUMAN)
                return false;
        switch (terms->profile) {
        case PROFILE_FULL:
                return true;
        case PROFILE_READ_ONLY:
                return tool->needs == TOOL_READ;
        case PROFILE_CUSTOM:
                return terms->tools && g_strv_contains(terms->tools, tool->name);
        }
        g_assert_not_reached();
}

static bool check_profile(const Connection *connection, const Tool *tool, GError **error)
{
        if (connection_allows(connection, tool))
                return true;
        if (tool->needs == TOOL_HUMAN)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "Only the human may use the tool %s", tool->name);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "The profile of this connection (%s) does not allow the tool %s",
                            profile_to_string(connection_terms(connection)->profile), tool->name);
        return false;
}

void gate_spent(Gate *gate, const char *connection, GateSpent *ret)
{
        usage_today(gate->usage, connection, &ret->calls, &ret->bytes);
}

void gate_each_spent(Gate *gate, GateSpentFunc func, void *data)
{
        usage_each(gate->usage, func, data);
}

/* What its human allows now, whenever the access was made: a call may be part of a longer one. */
bool gate_admit(Gate *gate, const Access *access, const Tool *tool, GError **error)
{
        const Connection *known = access_connection(access);

        if (!known)
                return true;
        g_autoptr(Connection) connection = registry_find(gate->registry, connection_id(known));
        if (!connection || connection_state(connection) != CONNECTION_ACTIVE) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED, NO_CONNECTION);
                return false;
        }
        return check_profile(connection, tool, error) && read_log_has_room(gate->read_log, error) &&
               usage_admit(gate->usage, connection, error);
}

void gate_record(Gate *gate, const GateCall *call)
{
        const Connection *connection = access_connection(call->access);

        if (!connection)
                return;
        if (store_gave_up() || (!call->answer && !call->error)) {
                /* tried on the loop, or held for an approval, and made anew */
                usage_take_back(gate->usage, connection_id(connection));
                return;
        }
        ReadEntry *entry = g_new0(ReadEntry, 1);
        entry->time_us = clock_now();
        entry->duration_us = g_get_monotonic_time() - call->began_us;
        g_strlcpy(entry->connection, connection_id(connection), sizeof entry->connection);
        entry->session = g_strdup(access_actor(call->access)->session);
        entry->tool = call->tool->name;
        entry->outcome = call->error ? error_row(error_code(call->error))->name : "OK";
        digest_args(call->args, entry->digest);
        shown_look(&entry->shown, call->answer);
        usage_add_bytes(gate->usage, connection_id(connection), entry->shown.bytes);
        read_log_add(gate->read_log, entry);
}
