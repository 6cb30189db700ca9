/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which tools a connection is shown at first: the one thing about itself that an agent chooses. */
#include <string.h>

#include "gate/mint.h"

typedef struct Choice {
        const char *connection;
        ToolListing listing;
        const char *const *listed;
} Choice;

static bool choose(Db *db, void *data, GError **error)
{
        const Choice *choice = data;

        return mint_set_listing(db, choice->connection, choice->listing, choice->listed, error);
}

static bool check_listed(ToolListing listing, const char *const *listed, GError **error)
{
        unsigned count = listed ? g_strv_length((char **)listed) : 0;

        if (listing == TOOL_LISTING_SOME && count == 0) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "A list of tools must name some");
                return false;
        }
        if (count <= CONNECTION_TOOLS_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "A list of tools has at most CONNECTION_TOOLS_MAX (%d) names",
                    CONNECTION_TOOLS_MAX);
        return false;
}

bool gate_set_listing(Gate *gate, const Access *access, ToolListing listing,
                      const char *const *listed, GError **error)
{
        WriteOptions options = {.actor = access_actor(access)};
        Choice choice = {access_actor(access)->connection, listing, listed};

        if (!access_connection(access)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "Only a connection has a list of tools of its own");
                return false;
        }
        return gate_is_ready(gate, error) && check_listed(listing, listed, error) &&
               store_write(gate->options.ops, &options, choose, &choice, error) &&
               registry_refresh(gate->registry, gate->options.ops, choice.connection, error);
}
