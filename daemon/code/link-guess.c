/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sites of which only the name is known. If few declarations of the repository could be meant, they are told, and the edge's class
 * says so. A name that built-in types have too is no hint, nor is what a file binds itself. */
#include "code/link-meaning.h"
#include "code/link-site.h"

#define SEEN_MAX 32 /* declarations of the name; of more, none is told */

static bool is_member_expr(const LinkModule *module, const UnitSite *site)
{
        return site->expr == UNIT_NONE ||
               module->unit->exprs[link_site_callee(module, site)].op == UNIT_EXPR_MEMBER;
}

static bool is_member(const LinkModule *module, const UnitDecl *decl)
{
        if (decl->outer != UNIT_NONE)
                return true;
        return decl->container != UNIT_NONE &&
               link_kind_has_members(link_decl(module, decl->container)->kind) &&
               link_decl(module, decl->container)->kind != UNIT_NAMESPACE;
}

static bool could_be_called(const UnitDecl *decl)
{
        return decl->kind == UNIT_FUNCTION || decl->kind == UNIT_METHOD;
}

static bool is_candidate(Linker *linker, LinkPlace place)
{
        const LinkModule *module = linker_load(linker, place.module);
        const UnitDecl *decl = link_decl(module, place.decl);
        return unit_is_symbol(decl) && could_be_called(decl) && is_member(module, decl);
}

void link_guess(Linker *linker, const LinkModule *module, const UnitSite *site, LinkTargets *ret)
{
        const char *name = link_text(module, site->name);
        if (site->kind != UNIT_SITE_CALLS || !*name || !is_member_expr(module, site) ||
            linker_is_common(linker, module->language, link_word(linker->words, name)))
                return;
        LinkPlace places[SEEN_MAX];
        LinkTargets found = {.count = 0};
        size_t count =
                linker_named(linker, module, link_word(linker->words, name), places, SEEN_MAX);
        if (count > SEEN_MAX)
                return;
        for (size_t i = 0; i < count; i++)
                if (is_candidate(linker, places[i]))
                        link_targets_add(&found, places[i].module, places[i].decl);
        if (found.count <= LINK_CANDIDATES_MAX)
                *ret = found;
}
