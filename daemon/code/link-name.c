/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Under which names declarations are found from anywhere, and manifests as packages. */
#include "code/link-module.h"
#include "code/link.h"

/* The keys by which manifests say what package they are of: package.json and pyproject.toml, Cargo.toml, go.mod. */
static const char *const package_keys[] = {"name", "package.name", "project.name", "module"};

static void name_packages(const Unit *unit, LinkNameFunc func, void *data)
{
        for (uint32_t i = 0; i < unit->header->settings; i++)
                for (unsigned k = 0; k < G_N_ELEMENTS(package_keys); k++)
                        if (g_str_equal(unit_string(unit, unit->settings[i].key),
                                        package_keys[k])) {
                                g_autofree char *name = g_strconcat(
                                        LINK_PACKAGE_PREFIX,
                                        unit_string(unit, unit->settings[i].value), NULL);
                                func(name, UNIT_NONE, data);
                        }
}

/* The last name of a type as it is written; 0: it has none. */
static UnitString last_name(const Unit *unit, uint32_t expr)
{
        while (expr != UNIT_NONE) {
                const UnitExpr *type = &unit->exprs[expr];
                switch ((UnitOp)type->op) {
                case UNIT_EXPR_APPLY:
                        expr = type->a;
                        break;
                case UNIT_EXPR_MEMBER:
                        return type->b;
                case UNIT_EXPR_NAME:
                case UNIT_EXPR_BUILTIN:
                        return type->a;
                case UNIT_EXPR_DECL:
                        return unit->decls[type->a].name;
                case UNIT_EXPR_IMPORT:
                        return unit->imports[type->a].local;
                default:
                        return 0;
                }
        }
        return 0;
}

static void name_given(const Unit *unit, uint32_t index, LinkNameFunc func, void *data)
{
        uint32_t outer = unit->decls[index].outer;
        const UnitExpr *type = outer == UNIT_NONE ? NULL : &unit->exprs[outer];
        bool all = type && type->op == UNIT_EXPR_DECL &&
                   unit->decls[type->a].kind == UNIT_TYPE_PARAMETER;
        UnitString name = last_name(unit, outer);
        const char *text = all ? LINK_GIVEN_TO_ALL : name ? unit_string(unit, name) : NULL;
        g_autofree char *whole = text ? g_strconcat(LINK_GIVEN_PREFIX, text, NULL) : NULL;
        if (whole)
                func(whole, index, data);
}

void link_names(const Unit *unit, LinkNameFunc func, void *data)
{
        for (uint32_t i = 0; i < unit->header->decls; i++) {
                const UnitDecl *decl = &unit->decls[i];
                bool local = decl->container != UNIT_NONE &&
                             !link_kind_has_members(unit->decls[decl->container].kind);
                if (decl->name && unit_is_symbol(decl) && !local)
                        func(unit_string(unit, decl->name), i, data);
                else if (decl->kind == UNIT_IMPLEMENTATION)
                        name_given(unit, i, func, data);
        }
        if (unit->header->language == UNIT_MANIFEST)
                name_packages(unit, func, data);
}
