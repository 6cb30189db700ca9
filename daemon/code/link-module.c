/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "code/link-module.h"

#include <glib.h>
#include <string.h>

struct LinkEntry {
        uint32_t container, word, index; /* index + 1; 0: free */
};

bool link_kind_has_members(UnitKind kind)
{
        return kind != UNIT_FUNCTION && kind != UNIT_METHOD && kind != UNIT_CONSTRUCTOR &&
               kind != UNIT_LAMBDA;
}

bool link_is_modular(const Unit *unit)
{
        if (unit->header->imports || unit->header->exports)
                return true;
        for (uint32_t i = 0; i < unit->header->decls; i++)
                if (unit->decls[i].container == UNIT_NONE && unit->decls[i].flags & UNIT_EXPORTED)
                        return true;
        return false;
}

/* Returns another of that name and container, or UNIT_NONE. */
static uint32_t add_entry(LinkModule *module, uint32_t container, uint32_t word, uint32_t index)
{
        uint32_t at = link_mix(container, word, 0) & module->entries_mask, other = UNIT_NONE;
        for (; module->entries[at].index; at = (at + 1) & module->entries_mask)
                if (module->entries[at].container == container && module->entries[at].word == word)
                        other = module->entries[at].index - 1;
        module->entries[at] = (LinkEntry){container, word, index + 1};
        return other;
}

/* What is local to a body is named by nobody else. */
static bool is_named(const Unit *unit, const UnitDecl *decl)
{
        if (!decl->name || decl->kind == UNIT_PARAMETER || decl->kind == UNIT_TYPE_PARAMETER)
                return false;
        return !(decl->flags & UNIT_LOCAL) ||
               (decl->container != UNIT_NONE &&
                link_kind_has_members(unit->decls[decl->container].kind));
}

static void add_decl(LinkModule *module, LinkWords *words, uint32_t index)
{
        const UnitDecl *decl = link_decl(module, index);
        if (decl->container == UNIT_NONE && decl->outer != UNIT_NONE) {
                add_entry(module, LINK_OF_OUTER, link_word(words, link_text(module, decl->name)),
                          index);
                return;
        }
        uint32_t other = add_entry(module, decl->container,
                                   link_word(words, link_text(module, decl->name)), index);
        if (other != UNIT_NONE) {
                module->marks[index] |= LINK_MARK_MERGED;
                module->marks[other] |= LINK_MARK_MERGED;
        }
        if (decl->container == UNIT_NONE && decl->flags & UNIT_DEFAULT)
                add_entry(module, LINK_OF_EXPORTS, link_word(words, "default"),
                          index | LINK_IS_DECL);
}

static void fill_table(LinkModule *module, LinkWords *words)
{
        const Unit *unit = module->unit;
        for (uint32_t i = 0; i < unit->header->decls; i++)
                if (is_named(unit, &unit->decls[i]))
                        add_decl(module, words, i);
        for (uint32_t i = 0; i < unit->header->imports; i++)
                if (unit->imports[i].container == UNIT_NONE)
                        add_entry(module, LINK_OF_IMPORTS,
                                  link_word(words, link_text(module, unit->imports[i].local)), i);
        for (uint32_t i = 0; i < unit->header->exports; i++)
                add_entry(module, LINK_OF_EXPORTS,
                          link_word(words, link_text(module, unit->exports[i].name)), i);
}

static void mark_generic(LinkModule *module)
{
        const Unit *unit = module->unit;
        for (uint32_t i = 0; i < unit->header->decls; i++) {
                const UnitDecl *decl = &unit->decls[i];
                const uint32_t *items;
                if (decl->kind == UNIT_TYPE_PARAMETER ||
                    unit_list(unit, decl->type_parameters, &items) > 0 ||
                    (decl->container != UNIT_NONE &&
                     module->marks[decl->container] & LINK_MARK_GENERIC))
                        module->marks[i] |= LINK_MARK_GENERIC;
        }
}

static LinkCell *new_cells(uint32_t count)
{
        LinkCell *cells = g_new(LinkCell, count);
        for (uint32_t i = 0; i < count; i++) {
                memset(&cells[i], 0xff, sizeof *cells);
                cells[i].node = 0;
        }
        return cells;
}

LinkModule *link_module_new(LinkWords *words, const Unit *unit, uint32_t number)
{
        LinkModule *module = g_new0(LinkModule, 1);
        const UnitHeader *header = unit->header;
        module->number = number;
        module->unit = unit;
        module->exprs = new_cells(header->exprs);
        module->decls = new_cells(header->decls);
        module->imports = new_cells(header->imports);
        module->marks = g_new0(uint8_t, header->decls);
        uint32_t size = 16;
        while (size < 2 * (header->decls + header->imports + header->exports))
                size *= 2;
        module->entries = g_new0(LinkEntry, size);
        module->entries_mask = size - 1;
        module->bytes =
                sizeof *module + size * sizeof *module->entries + header->decls +
                ((size_t)header->exprs + header->decls + header->imports) * sizeof(LinkCell);
        module->modular = link_is_modular(unit);
        fill_table(module, words);
        mark_generic(module);
        return module;
}

LinkModule *link_module_free(LinkModule *module)
{
        if (!module)
                return NULL;
        g_free(module->exprs);
        g_free(module->decls);
        g_free(module->imports);
        g_free(module->marks);
        g_free(module->entries);
        g_free(module);
        return NULL;
}

/* *probe counts the slots looked at. */
uint32_t link_module_next(const LinkModule *module, uint32_t container, uint32_t word,
                          uint32_t *probe)
{
        uint32_t first = link_mix(container, word, 0);
        for (;;) {
                const LinkEntry *entry = &module->entries[(first + *probe) & module->entries_mask];
                if (!entry->index)
                        return UNIT_NONE;
                ++*probe;
                if (entry->word == word && entry->container == container)
                        return entry->index - 1;
        }
}

uint32_t link_module_find(const LinkModule *module, uint32_t container, uint32_t word)
{
        uint32_t probe = 0;
        return link_module_next(module, container, word, &probe);
}

uint32_t link_module_top(const LinkModule *module, uint32_t decl)
{
        while (link_decl(module, decl)->container != UNIT_NONE)
                decl = link_decl(module, decl)->container;
        return decl;
}
