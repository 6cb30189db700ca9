/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TypeScript to JavaScript, in a runtime of its own that snippets never see. */
#pragma once

#include <stddef.h>

typedef struct Typescript Typescript;

/* Loads the stripper; ends the process, saying why, if it cannot. */
Typescript *typescript_new(void);

/* The JavaScript of code inside its wrapper, to be freed by the caller. NULL: the snippet has failed and *ret_failure is
 * the frame that says how. Ends the process on limits. */
char *typescript_strip(Typescript *typescript, const char *code, size_t bytes, char **ret_failure);
/* Why the engine did not take what was stripped, as a frame like *ret_failure; NULL if that cannot be told. */
char *typescript_explain(Typescript *typescript, const char *code, size_t bytes);
