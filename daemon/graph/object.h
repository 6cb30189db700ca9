/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a fact says of its entity: one value of the kind that its predicate wants, as canonical text. */
#pragma once

#include "graph/graph.h"

typedef enum ObjectKind {
        OBJECT_TEXT,
        OBJECT_NUMBER,
        OBJECT_DATE,
        OBJECT_BOOL,
        OBJECT_ENTITY,
        OBJECT_DOCUMENT,
        OBJECT_JSON,
        OBJECT_KIND_COUNT,
} ObjectKind;

const char *object_kind_to_string(ObjectKind kind);
bool object_kind_from_string(const char *text, ObjectKind *ret);

typedef struct Object {
        char *text;    /* canonical */
        double number; /* of numbers and dates (microseconds), else NaN */
} Object;
void object_clear(Object *object);

/* Brings text into the canonical form of kind; INVALID says what the kind looks like, LIMIT over
 * GRAPH_OBJECT_CHARS_MAX. Of entities and documents it checks the text only: they are looked up where
 * there is a database. */
bool object_parse(ObjectKind kind, const char *text, Object *ret, GError **error);
