/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of the Manager that may take long, with a bar while they do. */
#pragma once

#include "cli.h"

/* Calls a Manager method and gives its answer. */
JsonNode *manager_ask(Cli *cli, const char *member, const char *const *strings, const char *label,
                      GError **error);

/* Calls a Manager method with strings (NULL: none). With --json prints the answer and gives NULL without
 * an error, else the answer through ret (NULL: not wanted). label stands before the bar; NULL: no bar. */
bool manager_call(Cli *cli, const char *member, const char *const *strings, const char *label,
                  JsonNode **ret, GError **error);

/* Asks a yes-or-no question on the terminal. INVALID, naming --yes, where there is none. */
bool manager_confirm(Cli *cli, const char *question, GError **error);
