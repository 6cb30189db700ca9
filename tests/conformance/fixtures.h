/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fixtures share: content in the words of MCP. */
#pragma once

#include "tools/tools.h"

#define FIXTURE_HIDDEN "test_hidden" /* shown or not, as test_trigger_tool_change has it */

/* Each ended by a NULL name; their room is the daemon's Rooms. */
extern const Tool content_fixtures[], ask_fixtures[], offer_fixtures[];

/* Each of these adds one to the answer's "_content" (answer NULL: a new one) and returns the answer. */
JsonObject *content_text(JsonObject *answer, const char *format, ...) G_GNUC_PRINTF(2, 3);
JsonObject *content_data(JsonObject *answer, const char *type, const char *mime,
                         const char *base64);
JsonObject *content_resource(JsonObject *answer, const char *uri, const char *mime,
                             const char *text);

/* A picture and a sound, as small as they come. */
#define TINY_PNG                                                                                   \
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSu" \
        "QmCC"
#define TINY_WAV "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA=="
