/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source code in, units out: one Syntax has the parser, the grammars and the compiled queries of all languages, and is made
 * before the process gives up its privileges. No file system, no network, no threads. */
#pragma once

#include "syntax/builder.h"
#include "syntax/unit.h"

typedef struct Syntax Syntax;

/* Compiles the queries of all languages; aborts on one that is wrong, which is a bug of ours. */
Syntax *syntax_new(void);
Syntax *syntax_free(Syntax *syntax);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Syntax, syntax_free)

/* A file to read; the bytes outlive the call. */
typedef struct SyntaxFile {
        const char *bytes;
        size_t length;
        const char *
                name; /* of the file in its repository, may be "": tells tests and declarations apart */
        UnitLanguage language;
} SyntaxFile;

/* How long each part took, in nanoseconds of CPU: added to, for measuring. */
typedef struct SyntaxTimes {
        uint64_t parse, flatten, walk;
} SyntaxTimes;

/* Reads a file; its unit is in the builder, which belongs to syntax, until the next call. LIMIT, TIMEOUT; INVALID for what is no
 * text. times may be NULL. */
const Builder *syntax_read(Syntax *syntax, const SyntaxFile *given, SyntaxTimes *times,
                           GError **error);

/* The syntax tree of the file that was read last, as front-ends see it: a line for each node with the names that the grammar has for
 * its kind and field. For developers. The caller frees. */
char *syntax_print_tree(const Syntax *syntax, UnitLanguage language);
