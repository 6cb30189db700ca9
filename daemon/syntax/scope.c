/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "syntax/scope.h"

#define SCOPES_KEEP 20000 /* scopes and bindings; more are given back */

void scopes_init(Scopes *scopes)
{
        *scopes = (Scopes){0};
        index_init(&scopes->index);
        scopes_reset(scopes);
}

void scopes_clear(Scopes *scopes)
{
        g_free(scopes->items);
        g_free(scopes->bindings);
        index_clear(&scopes->index);
        *scopes = (Scopes){0};
}

void scopes_reset(Scopes *scopes)
{
        if (scopes->room > SCOPES_KEEP || scopes->binding_room > SCOPES_KEEP) {
                scopes_clear(scopes);
                index_init(&scopes->index);
        }
        index_reset(&scopes->index);
        scopes->count = scopes->binding_count = 0;
        memset(scopes->known, 0, sizeof(scopes->known));
        scopes_open(scopes, &(Scope){.decl = UNIT_NONE, .source = UNIT_NONE, .kind = SCOPE_BLOCK});
}

uint32_t scopes_open(Scopes *scopes, const Scope *scope)
{
        if (scopes->count == SCOPES_MAX)
                return scope->parent;
        if (scopes->count == scopes->room) {
                scopes->room = MAX(256, scopes->room * 2);
                scopes->items = g_renew(Scope, scopes->items, scopes->room);
        }
        scopes->items[scopes->count] = *scope;
        return scopes->count++;
}

/* ---- names ---- */

static uint32_t hash_of(uint32_t scope, uint32_t space, UnitString name)
{
        return pool_mix(scope, space, name);
}

static uint64_t *known_word(const Scopes *scopes, UnitString name, uint64_t *ret_bit)
{
        uint32_t hash = pool_mix(name, 0, 0) % (G_N_ELEMENTS(scopes->known) * 64);
        *ret_bit = (uint64_t)1 << (hash % 64);
        return (uint64_t *)scopes->known + hash / 64;
}

static uint32_t find_binding(const Scopes *scopes, const Binding *wanted, uint32_t *probe)
{
        uint32_t hash = hash_of(wanted->scope, wanted->space, wanted->name), place;
        *probe = hash;
        while ((place = index_next(&scopes->index, hash, probe)) != UNIT_NONE) {
                const Binding *binding = &scopes->bindings[place];
                if (binding->scope == wanted->scope && binding->space == wanted->space &&
                    binding->name == wanted->name)
                        return place;
        }
        return UNIT_NONE;
}

static void bind_one(Scopes *scopes, Builder *builder, const Binding *binding)
{
        uint32_t probe, place = find_binding(scopes, binding, &probe);
        if (place != UNIT_NONE) {
                uint32_t both[] = {scopes->bindings[place].expr, binding->expr};
                scopes->bindings[place].expr = builder_any(builder, both, 2);
                return;
        }
        if (scopes->binding_count == scopes->binding_room) {
                scopes->binding_room = MAX(256, scopes->binding_room * 2);
                scopes->bindings = g_renew(Binding, scopes->bindings, scopes->binding_room);
        }
        scopes->bindings[scopes->binding_count] = *binding;
        index_add(&scopes->index, hash_of(binding->scope, binding->space, binding->name),
                  scopes->binding_count++, probe);
        scopes->items[binding->scope].names++;
        uint64_t bit;
        *known_word(scopes, binding->name, &bit) |= bit;
}

void scopes_bind(Scopes *scopes, Builder *builder, const Binding *binding)
{
        if (binding->name == 0 || binding->expr == UNIT_NONE)
                return;
        for (uint32_t space = 1; space <= SPACE_FRONT; space <<= 1) {
                Binding one = *binding;
                one.space = space;
                if (binding->space & space)
                        bind_one(scopes, builder, &one);
        }
}

uint32_t scopes_find_in(const Scopes *scopes, uint32_t scope, uint32_t space, UnitString name)
{
        Binding wanted = {.scope = scope, .space = space, .name = name};
        uint32_t probe, place;
        if (scopes->items[scope].names == 0)
                return UNIT_NONE;
        place = find_binding(scopes, &wanted, &probe);
        return place == UNIT_NONE ? UNIT_NONE : scopes->bindings[place].expr;
}

uint32_t scopes_find(const Scopes *scopes, uint32_t scope, uint32_t space, UnitString name)
{
        uint64_t bit;
        if (!(*known_word(scopes, name, &bit) & bit))
                return UNIT_NONE;
        for (bool crossed = false;; scope = scopes->items[scope].parent) {
                const Scope *place = &scopes->items[scope];
                bool hidden = crossed && place->kind == SCOPE_CLASS;
                uint32_t expr = hidden ? UNIT_NONE : scopes_find_in(scopes, scope, space, name);
                if (expr != UNIT_NONE || scope == 0)
                        return expr;
                crossed |= place->kind == SCOPE_FUNCTION;
        }
}
