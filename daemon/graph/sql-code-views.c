/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The views of sql_query over the code graph. Ids of the tables are packed integers, module << 20 | index; the views have the
 * names by which other tools call the same, and find rows by them through the indexes of the tables. */
#include "graph/sql-views.h"

/* ---- words for numbers, as daemon/syntax/unit-word.c and daemon/code/link.h have them; the test "sql" compares ---- */

#define KIND_WORD                                                                                  \
        "CASE y.kind WHEN 1 THEN 'function' WHEN 2 THEN 'method' WHEN 3 THEN 'constructor'"        \
        " WHEN 4 THEN 'class' WHEN 5 THEN 'interface' WHEN 6 THEN 'struct' WHEN 7 THEN 'enum'"     \
        " WHEN 8 THEN 'type' WHEN 9 THEN 'constant' WHEN 10 THEN 'variable' WHEN 11 THEN 'field'"  \
        " WHEN 12 THEN 'property' WHEN 13 THEN 'enum_member' WHEN 14 THEN 'namespace'"             \
        " WHEN 15 THEN 'macro' END"
#define VISIBILITY_WORD                                                                            \
        "CASE y.visibility WHEN 1 THEN 'public' WHEN 2 THEN 'protected' WHEN 3 THEN 'internal'"    \
        " WHEN 4 THEN 'private' END"
#define RELATIONSHIP_WORD                                                                          \
        "CASE e.kind WHEN 1 THEN 'imports' WHEN 2 THEN 'calls' WHEN 3 THEN 'references'"           \
        " WHEN 4 THEN 'extends' WHEN 5 THEN 'implements' END"
#define RESOLUTION_WORD                                                                            \
        "CASE e.class WHEN 1 THEN 'exact' WHEN 2 THEN 'import-resolved' WHEN 3 THEN 'name-unique'" \
        " WHEN 4 THEN 'ambiguous' WHEN 5 THEN 'unresolved' WHEN 6 THEN 'external' END"

/* ---- symbolic ids ---- */

#define SYMBOL_ID(hash) "printf('sym-%016x', " hash ")"

/* The hash in a symbol's id, digit by digit. */
#define DIGIT(place, shift)                                                                        \
        "(instr('0123456789abcdef', substr(%v, " #place ", 1)) - 1 << " #shift ")"
#define HASH_OF_VALUE                                                                                                                                     \
        "(" DIGIT(5, 60) " | " DIGIT(6, 56) " | " DIGIT(7, 52) " | " DIGIT(8, 48) " | " DIGIT(9, 44) " | " DIGIT(10, 40) " | " DIGIT(11, 36) " | " DIGIT( \
                12,                                                                                                                                       \
                32) " | " DIGIT(13,                                                                                                                       \
                                28) " | " DIGIT(14,                                                                                                       \
                                                24) " | " DIGIT(15,                                                                                       \
                                                                20) " | " DIGIT(16,                                                                       \
                                                                                16) " | " DIGIT(17,                                                       \
                                                                                                12) " | " DIGIT(18,                                       \
                                                                                                                8) " | " DIGIT(19,                        \
                                                                                                                               4) " | " DIGIT(20,         \
                                                                                                                                              0) ")"

/* Module n, by its path; its folder is that without what follows the last slash. */
#define MODULE_OF_VALUE                                                                            \
        "n.repository IN (SELECT number FROM code_states)"                                         \
        " AND n.folder = rtrim(rtrim(%v, replace(%v, '/', '')), '/') AND n.path = %v"

#define REPOSITORY_ID(number)                                                                      \
        "(SELECT s.repository_id FROM code_states s WHERE s.number = " number ")"
/* ---- repositories ---- */

#define OWNER                                                                                      \
        "coalesce((SELECT g.subject_id FROM merged_entities g WHERE g.id = r.entity_id),"          \
        " r.entity_id)"
#define OF_REPOSITORY(what)                                                                        \
        "(SELECT " what " FROM code_states s CROSS JOIN code_modules m ON m.repository = s.number" \
        " WHERE s.repository_id = r.id AND m.language <> 'manifest')"
#define OF_STATE(column) "(SELECT " column " FROM code_states s WHERE s.repository_id = r.id)"

const SandboxColumn sql_code_repositories[] = {
        {"id", SANDBOX_TEXT, "Id, repo-….", "r.id", 1},
        {"name", SANDBOX_TEXT, "What people call it.", "r.name"},
        {"path", SANDBOX_TEXT, "Its top folder.", "r.path"},
        {"entity_id", SANDBOX_TEXT, "Entity whose code it is.", OWNER},
        {"entity_name", SANDBOX_TEXT, "Its name.",
         "(SELECT o.name FROM entities o WHERE o.id = " OWNER ")"},
        {"state", SANDBOX_TEXT, "waiting, syncing, synced or unreadable.",
         "coalesce(" OF_STATE("s.state") ", 'waiting')"},
        {"branch", SANDBOX_TEXT, "What is checked out.", OF_STATE("s.branch")},
        {"head", SANDBOX_TEXT, "Its commit.", OF_STATE("s.head")},
        {"modules", SANDBOX_INTEGER, "How many source files.", OF_REPOSITORY("count(*)")},
        {"symbols", SANDBOX_INTEGER, "How many symbols.",
         OF_REPOSITORY("coalesce(sum(m.symbols), 0)")},
        {"edges", SANDBOX_INTEGER, "How many edges.", OF_REPOSITORY("coalesce(sum(m.edges), 0)")},
        {"added_by", SANDBOX_TEXT, "human or conn-….", "r.added_by"},
        {"added_at", SANDBOX_TEXT, "When it was added.", SQL_ISO("r.added_at")},
        {"synced_at", SANDBOX_TEXT, "When it was last known to be as its files are.",
         OF_STATE(SQL_ISO("s.synced_at"))},
        {"error", SANDBOX_TEXT, "Code of what stopped it.", OF_STATE("s.error")},
        {"reason", SANDBOX_TEXT, "What stopped it, in words.", OF_STATE("s.reason")},
        {NULL},
};

/* ---- modules ---- */

const SandboxColumn sql_code_modules[] = {
        {"repository_id", SANDBOX_TEXT, "Repository, repo-….", REPOSITORY_ID("m.repository"), 20000,
         "m.repository IN (SELECT s.number FROM code_states s WHERE s.repository_id = %v)"},
        {"path", SANDBOX_TEXT, "Path in the repository.", "m.path", 3,
         "m.id IN (SELECT n.id FROM code_modules n WHERE " MODULE_OF_VALUE ")"},
        {"folder", SANDBOX_TEXT, "Path of its folder; empty at the top.", "m.folder"},
        {"language", SANDBOX_TEXT,
         "typescript, tsx, javascript, python, rust, go, java, csharp, c, cpp.", "m.language"},
        {"kind", SANDBOX_TEXT, "lib, test, script, generated or vendored.", "m.kind"},
        {"bytes", SANDBOX_INTEGER, "Bytes.", "m.bytes"},
        {"lines", SANDBOX_INTEGER, "Lines.", "m.lines"},
        {"symbols", SANDBOX_INTEGER, "How many symbols it declares.", "m.symbols"},
        {"edges", SANDBOX_INTEGER, "How many edges begin in it.", "m.edges"},
        {"commits", SANDBOX_INTEGER, "How many of the last commits changed it.", "m.churn"},
        {"syntax_errors", SANDBOX_INTEGER, "Places that could not be parsed.", "m.syntax_errors"},
        {"modified_at", SANDBOX_TEXT, "When the file was changed last.", SQL_ISO("m.mtime")},
        {"parsed_at", SANDBOX_TEXT, "When it was read.", SQL_ISO("m.parsed_at")},
        {"error", SANDBOX_TEXT, "Code of what stopped it.", "m.error"},
        {"reason", SANDBOX_TEXT, "What stopped it, in words.", "m.reason"},
        {NULL},
};

/* ---- symbols ---- */

#define OF_MODULE(column, id) "(SELECT m." column " FROM code_modules m WHERE m.id = " id " >> 20)"

const SandboxColumn sql_code_symbols[] = {
        {"id", SANDBOX_TEXT, "Id, sym-….", SYMBOL_ID("y.hash"), 1, "y.hash = " HASH_OF_VALUE},
        {"name", SANDBOX_TEXT, "Name.", "y.name", 20, "y.name = %v COLLATE NOCASE"},
        {"qualified_name", SANDBOX_TEXT, "With the names of what it lies in.",
         "coalesce(y.qualified_name, y.name)"},
        {"kind", SANDBOX_TEXT,
         "function, method, constructor, class, interface, struct, enum, type, constant, variable, "
         "field, property, enum_member, namespace or macro.",
         KIND_WORD},
        {"repository_id", SANDBOX_TEXT, "Repository, repo-….", REPOSITORY_ID("y.repository")},
        {"module", SANDBOX_TEXT, "Path of its file.", OF_MODULE("path", "y.id"), 100,
         "y.id IN (SELECT z.id FROM code_modules n CROSS JOIN code_symbols z ON z.id >= n.id << 20"
         " AND z.id < n.id + 1 << 20 WHERE " MODULE_OF_VALUE ")"},
        {"language", SANDBOX_TEXT, "Its language.", OF_MODULE("language", "y.id")},
        {"start_line", SANDBOX_INTEGER, "First line, from 1.", "y.first_line"},
        {"end_line", SANDBOX_INTEGER, "Last line.", "y.last_line"},
        {"name_line", SANDBOX_INTEGER, "Line of its name.", "y.name_line"},
        {"signature", SANDBOX_TEXT, "As written up to the body.", "y.signature"},
        {"visibility", SANDBOX_TEXT, "public, protected, internal or private.", VISIBILITY_WORD},
        {"is_exported", SANDBOX_INTEGER, "1 if other files may name it.", "y.flags & 2 <> 0"},
        {"is_test", SANDBOX_INTEGER, "1 if it is a test.", "y.flags & 128 <> 0"},
        {"has_body", SANDBOX_INTEGER, "0 if it is only declared here.", "y.flags & 64 = 0"},
        {"doc", SANDBOX_TEXT, "Its doc comment.", "y.doc"},
        {"parent_id", SANDBOX_TEXT, "Symbol that it lies in.",
         "(SELECT " SYMBOL_ID(
                 "p.hash") " FROM code_symbols p WHERE p.id = (y.id >> 20 << 20 | y.parent))"},
        {NULL},
};

/* ---- edges ---- */

#define SOURCE              "(e.id >> 20 << 20 | e.source)"
#define OF_SYMBOL(what, id) "(SELECT " what " FROM code_symbols y WHERE y.id = " id ")"
#define QUALIFIED           "coalesce(y.qualified_name, y.name)"

const SandboxColumn sql_code_edges[] = {
        {"repository_id", SANDBOX_TEXT, "Repository, repo-….", REPOSITORY_ID("e.repository")},
        {"module", SANDBOX_TEXT, "Path of the file where it stands.", OF_MODULE("path", "e.id"),
         500,
         "e.id IN (SELECT z.id FROM code_modules n CROSS JOIN code_edges z ON z.id >= n.id << 20"
         " AND z.id < n.id + 1 << 20 WHERE " MODULE_OF_VALUE ")"},
        {"position", SANDBOX_INTEGER, "Its place among those of the file.", "e.id & 1048575"},
        {"line", SANDBOX_INTEGER, "Line, from 1.", "e.line"},
        {"byte_column", SANDBOX_INTEGER, "Column in bytes, from 0.", "e.column"},
        {"relationship", SANDBOX_TEXT, "imports, calls, references, extends or implements.",
         RELATIONSHIP_WORD},
        {"resolution", SANDBOX_TEXT,
         "exact, import-resolved, name-unique, ambiguous (one of several), unresolved or external.",
         RESOLUTION_WORD},
        {"source_id", SANDBOX_TEXT, "Symbol in which it stands; NULL: the file itself.",
         OF_SYMBOL(SYMBOL_ID("y.hash"), SOURCE), 50,
         "e.id IN (SELECT z.id FROM code_symbols y CROSS JOIN code_edges z"
         " ON z.id >= y.id >> 20 << 20 AND z.id < (y.id >> 20) + 1 << 20"
         " AND z.source = y.id & 1048575 WHERE y.hash = " HASH_OF_VALUE ")"},
        {"source_name", SANDBOX_TEXT, "Its qualified name.", OF_SYMBOL(QUALIFIED, SOURCE)},
        {"target_id", SANDBOX_TEXT, "Symbol to which it leads, if that is known and no file.",
         OF_SYMBOL(SYMBOL_ID("y.hash"), "e.target"), 20,
         "e.target IN (SELECT y.id FROM code_symbols y WHERE y.hash = " HASH_OF_VALUE ")"},
        {"target_name", SANDBOX_TEXT, "Its qualified name.", OF_SYMBOL(QUALIFIED, "e.target")},
        {"target_module", SANDBOX_TEXT, "Path of the file to which it leads, if that is known.",
         OF_MODULE("path", "e.target"), 1000,
         "e.id IN (SELECT z.id FROM code_modules n CROSS JOIN code_edges z"
         " ON z.target >= n.id << 20 AND z.target <= (n.id << 20) + 1048575"
         " WHERE " MODULE_OF_VALUE ")"},
        {"written", SANDBOX_TEXT,
         "What stands there, where it leads to nothing that is known or to what is called otherwise.",
         "e.name"},
        {NULL},
};
