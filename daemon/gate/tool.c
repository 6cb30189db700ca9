/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tool needs: in words, as list_available_tools and the doors show them, and who has it. */
#include "gate/gate.h"

const char *tool_needs_to_string(ToolNeeds needs)
{
        switch (needs) {
        case TOOL_READ:
                return "read";
        case TOOL_WRITE:
                return "write";
        case TOOL_HUMAN:
                return "human";
        }
        g_assert_not_reached();
}

const char *tool_cost_to_string(ToolCost cost)
{
        switch (cost) {
        case TOOL_INSTANT:
                return "instant";
        case TOOL_CHEAP:
                return "cheap";
        case TOOL_SLOW:
                return "slow";
        }
        g_assert_not_reached();
}

bool access_allows(const Access *access, const Tool *tool)
{
        const Connection *connection = access_connection(access);

        if (connection)
                return connection_allows(connection, tool);
        return tool->needs != TOOL_HUMAN || access_actor(access)->kind == ACTOR_HUMAN;
}
