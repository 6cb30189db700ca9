/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to the code graph. Each reads through a handle that shows what the caller may see, and adds the members of its
 * answer to an object: "rows", and "next" where there may be more. */
#pragma once

#include "code/symbols.h"
#include "gate/gate.h"
#include "store/store.h"

#define QUERY_PAGE_MAX         500     /* rows of one page */
#define QUERY_NAME_CHARS_MAX   400     /* of a name or path asked for */
#define QUERY_DEPTH_MAX        8       /* steps that are followed */
#define QUERY_WALK_SYMBOLS_MAX 20000   /* met while following them */
#define QUERY_CANDIDATES_MAX   8       /* symbols of one name that an error tells */
#define QUERY_FUZZY_NAMES_MAX  2000000 /* looked at for a name that is only like it */

struct Code;

typedef struct Query {
        struct Code *code; /* of diff, with access: what does more than read rows */
        const Access *access;
        Db *db;
        JsonObject *args;
        const char *kind;          /* "symbols" … */
        const char *repository_id; /* or NULL: all; checked */
        const char *entity_id;     /* or NULL; what it counts for */
        unsigned limit;
        const char *after; /* cursor of the page before, or NULL */
} Query;

/* Adds the members of the answer. */
typedef bool (*QueryKind)(const Query *query, JsonObject *answer, GError **error);

bool query_overview(const Query *query, JsonObject *answer, GError **error);
bool query_modules(const Query *query, JsonObject *answer, GError **error);
bool query_symbols(const Query *query, JsonObject *answer, GError **error);
bool query_callers(const Query *query, JsonObject *answer, GError **error);
bool query_callees(const Query *query, JsonObject *answer, GError **error);
bool query_references(const Query *query, JsonObject *answer, GError **error);
bool query_imports(const Query *query, JsonObject *answer, GError **error);
bool query_exports(const Query *query, JsonObject *answer, GError **error);
bool query_path(const Query *query, JsonObject *answer, GError **error);
bool query_entry_points(const Query *query, JsonObject *answer, GError **error);
bool query_hot_spots(const Query *query, JsonObject *answer, GError **error);
bool query_mentions(const Query *query, JsonObject *answer, GError **error);

/* How many documents and facts mention a symbol, as query_mentions() tells them. */
bool query_count_mentions(const Query *query, int64_t symbol, int64_t *ret, GError **error);
bool query_diff(const Query *query, JsonObject *answer, GError **error);

/* ---- what they share ---- */

/* Is repository r one that is asked about, and still there? query_prepare() binds what it needs. */
#define QUERY_IS_ASKED                                                                             \
        " r.is_active = 1 AND (:repository IS NULL OR r.id = :repository)"                         \
        " AND (:entity IS NULL OR coalesce((SELECT g.subject_id FROM merged_entities g"            \
        " WHERE g.id = r.entity_id), r.entity_id) = :entity)"

/* Joins the repository of module m as r, if it is such a one. */
#define QUERY_OF_MODULE                                                                            \
        " CROSS JOIN code_states s ON s.number = m.repository CROSS JOIN code_repositories r"      \
        " ON r.id = s.repository_id AND" QUERY_IS_ASKED

/* Symbol y with its module m and repository r. */
#define QUERY_SYMBOL_COLUMNS                                                                       \
        "y.hash, y.name, coalesce(y.qualified_name, y.name), y.kind, m.path, r.id, y.first_line,"  \
        " y.last_line, y.signature, y.visibility, y.flags, y.doc, y.id"
#define QUERY_SYMBOL_WIDTH 13
#define QUERY_OF_SYMBOL    " CROSS JOIN code_modules m ON m.id = y.id >> 20" QUERY_OF_MODULE

Statement *query_prepare(const Query *query, const char *sql, GError **error); /* binds both */

/* A row of QUERY_SYMBOL_COLUMNS. */
JsonObject *query_symbol_row(Statement *row);

/* The symbol that args name by symbol_id, or by name and perhaps module, as the number of its row; of one that is declared and
 * defined, the definition. NOT_FOUND; CONFLICT, with candidates, if there are several; INVALID if neither is given. prefix: of the
 * members, "" or "to_". */
bool query_find_symbol(const Query *query, const char *prefix, int64_t *ret, GError **error);

/* The symbols (int64_t) that are one thing with a symbol: itself, then those that only declare what it defines, or define what it
 * declares. */
GArray *query_same(const Query *query, int64_t symbol, GError **error);

/* Does a symbol only declare what another one may define: a prototype, or a typedef of what is called so already? */
bool query_is_declaration(UnitKind kind, int64_t flags, const char *name, const char *signature);

/* Of a qualified name ("Class.method", "ns::f") the last part, which is what the index knows. */
const char *query_last_part(const char *name);

/* Is symbol y called by a name, of which the beginning may be left out? :last and :qualified are bound by query_bind_qualified(). */
#define QUERY_IS_QUALIFIED                                                                         \
        "(:qualified IS NULL OR replace(y.qualified_name, '::', '.') = :qualified"                 \
        " OR substr(replace(y.qualified_name, '::', '.'), -length(:qualified) - 1)"                \
        " = '.' || :qualified)"
void query_bind_qualified(Statement *row, const char *name);

/* The module that args name by module, a path. NOT_FOUND, CONFLICT, INVALID. */
bool query_find_module(const Query *query, uint32_t *ret, GError **error);

/* The key of the cursor, "" at the beginning; filters are all arguments but limit and after. STALE. The caller frees. */
char *query_cursor_key(const Query *query, GError **error);

/* Sets "rows" and "next": a cursor if key is not NULL. */
void query_set_rows(const Query *query, JsonObject *answer, JsonArray *rows, const char *key);

/* Sets a member to the public name of a symbol, or null. */
void query_set_symbol_id(JsonObject *object, const char *name, Statement *row, int column);
