/* SPDX-License-Identifier: GPL-3.0-or-later */
/* orient and get_briefing: the same, once within ORIENT_TOKENS_MAX for a model that begins its work, once deep. */
#include <string.h>

#include "tools/briefing.h"

static const BriefingDepth brief = {.entities = 12,
                                    .corrections = 10,
                                    .contradictions = 6,
                                    .discovered = 8,
                                    .repositories = 5,
                                    .calls = 7,
                                    .chars = 60};

static const BriefingDepth deep = {.entities = 30,
                                   .corrections = 50,
                                   .contradictions = 30,
                                   .discovered = 50,
                                   .facts = 50,
                                   .repositories = 30,
                                   .calls = 20,
                                   .chars = 300,
                                   .deep = true};

/* ---- how many tokens a text takes ---- */

#define ID_RUN 8 /* digits in a row that no vocabulary has as a word */

static bool is_digit(char c)
{
        return g_ascii_isdigit(c) || (c >= 'a' && c <= 'f');
}

/* In sixths of a token, from above: three letters, three halves of an id's or a number's digits, or two bytes of other
 * scripts are a token. */
unsigned orient_tokens(const char *text)
{
        size_t sixths = 0;

        for (const char *at = text; *at;) {
                size_t run = 0;

                while (is_digit(at[run]))
                        run++;
                bool is_id = run >= ID_RUN;
                size_t length = MAX(run, 1);
                for (size_t i = 0; i < length; i++)
                        sixths += is_id || g_ascii_isdigit(at[i]) ? 4
                                  : (unsigned char)at[i] >= 0x80  ? 3
                                                                  : 2;
                at += length;
        }
        return (unsigned)((sixths + 5) / 6);
}

/* ---- making it fit ---- */

/* What is given up, the least important first, and how many rows stay as long as there is anything else to give up. */
typedef struct Part {
        const char *object,
                *rows; /* object: the member that has the rows, NULL: the answer itself */
        unsigned floor;
} Part;

static const Part parts[] = {
        {"open_questions", "discovered_names", 2},
        {"caller", "scope", 2},
        {NULL, "repositories", 2},
        {NULL, "next_calls", 4},
        {"open_questions", "contradicted", 2},
        {NULL, "hot_entities", 4},
        {NULL, "recent_corrections", 4},
};

static JsonArray *rows_of(JsonObject *answer, const Part *part)
{
        JsonObject *object = part->object ? json_member_object(answer, part->object) : answer;

        return json_member_array(object, part->rows);
}

static bool fits(JsonObject *answer)
{
        g_autofree char *text = json_print_object(answer);

        return orient_tokens(text) <= ORIENT_TOKENS_MAX;
}

/* Gives up a row; false if there is none left above the floors. */
static bool give_up(JsonObject *answer, bool to_the_floor)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
                JsonArray *rows = rows_of(answer, &parts[i]);
                unsigned count = rows ? json_array_get_length(rows) : 0;

                if (count <= (to_the_floor ? parts[i].floor : 0))
                        continue;
                json_array_remove_element(rows, count - 1);
                return true;
        }
        return false;
}

static void trim(JsonObject *answer)
{
        json_object_set_boolean_member(answer, "trimmed", FALSE);
        while (!fits(answer)) {
                json_object_set_boolean_member(answer, "trimmed", TRUE);
                if (!give_up(answer, /* to_the_floor= */ true) &&
                    !give_up(answer, /* to_the_floor= */ false))
                        return;
        }
}

/* ---- tools ---- */

static JsonObject *orient(void *room, const Access *access, JsonObject *args, GError **error)
{
        JsonObject *answer = briefing_gather(room, access, &brief, error);

        if (answer)
                trim(answer);
        return answer;
}

static JsonObject *get_briefing(void *room, const Access *access, JsonObject *args, GError **error)
{
        return briefing_gather(room, access, &deep, error);
}

const Tool orient_tools[] = {
        {"orient", TOOL_READ, TOOL_CHEAP, orient},
        {"get_briefing", TOOL_READ, TOOL_CHEAP, get_briefing},
        {NULL},
};
