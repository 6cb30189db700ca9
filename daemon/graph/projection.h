/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Projections: named views that bring predicates of several vocabularies into one shape: rows of entities, columns of
 * what their current facts say. Only the definition is kept; the facts stay where they are. */
#pragma once

#include "graph/object.h"

#define PROJECTION_COUNT_MAX             200 /* definitions */
#define PROJECTION_COLUMNS_MAX           32
#define PROJECTION_PREDICATES_MAX        16     /* of one column */
#define PROJECTION_ENTITIES_MAX          100000 /* that one query looks at */
#define PROJECTION_FACTS_MAX             10000  /* read for one entity */
#define PROJECTION_SPEC_CHARS_MAX        65536
#define PROJECTION_NAME_CHARS_MAX        64
#define PROJECTION_DESCRIPTION_CHARS_MAX 500

typedef enum Pick {
        PICK_LATEST,
        PICK_FIRST,
        PICK_ALL,
        PICK_SUM,
        PICK_COUNT,
        PICK_MIN,
        PICK_MAX,
        PICK_COUNT_OF,
} Pick;

typedef struct Column {
        char *name;
        char **predicates;
        Pick pick;
        JsonObject *where; /* qualifier → value, or NULL */
} Column;

typedef struct Projection {
        char *id, *name, *description, *spec;
        char *entity_type;  /* NULL: any */
        char *group_by;     /* qualifier; NULL: one row for each entity */
        char **tiers;       /* NULL: any */
        double confidence;  /* at least, where one is given; NaN: any */
        GPtrArray *columns; /* Column */
        GPtrArray *sources; /* char *: all predicates of the columns, each once; borrowed */
        int64_t created_at;
} Projection;
Projection *projection_free(Projection *projection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Projection, projection_free)

/* A projection of the members that define_projection takes. INVALID or LIMIT says which member is wrong. */
Projection *projection_from_json(JsonObject *args, GError **error);

/* INVALID, naming the nearest, if a predicate is unknown, or of a kind that a column cannot be picked from. */
bool projection_check(Db *db, const Projection *projection, GError **error);

/* The projection of a name; NULL without an error if there is none. */
Projection *projection_find(Db *db, const char *name, GError **error);

/* Those of names after this one, in order. */
GPtrArray *projection_list(Db *db, const char *after, unsigned limit, GError **error);

/* Enters it, inside a write; nothing if an equal one is there, CONFLICT if the name is taken by a different one. */
bool projection_define(Db *db, Projection *projection, GError **error);

/* Takes it out of use, inside a write. NOT_FOUND. */
bool projection_retire(Db *db, const char *name, GError **error);

/* {"id", "name", "description", "spec", "created_at"} */
JsonObject *projection_to_json(const Projection *projection);

typedef struct ProjectionQuery {
        const Projection *projection;
        const char *entity_id; /* one only, or NULL */
        JsonObject *where;     /* column → value or {"min", "max"}, or NULL */
        const char
                *order_by; /* column, "-" before it: largest first; NULL: by the entities' names */
        bool sources;      /* tell the facts of each column */
        unsigned limit;
        const char *after; /* cursor or NULL */
} ProjectionQuery;

/* {"projection", "columns", "rows", "next"} */
JsonObject *projection_query(Db *db, const ProjectionQuery *query, GError **error);
