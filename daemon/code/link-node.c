/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tarjan's search for circles, with answers. A question that is being answered has a frame; its cell holds the frame's number + 1.
 * "low" is the lowest frame whose provisional answer it used. When a question is done that used none below it, the frames above
 * are the rest of its circle: if an answer changed that somebody used, they are asked for another round, else all are final. What the
 * members of a circle consulted stays on the trail until then: they all consulted all of it.
 *
 * Answers mostly grow from round to round, and then a circle has one least fixed point. Not all do (a base that is found later can
 * hide another one's member): so that the outcome never hangs on which was asked first, a circle is always asked through the same one of
 * its members, the one with the least name. */
#include "code/linker.h"

#include <string.h>

#define UNKNOWN UINT32_MAX

typedef struct Frame {
        LinkNode node;
        LinkCell *cell;
        uint32_t value; /* the answer so far */
        uint32_t low;
        uint32_t round; /* in which it was last answered */
        bool running, answered;
        bool used; /* while running */
} Frame;

/* Answers to questions that no module has a place for, found by hash. Cells must not move: they lie in blocks. */
typedef struct Slot {
        LinkNode node;
        LinkCell *cell; /* NULL: free */
} Slot;

#define BLOCK 1024

struct LinkNodes {
        GArray *frames;
        uint32_t current; /* the frame that is running; UNKNOWN: none */
        uint32_t depth, round, changes, detours;
        bool deep; /* everything is given up, to answer this first */
        LinkNode deepest;
        Slot *slots;
        uint32_t size, used;
        GPtrArray *blocks;
};

LinkNodes *link_nodes_new(void)
{
        LinkNodes *nodes = g_new0(LinkNodes, 1);
        nodes->frames = g_array_new(false, false, sizeof(Frame));
        nodes->current = UNKNOWN;
        nodes->size = 1024;
        nodes->slots = g_new0(Slot, nodes->size);
        nodes->blocks = g_ptr_array_new_with_free_func(g_free);
        return nodes;
}

LinkNodes *link_nodes_free(LinkNodes *nodes)
{
        if (!nodes)
                return NULL;
        g_array_unref(nodes->frames);
        g_free(nodes->slots);
        g_ptr_array_unref(nodes->blocks);
        g_free(nodes);
        return NULL;
}

/* ---- cells ---- */

static Slot *slot_of(const LinkNodes *nodes, const LinkNode *node)
{
        uint32_t at = link_mix(node->module, node->a, node->b * 8 + node->kind) & (nodes->size - 1);
        while (nodes->slots[at].cell && memcmp(&nodes->slots[at].node, node, sizeof *node) != 0)
                at = (at + 1) & (nodes->size - 1);
        return &nodes->slots[at];
}

static void grow(LinkNodes *nodes)
{
        g_autofree Slot *old = nodes->slots;
        uint32_t size = nodes->size;
        nodes->size *= 2;
        nodes->slots = g_new0(Slot, nodes->size);
        for (uint32_t i = 0; i < size; i++)
                if (old[i].cell)
                        *slot_of(nodes, &old[i].node) = old[i];
}

static LinkCell *new_cell(LinkNodes *nodes)
{
        if (nodes->used % BLOCK == 0)
                g_ptr_array_add(nodes->blocks, g_new(LinkCell, BLOCK));
        LinkCell *block = g_ptr_array_index(nodes->blocks, nodes->blocks->len - 1);
        LinkCell *cell = &block[nodes->used++ % BLOCK];
        *cell = (LinkCell){UNKNOWN, 0};
        return cell;
}

static LinkCell *hashed_cell(LinkNodes *nodes, const LinkNode *node)
{
        Slot *slot = slot_of(nodes, node);
        if (slot->cell)
                return slot->cell;
        if (nodes->used * 2 >= nodes->size) {
                grow(nodes);
                slot = slot_of(nodes, node);
        }
        *slot = (Slot){*node, new_cell(nodes)};
        return slot->cell;
}

static LinkCell *cell_of(Linker *linker, const LinkNode *node)
{
        if (node->kind > LINK_NODE_IMPORT)
                return hashed_cell(linker->nodes, node);
        const LinkModule *module = linker_load(linker, node->module);
        return node->kind == LINK_NODE_EXPR    ? &module->exprs[node->a]
               : node->kind == LINK_NODE_VALUE ? &module->decls[node->a]
                                               : &module->imports[node->a];
}

/* ---- answering ---- */

static Frame *frame_at(LinkNodes *nodes, uint32_t index)
{
        return &g_array_index(nodes->frames, Frame, index);
}

/* Forgets the frames from this one on, without answers. */
static void give_up(LinkNodes *nodes, uint32_t first)
{
        for (uint32_t i = first; i < nodes->frames->len; i++)
                *frame_at(nodes, i)->cell = (LinkCell){UNKNOWN, 0};
        g_array_set_size(nodes->frames, first);
}

/* The frames from this one on are a circle, or one question alone, and have their answers, but for what was not asked again since
 * that round. */
static void settle(Linker *linker, uint32_t first, uint32_t mark, uint32_t round)
{
        LinkNodes *nodes = linker->nodes;
        uint32_t node = link_trail_cut(linker->trail, mark);
        for (uint32_t i = first; i < nodes->frames->len; i++) {
                Frame *frame = frame_at(nodes, i);
                *frame->cell = frame->round >= round ? (LinkCell){frame->value, node}
                                                     : (LinkCell){UNKNOWN, 0};
        }
        g_array_set_size(nodes->frames, first);
        link_trail_node(linker->trail, node);
}

/* Answers may only grow. Those that do not settle become unknown in the end. */
static uint32_t widen(Linker *linker, const Frame *frame, uint32_t value, uint32_t rounds)
{
        if (rounds < LINK_ROUNDS_MAX / 2 || frame->node.kind == LINK_NODE_LINEAGE)
                return value;
        if (rounds < LINK_ROUNDS_MAX)
                return link_values_union(linker->values, frame->value, value);
        return link_values_atom(linker->values, (LinkAtom){.kind = LINK_ATOM_MANY}, 0);
}

/* One round of one question; false: its circle is not complete yet, or everything was given up. */
static bool run_round(Linker *linker, uint32_t index, uint32_t rounds)
{
        LinkNodes *nodes = linker->nodes;
        nodes->current = index;
        frame_at(nodes, index)->used = false;
        LinkNode node = frame_at(nodes, index)->node;
        uint32_t value = link_answer(linker, &node);
        if (nodes->deep)
                return false;
        Frame *frame = frame_at(nodes, index); /* they may have moved */
        value = widen(linker, frame, value, rounds);
        if ((frame->used || frame->answered) && value != frame->value)
                nodes->changes++;
        frame->value = value;
        frame->answered = true;
        frame->round = nodes->round;
        return frame->low == index;
}

static void leave(LinkNodes *nodes, uint32_t parent, uint32_t low)
{
        nodes->current = parent;
        nodes->depth--;
        if (parent != UNKNOWN && low < frame_at(nodes, parent)->low)
                frame_at(nodes, parent)->low = low;
}

/* A number for a question that does not depend on the run or on places in units; expressions are never alone in a circle. */
static uint64_t name_of_node(Linker *linker, const LinkNode *node)
{
        const LinkModule *module = linker_load(linker, node->module);
        uint32_t hash = link_mix(module->path_hash, node->kind, 0), detail = 0;
        if (node->kind == LINK_NODE_EXPR)
                return UINT64_MAX;
        if (node->kind == LINK_NODE_EXPORT) {
                detail = link_word_hash(linker->words, node->a);
        } else if (node->kind == LINK_NODE_IMPORT || node->kind == LINK_NODE_TARGET) {
                const UnitImport *import = &module->unit->imports[node->a];
                detail = link_mix(link_hash(link_text(module, import->module)),
                                  link_hash(link_text(module, import->name)),
                                  link_hash(link_text(module, import->local)));
        } else {
                for (uint32_t d = node->a; d != UNIT_NONE; d = link_decl(module, d)->container)
                        detail = link_mix(detail,
                                          link_hash(link_text(module, link_decl(module, d)->name)),
                                          d == node->a);
                if (node->kind == LINK_NODE_MEMBER || node->kind == LINK_NODE_STATIC)
                        hash = link_mix(hash, link_word_hash(linker->words, node->b), 1);
        }
        return (uint64_t)hash << 32 | detail;
}

/* The frame from this one on that has the least name. */
static uint32_t least_frame(Linker *linker, uint32_t first)
{
        uint32_t best = first;
        uint64_t name = name_of_node(linker, &frame_at(linker->nodes, first)->node);
        for (uint32_t i = first + 1; i < linker->nodes->frames->len; i++) {
                uint64_t other = name_of_node(linker, &frame_at(linker->nodes, i)->node);
                if (other < name) {
                        best = i;
                        name = other;
                }
        }
        return best;
}

static uint32_t ask(Linker *linker, const LinkNode *node);

/* Forgets the circle of a frame, and what it consulted, and asks for it through another one. */
static uint32_t ask_through(Linker *linker, uint32_t index, uint32_t through, uint32_t mark)
{
        LinkNode node = frame_at(linker->nodes, index)->node,
                 other = frame_at(linker->nodes, through)->node;
        give_up(linker->nodes, index);
        link_trail_drop(linker->trail, mark);
        (void)ask(linker, &other);
        return ask(linker, &node);
}

/* What the rounds of a frame came to. */
typedef enum Outcome { OUTCOME_PART, OUTCOME_SETTLED, OUTCOME_OTHER } Outcome;

static Outcome run_rounds(Linker *linker, uint32_t index, uint32_t mark, uint32_t *ret_through)
{
        LinkNodes *nodes = linker->nodes;
        for (uint32_t rounds = 0;; rounds++) {
                uint32_t changes = nodes->changes, round = nodes->round;
                if (!run_round(linker, index, rounds))
                        return OUTCOME_PART;
                *ret_through = nodes->frames->len > index + 1 ? least_frame(linker, index) : index;
                if (*ret_through != index)
                        return OUTCOME_OTHER;
                if (changes == nodes->changes || rounds > LINK_ROUNDS_MAX) {
                        settle(linker, index, mark, round);
                        return OUTCOME_SETTLED;
                }
                nodes->round++; /* what this round consulted stays: an answer may have come of it that later ones only repeat */
        }
}

static uint32_t run(Linker *linker, uint32_t index)
{
        LinkNodes *nodes = linker->nodes;
        uint32_t parent = nodes->current, mark = link_trail_mark(linker->trail), through,
                 low = UNKNOWN;
        LinkCell *cell = frame_at(nodes, index)->cell;
        nodes->depth++;
        frame_at(nodes, index)->running = true;
        Outcome outcome = run_rounds(linker, index, mark, &through);
        if (outcome == OUTCOME_PART && !nodes->deep) {
                frame_at(nodes, index)->running = false;
                low = frame_at(nodes, index)->low;
        }
        leave(nodes, parent, low);
        if (nodes->deep)
                return LINK_EMPTY;
        if (outcome == OUTCOME_OTHER)
                return ask_through(linker, index, through, mark);
        return outcome == OUTCOME_PART ? frame_at(nodes, index)->value : cell->value;
}

/* The answer so far of a question that is being asked, or was in this round; else it is asked once more. */
static uint32_t use_open(Linker *linker, uint32_t index)
{
        LinkNodes *nodes = linker->nodes;
        Frame *frame = frame_at(nodes, index);
        if (!frame->running && frame->round != nodes->round)
                return run(linker, index);
        frame->used |= frame->running;
        Frame *user = frame_at(nodes, nodes->current);
        user->low = MIN(user->low, index);
        return frame->value;
}

static uint32_t ask(Linker *linker, const LinkNode *node)
{
        LinkNodes *nodes = linker->nodes;
        LinkCell *cell = cell_of(linker, node);
        if (cell->value != UNKNOWN) {
                link_trail_node(linker->trail, cell->node);
                return cell->value;
        }
        if (nodes->deep)
                return LINK_EMPTY;
        if (cell->node)
                return use_open(linker, cell->node - 1);
        if (nodes->depth >= LINK_DEPTH_MAX) {
                nodes->deep = true;
                nodes->deepest = *node;
                return LINK_EMPTY;
        }
        uint32_t index = nodes->frames->len;
        Frame frame = {.node = *node, .cell = cell, .low = index};
        g_array_append_val(nodes->frames, frame);
        cell->node = index + 1;
        return run(linker, index);
}

/* Asks at the top. If it goes too deep, what lies deepest is answered first, by itself. */
static uint32_t ask_first(Linker *linker, const LinkNode *node)
{
        LinkNodes *nodes = linker->nodes;
        for (;;) {
                uint32_t mark = link_trail_mark(linker->trail);
                uint32_t value = ask(linker, node);
                if (!nodes->deep)
                        return value;
                LinkNode deepest = nodes->deepest;
                nodes->deep = false;
                give_up(nodes, 0);
                link_trail_drop(linker->trail, mark);
                if (++nodes->detours > LINK_DETOURS_MAX)
                        cell_of(linker, &deepest)->value = link_values_atom(
                                linker->values, (LinkAtom){.kind = LINK_ATOM_MANY}, 0);
                else
                        (void)ask_first(linker, &deepest);
                nodes->detours--;
        }
}

uint32_t link_ask(Linker *linker, LinkNode node)
{
        return linker->nodes->current == UNKNOWN ? ask_first(linker, &node) : ask(linker, &node);
}
