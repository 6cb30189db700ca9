/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tool of this room. */
#include "search/search-room.h"

static JsonObject *search_documents(void *room, const Access *access, JsonObject *args,
                                    GError **error)
{
        SearchRequest request = {
                .query = json_member_string(args, "query", ""),
                .root_id = json_member_string(args, "root_id", NULL),
                .mime = json_member_string(args, "mime", NULL),
                .after = json_member_string(args, "after", NULL),
                .limit = (unsigned)CLAMP(json_member_int(args, "limit", SEARCH_LIMIT_DEFAULT), 1,
                                         SEARCH_LIMIT_MAX),
        };
        return search_run(room, access, &request, error);
}

static const Tool tools[] = {
        {"search_documents", TOOL_READ, TOOL_CHEAP, search_documents},
        {NULL},
};

ToolTable search_tools(Search *search)
{
        return (ToolTable){tools, search};
}
