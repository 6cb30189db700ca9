/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "random-unit.h"

#include "syntax/blank.h"

#define DECLS_MAX   10
#define EXPRS_MAX   24
#define IMPORTS_MAX 5
#define SITES_MAX   10
#define LIST_MAX    4
#define LINES       99

/* A unit being made. */
typedef struct Maker {
        Builder *builder;
        Feed *feed;
        const RandomFamily *family;
        uint32_t decls, imports, exprs;
        uint32_t made[EXPRS_MAX];
} Maker;

static const RandomFamily families[] = {
        {UNIT_TYPESCRIPT,
         {"a.ts", "b.ts", "c/index.ts", "c/d.ts", "package.json"},
         {"./a", "./b", "./c", "../a", "./d", "../b"}},
        {UNIT_JAVASCRIPT,
         {"a.js", "b.js", "c/index.js", "c/d.js", "tsconfig.json"},
         {"./a", "./b", "./c", "../a", "./d", "c/d"}},
        {UNIT_PYTHON,
         {"a.py", "p/__init__.py", "p/a.py", "p/b.py", "pyproject.toml"},
         {"a", "p", "p.a", "p.b", ".b", "."}},
        {UNIT_RUST,
         {"src/lib.rs", "src/a.rs", "src/a/b.rs", "src/p/mod.rs", "Cargo.toml"},
         {"crate", "crate::a", "crate::a::b", "crate::p", "self", "super::a"}},
        {UNIT_GO,
         {"a.go", "p/a.go", "p/b.go", "p/q/c.go", "go.mod"},
         {"x", "x/p", "x/p/q", "x/p", "p", "q"}},
        {UNIT_JAVA,
         {"A.java", "p/A.java", "p/B.java", "p/q/C.java", "package.json"},
         {"p.A", "p.B", "p", "q.A", "q", "A"}},
        {UNIT_CSHARP,
         {"A.cs", "B.cs", "p/A.cs", "p/B.cs", "package.json"},
         {"p", "A", "p.A", "q", "B", "p.B"}},
        {UNIT_C,
         {"a.c", "b.c", "a.h", "p/b.h", "package.json"},
         {"a.h", "p/b.h", "b.h", "a.c", "../a.h", "stdio.h"}},
        {UNIT_CPP,
         {"a.cpp", "b.cpp", "a.hpp", "p/b.hpp", "package.json"},
         {"a.hpp", "p/b.hpp", "b.hpp", "A", "../a.hpp", "p"}},
};

/* The first eight are most of them. */
static const char *const names[] = {
        "A",    "B", "run",    "next",    "a",       "b",           "make",     "T",
        "p",    "q", "",       "default", "export=", "constructor", "__init__", "[]",
        "self", "*", "string", "Promise", "list",    "[0]",         "Clone",    "A.run"};
static const char *const values[] = {"x", "./a", "a", "p", "src/a.rs", "c", "./c/d", "p/q"};
static const UnitKind kinds[] = {UNIT_CLASS,  UNIT_FUNCTION, UNIT_METHOD, UNIT_CLASS,
                                 UNIT_FIELD,  UNIT_VARIABLE, UNIT_STRUCT, UNIT_TYPE_PARAMETER,
                                 UNIT_METHOD, UNIT_INTERFACE};
static const UnitOp ops[] = {UNIT_EXPR_DECL, UNIT_EXPR_IMPORT, UNIT_EXPR_NAME,  UNIT_EXPR_MEMBER,
                             UNIT_EXPR_CALL, UNIT_EXPR_NEW,    UNIT_EXPR_VALUE, UNIT_EXPR_SELF,
                             UNIT_EXPR_NAME, UNIT_EXPR_MEMBER};
static const char *const keys[] = {"name",
                                   "main",
                                   "module",
                                   "exports..",
                                   "workspaces.0",
                                   "extends",
                                   "compilerOptions.baseUrl",
                                   "compilerOptions.paths.@/*.0",
                                   "package.name",
                                   "lib.path",
                                   "dependencies.p.path",
                                   "project.name"};

uint32_t feed_take(Feed *feed, uint32_t below)
{
        uint32_t byte = feed->at < feed->end ? *feed->at++ : 0;
        feed->state = (feed->state ^ byte) * 16777619u + 40503u;
        byte = feed->at < feed->end ? byte : feed->state >> 16;
        return (byte + (++feed->taken == feed->twist ? feed->by : 0)) % below;
}

const RandomFamily *random_family(Feed *feed)
{
        return &families[feed_take(feed, G_N_ELEMENTS(families))];
}

static uint32_t take(Maker *maker, uint32_t below)
{
        return feed_take(maker->feed, below);
}

static UnitString a_name(Maker *maker)
{
        uint32_t count = take(maker, 4) ? 8 : G_N_ELEMENTS(names);
        return builder_word(maker->builder, names[take(maker, count)]);
}

/* One of so many, or none. */
static uint32_t one_of(Maker *maker, uint32_t count)
{
        return count && take(maker, 8) ? take(maker, count) : UNIT_NONE;
}

static uint32_t an_expr(Maker *maker)
{
        uint32_t which = one_of(maker, maker->exprs);
        return which == UNIT_NONE ? UNIT_NONE : maker->made[which];
}

static uint32_t a_list(Maker *maker, bool gaps)
{
        uint32_t items[LIST_MAX], count = 0;
        for (uint32_t i = take(maker, LIST_MAX + 1); i-- > 0;) {
                uint32_t item = an_expr(maker);
                if (gaps || item != UNIT_NONE)
                        items[count++] = item;
        }
        return builder_list(maker->builder, items, count);
}

static uint32_t a_list_of_decls(Maker *maker)
{
        uint32_t items[LIST_MAX], count = take(maker, LIST_MAX + 1);
        for (uint32_t i = 0; i < count; i++)
                items[i] = take(maker, maker->decls);
        return count ? builder_list(maker->builder, items, count) : UNIT_NONE;
}

static uint32_t bits(Maker *maker, unsigned count)
{
        uint32_t some = 1u << take(maker, count);
        return take(maker, 3) ? 0 : take(maker, 2) ? some : some | 1u << take(maker, count);
}

/* ---- the sections ---- */

static void add_decl(Maker *maker)
{
        UnitKind kind = take(maker, 3) ? kinds[take(maker, G_N_ELEMENTS(kinds))]
                                       : (UnitKind)(1 + take(maker, UNIT_KINDS - 1));
        UnitDecl decl = blank_decl(kind, 0);
        decl.visibility = (uint8_t)(1 + take(maker, UNIT_PRIVATE));
        decl.shape = (uint16_t)bits(maker, 4);
        decl.flags = (take(maker, 3) ? 0 : bits(maker, 20)) | (take(maker, 4) ? UNIT_EXPORTED : 0);
        decl.name = a_name(maker);
        decl.container = take(maker, 2) ? UNIT_NONE : one_of(maker, maker->decls);
        decl.last_line = LINES;
        decl.name_line = 1 + maker->decls;
        maker->decls += builder_decl(maker->builder, &decl) != UNIT_NONE;
}

static void add_import(Maker *maker)
{
        const char *module = maker->family->modules[take(maker, RANDOM_MODULES)];
        UnitImport import = {.kind = (uint8_t)(1 + take(maker, UNIT_IMPORT_EFFECT)),
                             .flags = (uint8_t)(take(maker, 2) ? 0 : bits(maker, 8)),
                             .module = builder_word(maker->builder, module),
                             .name = a_name(maker),
                             .local = a_name(maker),
                             .container = take(maker, 4) ? UNIT_NONE : one_of(maker, maker->decls),
                             .line = 1 + maker->imports};
        maker->imports += builder_import(maker->builder, &import) != UNIT_NONE;
}

/* What the second operand of an operator with an expression before it is. */
static uint32_t second_operand(Maker *maker, UnitOp op)
{
        switch (op) {
        case UNIT_EXPR_MEMBER:
                return a_name(maker);
        case UNIT_EXPR_ELEMENT:
                return take(maker, 2) ? UNIT_NONE : a_name(maker);
        case UNIT_EXPR_CALL:
        case UNIT_EXPR_NEW:
                return take(maker, 3) ? a_list(maker, true) : UNIT_NONE;
        case UNIT_EXPR_APPLY:
                return a_list(maker, true);
        case UNIT_EXPR_PARAMETER: {
                uint32_t pair[] = {one_of(maker, 3), one_of(maker, 3)};
                return builder_list(maker->builder, pair, 2);
        }
        default:
                return UNIT_NONE;
        }
}

static uint32_t make_expr(Maker *maker, UnitOp op)
{
        uint32_t inner;
        switch (op) {
        case UNIT_EXPR_DECL:
        case UNIT_EXPR_SELF:
        case UNIT_EXPR_SUPER:
                return builder_expr(maker->builder, op, take(maker, maker->decls), UNIT_NONE);
        case UNIT_EXPR_IMPORT:
                return maker->imports ? builder_expr(maker->builder, op,
                                                     take(maker, maker->imports), UNIT_NONE)
                                      : UNIT_NONE;
        case UNIT_EXPR_NAME:
                inner = a_name(maker);
                return builder_expr(maker->builder, op, inner, one_of(maker, maker->decls));
        case UNIT_EXPR_BUILTIN:
                return builder_expr(maker->builder, op, a_name(maker), UNIT_NONE);
        case UNIT_EXPR_ANY:
        case UNIT_EXPR_TUPLE:
                return builder_expr(maker->builder, op, UNIT_NONE, a_list(maker, true));
        default:
                inner = an_expr(maker);
                if (inner == UNIT_NONE)
                        return UNIT_NONE;
                return builder_expr(maker->builder, op, inner, second_operand(maker, op));
        }
}

static void add_expr(Maker *maker)
{
        uint32_t op = take(maker, 3) ? ops[take(maker, G_N_ELEMENTS(ops))]
                                     : 1 + take(maker, UNIT_OPS - 1);
        uint32_t expr = make_expr(maker, (UnitOp)op);
        if (expr != UNIT_NONE)
                maker->made[maker->exprs++] = expr;
}

/* Types, values and bases may say anything, itself too. */
static void complete_decl(Maker *maker, uint32_t index)
{
        uint32_t outer = take(maker, 4) ? UNIT_NONE : an_expr(maker), type = an_expr(maker),
                 value = an_expr(maker);
        uint32_t bases = take(maker, 2) ? a_list(maker, false) : UNIT_NONE;
        uint32_t parameters = a_list_of_decls(maker), type_parameters = a_list_of_decls(maker);
        UnitDecl *decl = builder_decl_at(maker->builder, index);
        decl->outer = outer;
        decl->type = type;
        decl->value = value;
        decl->bases = bases;
        decl->parameters = parameters;
        decl->type_parameters = type_parameters;
}

static void add_site(Maker *maker, uint32_t number)
{
        UnitSite site = {.kind = (uint8_t)(UNIT_SITE_CALLS + take(maker, 4)),
                         .arguments = (uint8_t)take(maker, 4),
                         .source = one_of(maker, maker->decls),
                         .line = 1 + number % LINES,
                         .column = number,
                         .expr = an_expr(maker),
                         .name = a_name(maker)};
        uint32_t op = site.expr == UNIT_NONE ? 0 : builder_expr_at(maker->builder, site.expr)->op;
        if (op == UNIT_EXPR_CALL || op == UNIT_EXPR_NEW)
                site.flags = take(maker, 2) ? UNIT_SITE_OVERLOADED : 0;
        builder_site(maker->builder, &site);
}

static void add_settings(Maker *maker)
{
        for (uint32_t i = take(maker, 5); i-- > 0;) {
                const char *key = keys[take(maker, G_N_ELEMENTS(keys))];
                builder_setting(maker->builder, key, values[take(maker, G_N_ELEMENTS(values))]);
        }
}

static void add_all(Maker *maker)
{
        add_decl(maker);
        for (uint32_t i = DECLS_MAX / 2 + take(maker, DECLS_MAX / 2); i-- > 0;)
                add_decl(maker);
        for (uint32_t i = IMPORTS_MAX / 2 + take(maker, IMPORTS_MAX / 2); i-- > 0;)
                add_import(maker);
        for (uint32_t i = EXPRS_MAX / 2 + take(maker, EXPRS_MAX / 2); i-- > 0;)
                add_expr(maker);
        for (uint32_t i = 0; i < maker->decls; i++)
                complete_decl(maker, i);
        for (uint32_t i = take(maker, 4); i-- > 0;)
                builder_export(maker->builder, a_name(maker), an_expr(maker));
        for (uint32_t i = SITES_MAX / 2 + take(maker, SITES_MAX / 2); i-- > 0;)
                add_site(maker, i);
}

void *random_unit(Builder *builder, Feed *feed, const RandomFamily *family, bool manifest,
                  size_t *ret_bytes)
{
        Maker maker = {.builder = builder, .feed = feed, .family = family};
        builder_reset(builder, manifest ? UNIT_MANIFEST : family->language);
        builder_lines(builder, LINES, 0);
        if (manifest) {
                add_settings(&maker);
        } else {
                builder_flag(builder, bits(&maker, 3));
                builder_package(builder, builder_word(builder, take(&maker, 5) ? "p" : "q"));
                add_all(&maker);
        }
        *ret_bytes = builder_bytes(builder);
        void *block = g_malloc0(*ret_bytes);
        builder_write(builder, block);
        return block;
}
