/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts as people read them: what is said, the words it rests on, where they stand, who recorded it. */
#pragma once

#include "cli.h"

/* Prints an array of facts under the names of their entities. Asks the daemon for the names of entities
 * and documents; what it does not tell is left out. */
void fact_print_all(Cli *cli, JsonArray *facts);

/* A JSON object as text: "name: value; name: value", arrays below as numbered lines. The caller frees. */
char *fact_json_text(JsonNode *node);

/* The path of a document, or its id if it cannot be had; the caller frees. */
char *fact_document_path(Cli *cli, const char *document_id);
