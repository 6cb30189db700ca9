/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scope/compare.h"

#include <sodium.h>
#include <string.h>

#include "scope/tick.h"

#define AROUND 160 /* characters shown on each side of a difference */

struct Compare {
        GHashTable *numbers[2]; /* id → its number, of those made late */
        char *folders[2];
        char first_late[16]; /* digits of the time of the first late id */
        GRegex *ids;
};

Compare *compare_new(const World *one, const World *two)
{
        Compare *compare = g_new0(Compare, 1);

        compare->folders[0] = g_strdup(one->folder);
        compare->folders[1] = g_strdup(two->folder);
        for (unsigned i = 0; i < 2; i++)
                compare->numbers[i] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        tick_set(TICK_CALLS);
        g_autofree char *id = id_new("late");
        g_strlcpy(compare->first_late, id + 5, 13);
        compare->ids = g_regex_new("[a-z]+-[0-9a-f]{32}", 0, 0, NULL);
        return compare;
}

void compare_free(Compare *compare)
{
        for (unsigned i = 0; i < 2; i++) {
                g_hash_table_unref(compare->numbers[i]);
                g_free(compare->folders[i]);
        }
        g_regex_unref(compare->ids);
        g_free(compare);
}

typedef struct Naming {
        Compare *compare;
        GHashTable *numbers;
} Naming;

static gboolean name_id(const GMatchInfo *match, GString *text, gpointer data)
{
        Naming *naming = data;
        g_autofree char *id = g_match_info_fetch(match, 0);
        const char *digits = strrchr(id, '-') + 1;

        if (strncmp(digits, naming->compare->first_late, 12) < 0) {
                g_string_append(text, id);
                return FALSE;
        }
        unsigned number = GPOINTER_TO_UINT(g_hash_table_lookup(naming->numbers, id));
        if (number == 0) {
                number = g_hash_table_size(naming->numbers) + 1;
                g_hash_table_insert(naming->numbers, g_strdup(id), GUINT_TO_POINTER(number));
        }
        g_string_append_printf(text, "%.*s#%u", (int)(digits - id), id, number);
        return FALSE;
}

/* A cursor is the digest of what it says and what it says. */
static char *open_cursor(const char *cursor)
{
        size_t size = strlen(cursor), bytes = 0;
        g_autofree unsigned char *raw = g_malloc0(size + 1);

        if (sodium_base642bin(raw, size, cursor, size, NULL, &bytes, NULL,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
            bytes < 16)
                return g_strdup(cursor);
        return g_strndup((char *)raw + 16, bytes - 16);
}

static void strip(JsonNode *node)
{
        JsonObjectIter iter;
        const char *name;
        JsonNode *child;

        if (JSON_NODE_HOLDS_ARRAY(node)) {
                JsonArray *array = json_node_get_array(node);

                for (unsigned i = 0; i < json_array_get_length(array); i++)
                        strip(json_array_get_element(array, i));
        }
        if (!JSON_NODE_HOLDS_OBJECT(node))
                return;
        JsonObject *object = json_node_get_object(node);
        json_object_remove_member(object, "timing_ms");
        json_object_remove_member(object, "elapsed_ms");
        json_object_remove_member(object, "search_us");
        json_object_remove_member(object, "uptime_sec");
        const char *next = json_member_string(object, "next", NULL);
        if (next) {
                g_autofree char *opened = open_cursor(next);
                json_object_set_string_member(object, "next", opened);
        }
        json_object_iter_init(&iter, object);
        while (json_object_iter_next(&iter, &name, &child))
                strip(child);
}

char *compare_text(Compare *compare, unsigned world, JsonNode *answer, const GError *error)
{
        g_autofree char *text = NULL;
        Naming naming = {compare, compare->numbers[world]};

        if (answer) {
                g_autofree char *printed = json_print_node(answer);
                g_autoptr(JsonNode) copy = json_parse_text(printed, -1, NULL);
                strip(copy);
                text = json_print_node(copy);
        } else {
                text = g_strdup_printf("!%s: %s", error_row((OuroborosError)error->code)->name,
                                       error->message);
        }
        g_auto(GStrv) parts = g_strsplit(text, compare->folders[world], 0);
        g_autofree char *elsewhere = g_strjoinv("(folder)", parts);
        return g_regex_replace_eval(compare->ids, elsewhere, -1, 0, 0, name_id, &naming, NULL);
}

char *compare_difference(const char *one, const char *two)
{
        size_t at = 0;

        while (one[at] && one[at] == two[at])
                at++;
        size_t from = at > AROUND ? at - AROUND : 0;
        return g_strdup_printf("…%.*s\n  and\n…%.*s", AROUND * 2, one + from, AROUND * 2,
                               two + from);
}
