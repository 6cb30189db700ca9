/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The languages: number in units, and the name of the front-end (<name>_front in syntax.c) and the resolver (<name>_resolver in
 * resolve.c) in the folder of the language. */
#pragma once

#define LANGUAGES(ROW)                                                                             \
        ROW(UNIT_TYPESCRIPT, typescript)                                                           \
        ROW(UNIT_TSX, tsx)                                                                         \
        ROW(UNIT_JAVASCRIPT, javascript)                                                           \
        ROW(UNIT_GO, go)                                                                           \
        ROW(UNIT_RUST, rust)                                                                       \
        ROW(UNIT_JAVA, java)                                                                       \
        ROW(UNIT_CSHARP, csharp)                                                                   \
        ROW(UNIT_PYTHON, python)                                                                   \
        ROW(UNIT_C, c)                                                                             \
        ROW(UNIT_CPP, cpp)

/* Those that are linked. */
#define RESOLVERS(ROW)                                                                             \
        ROW(UNIT_TYPESCRIPT, typescript)                                                           \
        ROW(UNIT_TSX, tsx)                                                                         \
        ROW(UNIT_JAVASCRIPT, javascript)                                                           \
        ROW(UNIT_GO, go)                                                                           \
        ROW(UNIT_RUST, rust)                                                                       \
        ROW(UNIT_PYTHON, python)                                                                   \
        ROW(UNIT_JAVA, java)                                                                       \
        ROW(UNIT_CSHARP, csharp)                                                                   \
        ROW(UNIT_C, c)                                                                             \
        ROW(UNIT_CPP, cpp)
