/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything lies in one growing array of words, records found by hash: "table" holds their places. A set of several is
 * {size | flags << 16, atoms…}, sorted by kind, module and declaration (LinkOrdering); an environment {size | flags << 16 | depth << 24, {module, decl, set}…}. */
#include "code/link-value.h"

#include <string.h>

#include "code/link-words.h"

#define SEVERAL    0x80000000u
#define ATOM_KEY   5 /* words of an atom that it is found by: own flags, kind, module, decl, env */
#define ATOM_WORDS 7 /* then its number and the flags of it with its environment */

typedef struct Table {
        uint32_t *slots; /* place; 0: free */
        uint32_t size, used;
} Table;

struct LinkValues {
        LinkOrdering ordering;
        uint32_t *words;
        uint32_t count, room;
        Table table;
        uint32_t *atoms; /* place of each atom */
        uint32_t atom_count, atom_room;
};

static uint32_t hash_words(const uint32_t *words, uint32_t count)
{
        uint32_t hash = count;
        for (uint32_t i = 0; i < count; i++)
                hash = link_mix(hash, words[i], i);
        return hash;
}

LinkValues *link_values_new(const LinkOrdering *ordering)
{
        LinkValues *values = g_new0(LinkValues, 1);
        values->ordering = *ordering;
        values->table.size = 4096;
        values->table.slots = g_new0(uint32_t, values->table.size);
        values->room = 4096;
        values->words = g_new0(uint32_t, values->room);
        values->count = 2; /* places 0 and 1 are LINK_ENV_NONE and LINK_ENV_FORGOT: of size 0 */
        values->atom_room = 1024;
        values->atoms = g_new0(uint32_t, values->atom_room);
        values->atom_count = 1; /* 0 is LINK_EMPTY */
        return values;
}

LinkValues *link_values_free(LinkValues *values)
{
        if (!values)
                return NULL;
        g_free(values->words);
        g_free(values->table.slots);
        g_free(values->atoms);
        g_free(values);
        return NULL;
}

/* ---- records ---- */

/* A record begins with its length and its hash; its place is that of what follows. */
static void place_record(LinkValues *values, uint32_t record)
{
        uint32_t at = values->words[record - 1] & (values->table.size - 1);
        while (values->table.slots[at])
                at = (at + 1) & (values->table.size - 1);
        values->table.slots[at] = record;
}

static void grow_table(LinkValues *values)
{
        uint32_t *old = values->table.slots;
        uint32_t old_size = values->table.size;
        values->table.size *= 2;
        values->table.slots = g_new0(uint32_t, values->table.size);
        for (uint32_t i = 0; i < old_size; i++)
                if (old[i])
                        place_record(values, old[i]);
        g_free(old);
}

static uint32_t add_record(LinkValues *values, const uint32_t *words, uint32_t count, uint32_t hash)
{
        if (values->count + count + 2 > values->room) {
                values->room = MAX(values->room * 2, values->count + count + 2);
                values->words = g_renew(uint32_t, values->words, values->room);
        }
        values->words[values->count] = count;
        values->words[values->count + 1] = hash;
        uint32_t record = values->count + 2;
        memcpy(values->words + record, words, count * sizeof *words);
        values->count = record + count;
        if (++values->table.used * 2 > values->table.size)
                grow_table(values);
        place_record(values, record);
        return record;
}

static uint32_t find_record(LinkValues *values, const uint32_t *words, uint32_t count,
                            bool *ret_new)
{
        uint32_t hash = hash_words(words, count);
        for (uint32_t at = hash & (values->table.size - 1);;
             at = (at + 1) & (values->table.size - 1)) {
                uint32_t record = values->table.slots[at];
                if (!record) {
                        *ret_new = true;
                        return add_record(values, words, count, hash);
                }
                if (values->words[record - 1] == hash && values->words[record - 2] == count &&
                    memcmp(values->words + record, words, count * sizeof *words) == 0) {
                        *ret_new = false;
                        return record;
                }
        }
}

/* ---- atoms ---- */

/* What tells records of one kind from those of another with the same words. */
enum {
        RECORD_ATOM = 0xa70a0000u,
        RECORD_SET = 0x5e700000u,
        RECORD_ENV = 0xe2500000u,
        RECORD_LIST = 0x11570000u
};

static uint32_t find_atom(const LinkValues *values, const uint32_t *words, uint32_t hash)
{
        for (uint32_t at = hash & (values->table.size - 1);;
             at = (at + 1) & (values->table.size - 1)) {
                uint32_t record = values->table.slots[at];
                if (!record)
                        return LINK_EMPTY;
                if (values->words[record - 1] == hash && values->words[record - 2] == ATOM_WORDS &&
                    memcmp(values->words + record, words, ATOM_KEY * sizeof *words) == 0)
                        return values->words[record + ATOM_KEY];
        }
}

LinkSet link_values_atom(LinkValues *values, LinkAtom atom, uint32_t flags)
{
        uint32_t words[ATOM_WORDS] = {RECORD_ATOM | flags, atom.kind, atom.module, atom.decl,
                                      atom.env};
        uint32_t hash = hash_words(words, ATOM_KEY);
        LinkSet known = find_atom(values, words, hash);
        if (known)
                return known;
        if (values->atom_count == values->atom_room) {
                values->atom_room *= 2;
                values->atoms = g_renew(uint32_t, values->atoms, values->atom_room);
        }
        words[ATOM_KEY] = values->atom_count;
        words[ATOM_KEY + 1] = flags | link_env_flags(values, atom.env);
        values->atoms[values->atom_count] = add_record(values, words, ATOM_WORDS, hash);
        return values->atom_count++;
}

static const uint32_t *atom_words(const LinkValues *values, uint32_t atom)
{
        return values->words + values->atoms[atom];
}

/* ---- sets ---- */

static const uint32_t *set_atoms(const LinkValues *values, const LinkSet *set, uint32_t *ret_size)
{
        if (!(*set & SEVERAL)) {
                *ret_size = *set != LINK_EMPTY;
                return set;
        }
        const uint32_t *words = values->words + (*set & ~SEVERAL);
        *ret_size = words[1];
        return words + 2;
}

uint32_t link_set_size(const LinkValues *values, LinkSet set)
{
        uint32_t size;
        (void)set_atoms(values, &set, &size);
        return size;
}

LinkAtom link_set_at(const LinkValues *values, LinkSet set, uint32_t index)
{
        uint32_t size;
        const uint32_t *words = atom_words(values, set_atoms(values, &set, &size)[index]);
        return (LinkAtom){words[1], words[2], words[3], words[4]};
}

uint32_t link_set_flags(const LinkValues *values, LinkSet set)
{
        if (set & SEVERAL)
                return values->words[set & ~SEVERAL] & 0xffff;
        return set == LINK_EMPTY ? 0 : atom_words(values, set)[ATOM_KEY + 1];
}

bool link_set_has(const LinkValues *values, LinkSet set, LinkAtomKind kind)
{
        uint32_t size;
        const uint32_t *atoms = set_atoms(values, &set, &size);
        for (uint32_t i = 0; i < size; i++)
                if (atom_words(values, atoms[i])[1] == kind)
                        return true;
        return false;
}

/* Order of atoms in a set: by what they are of, so that those that must become one stand beside each other. */
static int compare_atoms(const LinkValues *values, uint32_t a, uint32_t b)
{
        const uint32_t *left = atom_words(values, a), *right = atom_words(values, b);
        const LinkOrdering *ordering = &values->ordering;
        if (left[1] != right[1])
                return left[1] < right[1] ? -1 : 1;
        if (left[2] != right[2])
                return ordering->modules(ordering->data, left[2], right[2]);
        if (left[3] != right[3] && left[1] == LINK_ATOM_SPACE)
                return ordering->words(ordering->data, left[3], right[3]);
        return (left[3] > right[3]) - (left[3] < right[3]);
}

static LinkSet intern_set(LinkValues *values, uint32_t *words, uint32_t size)
{
        if (size == 1)
                return words[2];
        uint32_t flags = 0;
        for (uint32_t i = 0; i < size; i++)
                flags |= atom_words(values, words[2 + i])[ATOM_KEY + 1];
        words[0] = RECORD_SET | flags;
        words[1] = size;
        bool new;
        return find_record(values, words, size + 2, &new) | SEVERAL;
}

static LinkEnv merge_envs(LinkValues *values, LinkEnv a, LinkEnv b)
{
        if (a == LINK_ENV_FORGOT || b == LINK_ENV_FORGOT)
                return LINK_ENV_FORGOT;
        LinkBinding bindings[2 * LINK_ENV_MAX];
        uint32_t count = link_env_size(values, a);
        for (uint32_t i = 0; i < count; i++)
                bindings[i] = link_env_at(values, a, i);
        for (uint32_t i = 0, n = link_env_size(values, b); i < n; i++) {
                LinkBinding binding = link_env_at(values, b, i);
                uint32_t k = 0;
                while (k < count &&
                       (bindings[k].module != binding.module || bindings[k].decl != binding.decl))
                        k++;
                if (k == count)
                        bindings[count++] = binding;
                else
                        bindings[k].set = link_values_union(values, bindings[k].set, binding.set);
        }
        return link_values_env(values, bindings, count);
}

static uint32_t merge_atoms(LinkValues *values, uint32_t a, uint32_t b)
{
        const uint32_t *words = atom_words(values, a);
        LinkAtom atom = {words[1], words[2], words[3], words[4]};
        uint32_t flags = words[0] & 0xffff;
        atom.env = merge_envs(values, atom.env, atom_words(values, b)[4]);
        return link_values_atom(values, atom, flags);
}

LinkSet link_values_union(LinkValues *values, LinkSet a, LinkSet b)
{
        if (a == b || b == LINK_EMPTY)
                return a;
        if (a == LINK_EMPTY)
                return b;
        uint32_t left[LINK_SET_MAX], right[LINK_SET_MAX], words[2 + 2 * LINK_SET_MAX], n, m,
                size = 0;
        const uint32_t *atoms = set_atoms(values, &a, &n);
        memcpy(left, atoms, n * sizeof *left);
        atoms = set_atoms(values, &b, &m);
        memcpy(right, atoms, m * sizeof *right);
        for (uint32_t i = 0, k = 0; i < n || k < m;) {
                int order = i == n ? 1 : k == m ? -1 : compare_atoms(values, left[i], right[k]);
                uint32_t atom = order <= 0 ? left[i] : right[k];
                if (order == 0 && left[i] != right[k])
                        atom = merge_atoms(values, left[i], right[k]);
                words[2 + size++] = atom;
                i += order <= 0;
                k += order >= 0;
        }
        LinkAtom many = {.kind = LINK_ATOM_MANY};
        if (size > LINK_SET_MAX || link_set_has(values, a, LINK_ATOM_MANY) ||
            link_set_has(values, b, LINK_ATOM_MANY))
                return link_values_atom(values, many, 0);
        return intern_set(values, words, size);
}

/* ---- environments ---- */

uint32_t link_env_size(const LinkValues *values, LinkEnv env)
{
        return env <= LINK_ENV_FORGOT ? 0 : values->words[env + 1];
}

LinkBinding link_env_at(const LinkValues *values, LinkEnv env, uint32_t index)
{
        const uint32_t *words = values->words + env + 2 + 3 * index;
        return (LinkBinding){words[0], words[1], words[2]};
}

uint32_t link_env_flags(const LinkValues *values, LinkEnv env)
{
        return env <= LINK_ENV_FORGOT ? 0 : values->words[env] & 0xff;
}

static uint32_t env_depth(const LinkValues *values, LinkEnv env)
{
        return env <= LINK_ENV_FORGOT ? 0 : values->words[env] >> 8 & 0xff;
}

static uint32_t set_depth(const LinkValues *values, LinkSet set)
{
        uint32_t depth = 0;
        for (uint32_t i = 0, n = link_set_size(values, set); i < n; i++)
                depth = MAX(depth, env_depth(values, link_set_at(values, set, i).env));
        return depth;
}

bool link_env_get(const LinkValues *values, LinkEnv env, uint32_t module, uint32_t decl,
                  LinkSet *ret)
{
        for (uint32_t i = 0, n = link_env_size(values, env); i < n; i++) {
                LinkBinding binding = link_env_at(values, env, i);
                if (binding.module == module && binding.decl == decl) {
                        *ret = binding.set;
                        return true;
                }
        }
        return false;
}

static bool is_behind(const LinkValues *values, const LinkBinding *a, const LinkBinding *b)
{
        if (a->module == b->module)
                return a->decl > b->decl;
        return values->ordering.modules(values->ordering.data, a->module, b->module) > 0;
}

static void sort_bindings(const LinkValues *values, LinkBinding *bindings, uint32_t count)
{
        for (uint32_t i = 1; i < count; i++) {
                LinkBinding binding = bindings[i];
                uint32_t k = i;
                for (; k && is_behind(values, &bindings[k - 1], &binding); k--)
                        bindings[k] = bindings[k - 1];
                bindings[k] = binding;
        }
}

LinkEnv link_values_env(LinkValues *values, LinkBinding *bindings, uint32_t count)
{
        if (!count)
                return LINK_ENV_NONE;
        if (count > LINK_ENV_MAX)
                return LINK_ENV_FORGOT;
        sort_bindings(values, bindings, count);
        uint32_t words[2 + 3 * LINK_ENV_MAX], flags = 0, depth = 1;
        for (uint32_t i = 0; i < count; i++) {
                memcpy(words + 2 + 3 * i, &bindings[i], sizeof bindings[i]);
                flags |= link_set_flags(values, bindings[i].set);
                depth = MAX(depth, set_depth(values, bindings[i].set) + 1);
        }
        if (depth > LINK_ENV_DEPTH_MAX)
                return LINK_ENV_FORGOT;
        words[0] = RECORD_ENV | depth << 8 | (flags & 0xff);
        words[1] = count;
        bool new;
        return find_record(values, words, 2 + 3 * count, &new);
}

/* ---- lists ---- */

uint32_t link_values_list(LinkValues *values, const LinkSet *items, uint32_t count)
{
        g_autofree uint32_t *words = g_new(uint32_t, count + 2);
        words[0] = RECORD_LIST;
        words[1] = count;
        memcpy(words + 2, items, count * sizeof *items);
        bool new;
        return find_record(values, words, count + 2, &new);
}

uint32_t link_list_size(const LinkValues *values, uint32_t list)
{
        return list ? values->words[list + 1] : 0;
}

LinkSet link_list_at(const LinkValues *values, uint32_t list, uint32_t index)
{
        return values->words[list + 2 + index];
}
