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

void link_names(const Unit *unit, LinkNameFunc func, void *data)
{
        for (uint32_t i = 0; i < unit->header->decls; i++) {
                const UnitDecl *decl = &unit->decls[i];
                bool local = decl->container != UNIT_NONE &&
                             !link_kind_has_members(unit->decls[decl->container].kind);
                if (decl->name && unit_is_symbol(decl) && !local)
                        func(unit_string(unit, decl->name), i, data);
        }
        if (unit->header->language == UNIT_MANIFEST)
                name_packages(unit, func, data);
}
