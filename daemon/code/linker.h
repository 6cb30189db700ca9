/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the linker share: the linker itself, the modules that it has loaded, and the questions it answers. */
#pragma once

#include "code/language.h"
#include "code/link-module.h"
#include "code/link-node.h"
#include "code/link-trail.h"
#include "code/link-value.h"
#include "code/link-words.h"
#include "code/link.h"

struct Linker {
        const LinkSource *source;
        LinkWords *words;
        LinkValues *values;
        LinkTrail *trail;
        LinkNodes *nodes;
        GPtrArray *modules;  /* LinkModule by number; NULL: not loaded yet */
        GPtrArray *builtins; /* of languages, with modules */
        GHashTable *common;  /* words that members of built-in types have */
        GHashTable *folders; /* word of a path: GArray of modules */
        GStringChunk *texts; /* of words that no unit has */
        size_t bytes;        /* of memory that the modules take */
};

/* The module of that number, loaded when first asked for; NULL: it has no unit. */
LinkModule *linker_load(Linker *linker, uint32_t number);

/* The built-ins of a language, as a module with a number beyond those of the source; NULL: it has none. */
const LinkModule *linker_load_builtins(Linker *linker, const LinkLanguage *language);
bool linker_is_builtin(uint32_t module);

/* Does a built-in type of the language have a member of that name? */
bool linker_is_common(Linker *linker, const LinkLanguage *language, uint32_t word);
