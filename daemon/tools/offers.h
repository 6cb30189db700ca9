/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What agents are offered besides tools: resources, prompts, and completion of their arguments. The fixed part is here,
 * for a door to show; whatever shows content is a tool, which a door calls as it calls others:
 *   resources/list            list_resources {"limit", "after"} → {"resources", "next"}
 *   resources/read            read_resource {"uri"} → {"uri", "name", "mime_type", "text", "version"}
 *   prompts/get               get_prompt {"name", "arguments"} → {"description", "messages": [{"role", "text"}]}
 *   completion/complete       complete_argument {"of": "prompt" or "resource", "name", "argument", "value"} →
 *                             {"values", "total", "has_more"}; name: the prompt's, or the template's URI
 * A watched resource: when resource_is_touched(), read_resource {"uri", "version_only": true} says under the caller's
 * own scope whether it is another now; only then is he told. */
#pragma once

#include "gate/gate.h"

#define RESOURCE_URI_CHARS_MAX  200
#define RESOURCE_TEXT_BYTES_MAX 1048576 /* read longer ones in parts, with get_document_text */
#define RESOURCE_FACTS_MAX      100     /* of an entity's resource */
#define RESOURCES_PAGE_MAX      500
#define COMPLETION_VALUES_MAX   100
#define PROMPT_ARGUMENTS_MAX    3

typedef struct ResourceTemplate {
        const char *uri;  /* ouroboros://document/{id} */
        const char *name; /* "document" */
        const char *title, *description, *mime;
} ResourceTemplate;

/* Ended by a NULL uri. */
extern const ResourceTemplate resource_templates[];

typedef struct PromptArgument {
        const char *name, *description;
        bool required;
} PromptArgument;

typedef struct Prompt {
        const char *name, *title, *description;
        PromptArgument arguments[PROMPT_ARGUMENTS_MAX + 1]; /* ended by a NULL name */
} Prompt;

/* Ended by a NULL name. */
extern const Prompt prompts[];

/* May these changes of the vault have made the resource another? Looks at tables and ids only. */
bool resource_is_touched(const char *uri, const Change *changes, unsigned count);

/* All of it, for a door: the fixed part, and the names of the tools that show content. */
typedef struct Offers {
        const Prompt *prompts;
        const ResourceTemplate *templates;
        const char *list, *read, *get, *complete; /* list_resources … */
} Offers;
extern const Offers product_offers;
