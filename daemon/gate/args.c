/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading arguments: see gate.h. */
#include "gate/gate.h"

const char *args_string(JsonObject *args, const char *name)
{
        return json_member_string(args, name, NULL);
}

char **args_strings(JsonObject *args, const char *name)
{
        JsonArray *array = json_member_array(args, name);
        g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

        if (!array)
                return NULL;
        for (unsigned i = 0; i < json_array_get_length(array); i++) {
                JsonNode *node = json_array_get_element(array, i);
                const char *text = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;

                g_strv_builder_add(builder, text ?: "");
        }
        return g_strv_builder_end(builder);
}

bool args_limit(JsonObject *args, unsigned max, const char *max_name, unsigned *ret, GError **error)
{
        int64_t limit = json_member_int(args, "limit", ARGS_LIMIT_DEFAULT);

        if (limit < 1 || limit > max) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "limit must be between 1 and %u (%s)", max, max_name);
                return false;
        }
        *ret = (unsigned)limit;
        return true;
}

bool args_check_id(JsonObject *args, const char *name, const char *prefix, GError **error)
{
        const char *id = args_string(args, name);

        if (!id || id_is_valid(id, prefix))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "%s must be %s- and %d hex digits", name, prefix, ID_DIGITS);
        return false;
}

bool args_check_reason(JsonObject *args, GError **error)
{
        const char *reason = args_string(args, "reason");

        return !reason ||
               text_check("reason", reason, ARGS_REASON_CHARS_MAX, "ARGS_REASON_CHARS_MAX", error);
}

bool args_time(JsonObject *args, const char *name, int64_t *ret, GError **error)
{
        const char *text = args_string(args, name);

        if (!text || clock_from_iso(text, ret, error))
                return true;
        g_prefix_error(error, "%s: ", name);
        return false;
}
