/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sites and imports as edges. */
#pragma once

#include "code/link-meaning.h"

#define LINK_TARGETS_MAX 32 /* edges of one site; one that could have more has none */

/* Where the edges of a site go. */
typedef struct LinkTargets {
        LinkPlace places[LINK_TARGETS_MAX];
        uint32_t count;
        bool external,
                unknown; /* it may also be something outside; something of which nothing is known */
        bool too_many,
                ambiguous; /* what is given, or what a local variable may hold, does not say which */
        LinkArguments arguments; /* of a call, where they choose among declarations of one name */
} LinkTargets;

void link_targets_add(LinkTargets *targets, uint32_t module, uint32_t decl);

/* Appends the edges of all imports and sites (NULL: they are only looked at). */
void link_sites(Linker *linker, const LinkModule *module, GArray *edges);

/* What is called, also where a site's expression is the whole call. */
static inline uint32_t link_site_callee(const LinkModule *module, const UnitSite *site)
{
        const UnitExpr *expr = &module->unit->exprs[site->expr];
        bool whole = site->flags & UNIT_SITE_OVERLOADED &&
                     (expr->op == UNIT_EXPR_CALL || expr->op == UNIT_EXPR_NEW);
        return whole ? expr->a : site->expr;
}

/* What a site of which only the name is known can mean (link-guess.c). member: it was named as one of something. */
void link_guess(Linker *linker, const LinkModule *module, const UnitSite *site, LinkTargets *ret);
