/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a text names what may be a symbol or a source file: words of a shape that prose does not have. What they name, if
 * anything, mention-name.h says. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MENTION_WORDS_MAX      10000 /* different ones of one text; later ones are not looked for */
#define MENTION_BYTES_MAX      200   /* of one word, with what qualifies it */
#define MENTION_PARTS_MAX      8     /* names in it */
#define MENTION_NAME_CHARS_MIN 2     /* of the last of them */
#define MENTION_SPAN_BYTES_MAX 300   /* of a code span that is one expression */

typedef enum MentionShape {
        MENTION_SPAN = 1 << 0,      /* it is all that stands between backticks */
        MENTION_CALL = 1 << 1,      /* with parentheses: name() */
        MENTION_QUALIFIED = 1 << 2, /* Class.method, module::function */
        MENTION_FILE = 1 << 3,      /* path/file.ts */
        MENTION_DISTINCT = 1 << 4,  /* written as no word is: camelCase, snake_case, utf8 */
        MENTION_CODE = 1 << 5,      /* in a code span or block, among other things */
} MentionShape;

/* The separators of a qualified word are "." whatever was written; of a file name is what stands behind the last slash. */
typedef struct Mention {
        char *word; /* "Class.method", "path/file.ts" */
        char *name; /* "method", "file.ts" */
        char *text; /* as it stands, with its parentheses if they are empty */
        unsigned shape;
        int64_t byte, start; /* where: bytes, characters */
} Mention;
void mention_free(void *mention);

/* The words of a text, each once, where it is written most plainly as code, else first. An array that frees them; ret_cut:
 * MENTION_WORDS_MAX was reached. */
GPtrArray *mentions_in(const char *text, bool *ret_cut);
