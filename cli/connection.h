/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs about connections share. */
#pragma once

#include "cli.h"

/* Options by which a person says what an agent may do; mint, request, terms and approve have them. */
#define CONNECTION_TERMS                                                                           \
        {"profile", 'p', OPTION_TEXT, "PROFILE", "full, read-only or custom (see --tool)"},        \
                {"tool", 0, OPTION_LIST, "NAME", "custom: a tool it may call; may be repeated"},   \
                {"expires", 0, OPTION_TEXT, "TIME",                                                \
                 "When it ends by itself: 12h, 30d, 4w, 1y, a date, or never"},                    \
                {"calls-per-day", 0, OPTION_NUMBER, "COUNT",                                       \
                 "Calls it may make in a day; 0: no limit"},                                       \
                {"bytes-per-day", 0, OPTION_NUMBER, "COUNT",                                       \
                 "Bytes of answers it may be given in a day; 0: no limit"},                        \
                {"observer", 0, OPTION_FLAG, NULL,                                                 \
                 "It may also read the state, the metrics and the log, which tell of others"},     \
        {                                                                                          \
                "list", 0, OPTION_TEXT, "LISTING",                                                 \
                        "Which tools it is shown first: essential or full"                         \
        }

/* The same for what it may see. */
#define CONNECTION_SCOPE                                                                           \
        {"entity", 'e', OPTION_LIST, "ENTITY", "Sees this entity and no other; may be repeated"},  \
        {                                                                                          \
                "everything", 0, OPTION_FLAG, NULL, "Sees every entity"                            \
        }

/* Sets the members of a call by those options, as far as they were given. */
bool connection_set_terms(const Cli *cli, JsonObject *args, GError **error);
bool connection_set_scope(const Cli *cli, JsonObject *args, GError **error);

/* "30d" and its like as ISO 8601 from now, NULL for "never", another text as it is; the caller frees. INVALID for a
 * number without a known unit. */
bool connection_parse_expiry(const char *text, char **ret, GError **error);

/* The id of a connection that was given by its id, the beginning of it (8 hex digits) or its name; the caller frees. */
char *connection_find(Cli *cli, const char *given, GError **error);

/* What a connection may do and see, as lines; answer is of get_connection or its like. */
void connection_print(Cli *cli, JsonObject *answer);
