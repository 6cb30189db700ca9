/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drafts of terms, from what people and those who ask write. */
#include "gate/terms.h"

#include <string.h>

#include "gate/room.h"

Draft *draft_new(void)
{
        return g_new0(Draft, 1);
}

Draft *draft_of(const Connection *connection)
{
        const Terms *terms = connection_terms(connection);
        Draft *draft = draft_new();

        draft->terms = *terms;
        draft->terms.name = g_strdup(terms->name);
        draft->terms.tools = (const char *const *)g_strdupv((char **)terms->tools);
        draft->terms.entities = (const char *const *)g_strdupv((char **)terms->entities);
        draft->listing = connection_listing(connection);
        draft->listed = g_strdupv((char **)connection_listed(connection));
        return draft;
}

Draft *draft_free(Draft *draft)
{
        if (!draft)
                return NULL;
        g_free((char *)draft->terms.name);
        g_strfreev((char **)draft->terms.tools);
        g_strfreev((char **)draft->terms.entities);
        g_strfreev(draft->listed);
        g_free(draft);
        return NULL;
}

/* ---- members ---- */

static bool take_name(Draft *draft, JsonObject *args, GError **error)
{
        const char *given = args_string(args, "name");

        if (!given)
                return true;
        if (!g_utf8_validate(given, -1, NULL)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "name must be UTF-8");
                return false;
        }
        g_autofree char *composed = g_utf8_normalize(given, -1, G_NORMALIZE_DEFAULT_COMPOSE);
        const char *name = g_strstrip(composed);
        if (!text_check("name", name, CONNECTION_NAME_CHARS_MAX, "CONNECTION_NAME_CHARS_MAX",
                        error) ||
            !text_check_line("name", name, error))
                return false;
        g_free((char *)draft->terms.name);
        draft->terms.name = g_strdup(name);
        return true;
}

static bool is_tool_name(const char *name)
{
        size_t length = strlen(name);

        return length > 0 && length <= TOOL_NAME_CHARS_MAX &&
               strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

static bool check_tool(const Gate *gate, const char *member, const char *name, GError **error)
{
        if (!is_tool_name(name))
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "%s: \"%.40s\" is no name of a tool", member, name);
        else if (gate->knows_tool && !gate->knows_tool(name, gate->knows_data))
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "%s: there is no tool %.40s", member, name);
        else
                return true;
        return false;
}

/* A list of tools by their names; ret is as it was if there is no such member. */
static bool take_tools(const Gate *gate, JsonObject *args, const char *member, char ***ret,
                       GError **error)
{
        if (!json_object_has_member(args, member))
                return true;
        g_auto(GStrv) names = args_strings(args, member);
        if (names && g_strv_length(names) > CONNECTION_TOOLS_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%s has more than CONNECTION_TOOLS_MAX (%d) names", member,
                            CONNECTION_TOOLS_MAX);
                return false;
        }
        for (char **name = names; name && *name; name++)
                if (!check_tool(gate, member, *name, error))
                        return false;
        g_strfreev(*ret);
        *ret = g_steal_pointer(&names);
        return true;
}

static bool take_entities(Draft *draft, JsonObject *args, Store *vault, GError **error)
{
        if (!json_object_has_member(args, "entities"))
                return true;
        g_auto(GStrv) words = args_strings(args, "entities");
        g_auto(GStrv) ids = NULL;
        if (words && g_strv_length(words) > CONNECTION_ENTITIES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "entities has more than CONNECTION_ENTITIES_MAX (%d) elements",
                            CONNECTION_ENTITIES_MAX);
                return false;
        }
        if (words) {
                ids = entities_resolve(vault, (const char *const *)words, error);
                if (!ids)
                        return false;
        }
        g_strfreev((char **)draft->terms.entities);
        draft->terms.entities = (const char *const *)g_steal_pointer(&ids);
        return true;
}

static bool take_expires(Draft *draft, JsonObject *args, GError **error)
{
        int64_t expires_us = 0;

        if (!json_object_has_member(args, "expires"))
                return true;
        if (!args_time(args, "expires", &expires_us, error))
                return false;
        if (args_string(args, "expires") &&
            (expires_us <= clock_now() || expires_us > EXPIRES_US_MAX)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "expires must be a time to come");
                return false;
        }
        draft->terms.expires_us = expires_us;
        return true;
}

static bool take_count(JsonObject *args, const char *name, uint64_t *ret, GError **error)
{
        int64_t count = json_member_int(args, name, (int64_t)*ret);

        if (count < 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "%s must not be negative; 0: no limit", name);
                return false;
        }
        *ret = (uint64_t)count;
        return true;
}

bool draft_apply(Draft *draft, JsonObject *args, Gate *gate, GError **error)
{
        const char *profile = args_string(args, "profile"), *listing = args_string(args, "listing");
        Terms *terms = &draft->terms;

        terms->observer = json_member_bool(args, "observer", terms->observer);
        if ((profile && !profile_from_string(profile, &terms->profile, error)) ||
            (listing && !tool_listing_from_string(listing, &draft->listing, error)))
                return false;
        if (profile && terms->profile != PROFILE_CUSTOM)
                g_clear_pointer((char ***)&terms->tools, g_strfreev);
        return take_name(draft, args, error) &&
               take_tools(gate, args, "tools", (char ***)&terms->tools, error) &&
               take_tools(gate, args, "listed", &draft->listed, error) &&
               take_expires(draft, args, error) &&
               take_count(args, "calls_per_day", &terms->calls_per_day, error) &&
               take_count(args, "bytes_per_day", &terms->bytes_per_day, error) &&
               take_entities(draft, args, gate->options.vault, error);
}

bool draft_check(const Draft *draft, GError **error)
{
        const Terms *terms = &draft->terms;
        const char *wrong = NULL;

        if (!terms->name)
                wrong = "A connection needs a name";
        else if (terms->profile == PROFILE_CUSTOM && !(terms->tools && *terms->tools))
                wrong = "The profile custom needs tools: the names that are allowed";
        else if (terms->profile != PROFILE_CUSTOM && terms->tools && *terms->tools)
                wrong = "tools goes with the profile custom alone";
        else if (draft->listing == TOOL_LISTING_SOME && !(draft->listed && *draft->listed))
                wrong = "The listing some needs listed: the names that are shown";
        if (!wrong)
                return true;
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, wrong);
        return false;
}
