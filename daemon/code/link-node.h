/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions that the linker asks of modules, and their answers. A question is answered once. Where answers depend on each other in
 * a circle, each begins as LINK_EMPTY and all of the circle are asked again until none changes: the least fixed point, which is the
 * same whichever was asked first. */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "code/link-value.h"

#define LINK_DEPTH_MAX                                                                             \
        1000 /* questions within questions; a deeper one is answered first, for itself */
#define LINK_DETOURS_MAX                                                                           \
        64 /* how often that may happen within itself; beyond, the answer is LINK_ATOM_MANY */
#define LINK_ROUNDS_MAX 60 /* of a circle; beyond, the answer is LINK_ATOM_MANY */

typedef struct Linker Linker;
typedef struct LinkNodes LinkNodes;

typedef enum LinkNodeKind {
        LINK_NODE_EXPR,    /* a: expression. Set: what it denotes */
        LINK_NODE_VALUE,   /* a: declaration. Set: what reading it gives (variables …), calling it
                                                 (functions …), what it stands for (type aliases and parameters) */
        LINK_NODE_IMPORT,  /* a: import. Set: what it binds */
        LINK_NODE_TARGET,  /* a: import. Set: the modules it names */
        LINK_NODE_EXPORT,  /* a: word. Set: what others get under this name */
        LINK_NODE_MEMBER,  /* a: declaration of a type, b: word. Set: members of its values */
        LINK_NODE_STATIC,  /* likewise: members of the declaration itself */
        LINK_NODE_LINEAGE, /* a: declaration of a type. List: it and its bases, nearest first */
        LINK_NODE_NEAREST, /* a: word of a folder, b: of a file's name. Module + 1 of that file there or above */
} LinkNodeKind;

typedef struct LinkNode {
        uint32_t kind, module, a, b;
} LinkNode;

LinkNodes *link_nodes_new(void);
LinkNodes *link_nodes_free(LinkNodes *nodes);

/* The answer, for use within another question or at the top. What it consulted is added to the trail. */
uint32_t link_ask(Linker *linker, LinkNode node);

/* Works out an answer by asking others; link-answer.c. */
uint32_t link_answer(Linker *linker, const LinkNode *node);
