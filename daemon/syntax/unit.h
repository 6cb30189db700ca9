/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A unit: all that one source file says, read from its syntax tree alone. ouroboros-syntax makes it, the code room keeps
 * it and links it with the others: what another file must say to know a target stands here as an expression, which is
 * evaluated there. So a file is parsed once, whatever happens to the others.
 *
 * One block of bytes, in the order of the sections, each aligned to 4. Numbers are of the host. It comes from a helper
 * that parsed a stranger's file: unit_open() checks every index, so that nobody after it needs to. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define UNIT_MAGIC   0x55524f55u /* "UORU" */
#define UNIT_VERSION 2u          /* another version is parsed anew */
#define UNIT_NONE    UINT32_MAX  /* no declaration, expression, import, list */

#define UNIT_BYTES_MAX           (32 * 1024 * 1024) /* of one unit */
#define UNIT_DECLS_MAX           200000
#define UNIT_EXPRS_MAX           1000000
#define UNIT_SITES_MAX           1000000
#define UNIT_IMPORTS_MAX         50000
#define UNIT_SIGNATURE_BYTES_MAX 300  /* longer ones are cut, with "…" */
#define UNIT_DOC_BYTES_MAX       1000 /* likewise */
#define UNIT_NAME_BYTES_MAX      400  /* a longer name is none */

/* An offset into the strings, which end with NUL and are valid UTF-8; 0 is "". Equal strings have one offset. */
typedef uint32_t UnitString;

typedef enum UnitLanguage { /* stored: never renumber */
                            UNIT_TYPESCRIPT = 1,
                            UNIT_TSX,
                            UNIT_JAVASCRIPT,
                            UNIT_PYTHON,
                            UNIT_RUST,
                            UNIT_GO,
                            UNIT_JAVA,
                            UNIT_CSHARP,
                            UNIT_C,
                            UNIT_CPP,
                            UNIT_MANIFEST, /* tsconfig.json, package.json, go.mod, Cargo.toml, pyproject.toml: see UnitSetting */
                            UNIT_LANGUAGES,
} UnitLanguage;

/* ---- declarations ---- */

typedef enum UnitKind { /* stored: never renumber */
                        UNIT_FUNCTION = 1,
                        UNIT_METHOD,
                        UNIT_CONSTRUCTOR,
                        UNIT_CLASS,
                        UNIT_INTERFACE, /* trait, protocol too */
                        UNIT_STRUCT,
                        UNIT_ENUM,
                        UNIT_TYPE, /* alias */
                        UNIT_CONSTANT,
                        UNIT_VARIABLE, /* at file, namespace or class level unless UNIT_LOCAL */
                        UNIT_FIELD,
                        UNIT_PROPERTY, /* property: read through an accessor */
                        UNIT_ENUM_MEMBER,
                        UNIT_NAMESPACE, /* module, package inside a file */
                        UNIT_MACRO,
                        /* what follows is no symbol: it only helps to know what others mean */
                        UNIT_PARAMETER,
                        UNIT_TYPE_PARAMETER,
                        UNIT_IMPLEMENTATION, /* Rust impl, C# or TS extension of something declared elsewhere: see outer */
                        UNIT_RECORD, /* object literal or anonymous type: its members have it as container */
                        UNIT_LAMBDA, /* anonymous function; a written type of functions; as a nameless member of an
                                      interface or record what calling a value of it does (and a local UNIT_CONSTRUCTOR: "new" of it;
                                      a local UNIT_FIELD "[]", or "[0]" for numbers: any member of it) */
                        UNIT_KINDS,
} UnitKind;

typedef enum UnitVisibility { /* stored */
                              UNIT_PUBLIC = 1,
                              UNIT_PROTECTED,
                              UNIT_INTERNAL,
                              /* to the package, crate, assembly, file */ UNIT_PRIVATE,
} UnitVisibility;

enum { /* flags of a declaration */
       UNIT_LOCAL =
               1
               << 0, /* inside a function: no symbol (functions and classes inside functions are symbols) */
       UNIT_EXPORTED = 1 << 1, /* other files may name it */
       UNIT_STATIC = 1 << 2,   /* a member of the class itself */
       UNIT_ABSTRACT = 1 << 3,
       UNIT_ASYNC = 1 << 4,     /* calling gives a promise, coroutine, future of the type */
       UNIT_GENERATOR = 1 << 5, /* calling gives an iterator over the type */
       UNIT_BODILESS = 1 << 6,  /* only declared: prototype, overload signature, ambient */
       UNIT_TEST = 1 << 7,
       UNIT_OPTIONAL = 1 << 8, /* a parameter that may be left out */
       UNIT_VARIADIC = 1 << 9, /* a parameter that takes the rest */
       UNIT_DEFAULT = 1 << 10, /* TypeScript's default export */
       UNIT_GETTER = 1 << 11,  /* type and value are those of reading it, not of calling it */
       UNIT_EXTENSION =
               1 << 12, /* C# extension method: member of the type of its first parameter */
       UNIT_OVERRIDE = 1 << 13,
       UNIT_PARTIAL = 1 << 14,     /* one of several parts of one declaration */
       UNIT_CLASSMETHOD = 1 << 15, /* Python: bound to the class, called with it */
       UNIT_FILE_LOCAL = 1 << 16,  /* C static: cannot be named from other files */
       UNIT_DISTINCT =
               1
               << 17, /* of UNIT_TYPE: a type of its own, with members of its own, though written like another (Go) */
       UNIT_CONDITIONAL = 1 << 18, /* there only if a condition of the preprocessor holds */
       UNIT_UNUSUAL =
               1
               << 19, /* only few builds have it: of several of one name one without this is meant */
};

typedef struct UnitDecl {
        uint8_t kind, visibility;
        uint16_t
                shape; /* what the language's resolver needs beside the rest (C: languages/c/shape.h); else 0 */
        uint32_t flags;
        UnitString name; /* "" for what has none */
        uint32_t
                container; /* the declaration that it is directly a member of, or local to; UNIT_NONE: the file */
        uint32_t
                outer; /* expression of what it is a member of if that is not its container (C++ A::f, Go receivers,
                                  Rust impl: there for the UNIT_IMPLEMENTATION); else UNIT_NONE */
        uint32_t first_line, last_line;  /* from 1; with decorators, without the doc comment */
        uint32_t name_line, name_column; /* line from 1; column from 0 in bytes */
        UnitString signature;            /* as written up to the body, white space folded */
        UnitString doc;                  /* text of its doc comment, without markers */
        uint32_t
                type; /* type expression as written: of a variable, what a function returns, what an alias is; or UNIT_NONE */
        uint32_t
                value; /* what it is initialised with; of a function without a written type what it returns (UNIT_EXPR_ANY of all); or UNIT_NONE */
        uint32_t bases; /* list of type expressions: what it extends and implements; or UNIT_NONE */
        uint32_t parameters; /* list of declarations in order, without a receiver; or UNIT_NONE */
        uint32_t type_parameters; /* list of declarations; or UNIT_NONE */
} UnitDecl;

/* ---- expressions: what a target, a value or a type depends on ----
 * An expression denotes declarations (a class itself, a function, a module) or values of a type; a written type denotes
 * the type, and UNIT_EXPR_VALUE of it a value of that type. UNIT_NONE: nothing is known. An expression refers to earlier
 * ones only, but for what goes through declarations; equal ones are one. */

typedef enum UnitOp {                     /* stored */
                      UNIT_EXPR_DECL = 1, /* a: declaration of this unit */
                      UNIT_EXPR_IMPORT,   /* a: what this import binds */
                      UNIT_EXPR_NAME, /* a: string, a name that the file does not bind; b: declaration in which it is written, or UNIT_NONE:
                                 the language says where to look (package, includes, enclosing namespaces, wildcard imports, built-ins) */
                      UNIT_EXPR_MEMBER, /* a: expression, b: string: a.b, a::b, a->b */
                      UNIT_EXPR_CALL, /* a: callee, b: list of arguments (expressions, UNIT_NONE where nothing is known) or UNIT_NONE: what the call gives */
                      UNIT_EXPR_NEW, /* a: type expression, b: list of arguments or UNIT_NONE: a new value of it */
                      UNIT_EXPR_VALUE, /* a: type expression: a value of that type; b: what its shape would be as a declaration, or UNIT_NONE */
                      UNIT_EXPR_TYPEOF, /* a: expression: the type of its value */
                      UNIT_EXPR_SELF, /* a: declaration of a class, record, implementation: a value of it (this, self) */
                      UNIT_EXPR_SUPER,   /* a: declaration of a class: a value of its bases */
                      UNIT_EXPR_ELEMENT, /* a: expression, b: string of a literal key or index, or UNIT_NONE: a[b], also what iterating gives */
                      UNIT_EXPR_AWAIT, /* a: expression: what a promise, future, coroutine gives */
                      UNIT_EXPR_APPLY, /* a: type expression, b: list of type arguments */
                      UNIT_EXPR_ANY, /* b: list: one of these (branches, union types, or, ??); a: 0, or 1: the first of them that is known */
                      UNIT_EXPR_BUILTIN, /* a: string: a built-in type by the language's own name ("string", "list", "Array", "i32"); use with UNIT_EXPR_APPLY */
                      UNIT_EXPR_TUPLE, /* b: list: type of a tuple, or tuple display when under UNIT_EXPR_VALUE */
                      UNIT_EXPR_PARAMETER, /* a: UNIT_EXPR_CALL or _NEW, b: list {argument index, parameter index} as plain numbers: what the
                                 callee passes to that parameter of a function given as that argument (callbacks). A parameter index of UNIT_NONE:
                                 what the callee expects as that argument. An argument index of UNIT_NONE: a is a function's value, and this what
                                 is given to that parameter of it */
                      UNIT_EXPR_DEREF, /* a: expression: *a; languages without pointers never make it */
                      UNIT_EXPR_ADDRESS, /* a: expression: &a, likewise */
                      UNIT_OPS,
} UnitOp;

typedef struct UnitExpr {
        uint32_t op, a, b;
} UnitExpr;

/* ---- imports, exports, sites ---- */

typedef enum UnitImportKind { /* stored */
                              UNIT_IMPORT_MODULE =
                                      1, /* the module itself under the local name: import * as x, import a.b as x, Go import, require() */
                              UNIT_IMPORT_NAME, /* one name of it: from m import n as x, import {n as x}, use m::n, import static */
                              UNIT_IMPORT_DEFAULT, /* TypeScript's default */
                              UNIT_IMPORT_ALL, /* every name of it: from m import *, using namespace, use m::*, #include, import a.* */
                              UNIT_IMPORT_EFFECT, /* nothing is bound */
} UnitImportKind;

enum { /* flags of an import */
       UNIT_IMPORT_TYPE_ONLY = 1 << 0,
       UNIT_IMPORT_REEXPORT =
               1
               << 1, /* what it binds is exported under the local name (UNIT_IMPORT_ALL: every name) */
       UNIT_IMPORT_SYSTEM = 1 << 2,  /* #include <…> */
       UNIT_IMPORT_DYNAMIC = 1 << 3, /* when the call runs */
       UNIT_IMPORT_PARENTS =
               1 << 4, /* Python's import a.b.c: binds a, and makes a.b.c members of each other */
       UNIT_IMPORT_STATIC = 1 << 5, /* Java, C#: members of a type */
       UNIT_IMPORT_GLOBAL = 1 << 6, /* C#: for all files of the project */
       UNIT_IMPORT_UNUSUAL =
               1
               << 7, /* only few builds have it: of several of one name one without this is meant */
};

typedef struct UnitImport {
        uint8_t kind, flags;
        uint16_t mentioned; /* 1: in a comment that gives a type: no edge comes of it */
        UnitString module;  /* as written: "../x", "a.b", "..pkg", "crate::m", "stdio.h" */
        UnitString name;    /* the imported name, or "" */
        UnitString local;   /* what it is called here, or "" */
        uint32_t container; /* declaration in which it holds, or UNIT_NONE: the file */
        uint32_t line;
} UnitImport;

/* What a file exports beyond declarations that are UNIT_EXPORTED: export {a as b}, export default e, module.exports, __all__. */
typedef struct UnitExport {
        UnitString name; /* "default" for the default */
        uint32_t expr;
} UnitExport;

typedef enum UnitSiteKind {                        /* stored; also what edges are */
                            UNIT_SITE_IMPORTS = 1, /* never in a unit: edges of imports */
                            UNIT_SITE_CALLS,
                            UNIT_SITE_REFERENCES,
                            UNIT_SITE_EXTENDS,
                            UNIT_SITE_IMPLEMENTS,
} UnitSiteKind;

enum { /* flags of a site */
       UNIT_SITE_OVERLOADED =
               1 << 0, /* its expression is the whole call (UNIT_EXPR_CALL, UNIT_EXPR_NEW): what is
                                         given chooses among declarations of one name */
};

typedef struct UnitSite {
        uint8_t kind;
        uint8_t arguments; /* of a call; 255: not known (spread) or more */
        uint16_t flags;
        uint32_t
                source; /* the innermost declaration around it that is a symbol, or UNIT_NONE: the file */
        uint32_t line,
                column; /* of the name that is called or referred to: line from 1, column from 0 in bytes */
        uint32_t
                expr; /* what is called (not the call, but for UNIT_SITE_OVERLOADED), referred to, extended; UNIT_NONE: nothing known but the name */
        UnitString name; /* that name */
} UnitSite;

/* ---- what else the file says ---- */

enum { /* flags of a unit */
       UNIT_IS_TEST = 1 << 0,
       UNIT_IS_SCRIPT = 1 << 1,    /* shebang, main guard, func main */
       UNIT_IS_GENERATED = 1 << 2, /* says so, or is minified */
       UNIT_HAS_ERRORS = 1 << 3,   /* syntax errors; the rest is as far as it could be read */
       UNIT_IS_CUT = 1 << 4,       /* a limit was reached; what is there is right */
};

/* A line of a manifest: go.mod "module", package.json "name" "main" "exports.…" "workspaces.0", tsconfig.json
 * "compilerOptions.paths.@core.0", Cargo.toml "package.name", "dependencies.x.path": nested keys joined by ".". */
typedef struct UnitSetting {
        UnitString key, value;
} UnitSetting;

typedef struct UnitHeader {
        uint32_t magic, version, language, flags;
        UnitString package;     /* Go and Java package, "" for others */
        uint32_t lines, errors; /* lines of the file; syntax errors */
        uint32_t decls, exprs, lists, imports, exports, sites,
                settings;      /* records of each section, which follow in this order */
        uint32_t string_bytes; /* last section */
} UnitHeader;

/* A unit that was checked: the sections of a block that outlives it. Immutable. */
typedef struct Unit {
        const UnitHeader *header;
        const UnitDecl *decls;
        const UnitExpr *exprs;
        const uint32_t *lists; /* a list is a number n at its index, then n numbers */
        const UnitImport *imports;
        const UnitExport *exports;
        const UnitSite *sites;
        const UnitSetting *settings;
        const char *strings;
} Unit;

/* Checks the block and fills ret, which points into it: every section within the block, every index in range, lists and
 * strings whole, strings UTF-8, containers before their members, expressions after what they refer to, numbers of kinds known, limits
 * kept. The block must be aligned to 4. CORRUPT, saying what is wrong. */
bool unit_open(const void *block, size_t bytes, Unit *ret, GError **error);

static inline const char *unit_string(const Unit *unit, UnitString string)
{
        return unit->strings + string;
}

/* A list's length and items; none for UNIT_NONE. */
static inline uint32_t unit_list(const Unit *unit, uint32_t list, const uint32_t **ret_items)
{
        *ret_items = list == UNIT_NONE ? NULL : unit->lists + list + 1;
        return list == UNIT_NONE ? 0 : unit->lists[list];
}

/* The hash of a file's bytes that a SyntaxRow has: the same for the same bytes, on every run and machine of one byte order. */
uint64_t unit_hash(const void *bytes, size_t length);

/* Words as they stand in tables and answers: "function", "enum_member", "public", "calls", "typescript". NULL: no such number. */
const char *unit_kind_to_string(UnitKind kind);
const char *unit_visibility_to_string(UnitVisibility visibility);
const char *unit_site_to_string(UnitSiteKind kind);
const char *unit_language_to_string(UnitLanguage language);
UnitLanguage unit_language_from_string(const char *text); /* 0: none */

/* The language of a file by its name (ending, or a manifest's whole name); 0: none that is read. "x.h" is UNIT_C; the code
 * room takes it as UNIT_CPP in a repository whose other sources are more C++ than C. */
UnitLanguage unit_language_of(const char *file_name);

/* Is a declaration listed as a symbol? */
static inline bool unit_is_symbol(const UnitDecl *decl)
{
        return decl->kind < UNIT_PARAMETER && !(decl->flags & UNIT_LOCAL);
}
