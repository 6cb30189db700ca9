/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closures: what an entity reaches in one step or more, by facts of several predicates. Entities are followed, and
 * documents as the entities that stand for them; all else is where a way ends. Each thing is reached by a shortest
 * way, the earliest by the order of the rule's predicates and of the facts' ids, so that equal graphs give equal
 * derivations. An entity reaches itself only if a cycle leads back to it. */
#include <string.h>

#include "graph/infer.h"

/* One thing that is reached. */
typedef struct Node {
        char *entity_id; /* NULL: a leaf */
        Basis *step;     /* the last fact of the way, NULL: the beginning */
        int parent;      /* the node that it is a step from */
        unsigned depth;
} Node;

static void node_free(gpointer data)
{
        Node *node = data;

        g_free(node->entity_id);
        basis_free(node->step);
        g_free(node);
}

typedef struct Search {
        Db *db;
        const Rule *rule;
        GPtrArray *nodes; /* Node, in the order in which they were reached */
        GHashTable *seen; /* entity ids, and "=" and the text of leaves */
        unsigned edges;   /* facts read */
        WantList *list;
} Search;

static bool has_room(Search *search)
{
        if (search->nodes->len <= RULE_NODES_MAX && search->edges < RULE_EDGES_MAX)
                return true;
        search->list->open = true;
        if (search->edges >= RULE_EDGES_MAX)
                want_problem(search->list, "RULE_EDGES_MAX (%d) was reached from one entity",
                             RULE_EDGES_MAX);
        else
                want_problem(search->list, "RULE_NODES_MAX (%d) was reached from one entity",
                             RULE_NODES_MAX);
        return false;
}

/* Where a fact leads to: *ret_entity is NULL if that is a leaf, *ret_key is NULL if it was seen before. */
static bool look_ahead(Search *search, const Basis *step, char **ret_entity, char **ret_key,
                       GError **error)
{
        if (!basis_target(search->db, search->rule, step, ret_entity, error))
                return false;
        *ret_key = *ret_entity ? g_strdup(*ret_entity) : g_strconcat("=", step->object, NULL);
        if (g_hash_table_contains(search->seen, *ret_key))
                g_clear_pointer(ret_key, g_free);
        return true;
}

/* Takes the fact at place of edges as the way to a new node, if it leads to one. */
static bool take_step(Search *search, int parent, GPtrArray *edges, unsigned place, GError **error)
{
        Basis *step = edges->pdata[place];
        g_autofree char *entity_id = NULL, *key = NULL;
        Node *node;

        if (!look_ahead(search, step, &entity_id, &key, error))
                return false;
        if (!key)
                return true;
        g_hash_table_add(search->seen, g_steal_pointer(&key));
        node = g_new0(Node, 1);
        node->entity_id = g_steal_pointer(&entity_id);
        node->step = step;
        edges->pdata[place] = NULL;
        node->parent = parent;
        node->depth = ((Node *)search->nodes->pdata[parent])->depth + 1;
        g_ptr_array_add(search->nodes, node);
        return true;
}

static bool expand(Search *search, int at, GError **error)
{
        const char *entity_id = ((Node *)search->nodes->pdata[at])->entity_id;

        for (unsigned i = 0; search->rule->predicates[i]; i++) {
                g_autoptr(GPtrArray) edges = basis_of(search->db, search->rule, entity_id, i,
                                                      RULE_EDGES_MAX - search->edges, error);

                if (!edges)
                        return false;
                for (unsigned j = 0; j < edges->len; j++) {
                        search->edges++;
                        if (!has_room(search))
                                return true;
                        if (!take_step(search, at, edges, j, error))
                                return false;
                }
        }
        return true;
}

/* Notes if a step to something new is kept from being made by the depth alone. *ret_more: look at others, too. */
static bool look_beyond(Search *search, const char *entity_id, bool *ret_more, GError **error)
{
        *ret_more = false;
        for (unsigned i = 0; search->rule->predicates[i]; i++) {
                g_autoptr(GPtrArray) edges = basis_of(search->db, search->rule, entity_id, i,
                                                      RULE_EDGES_MAX - search->edges, error);

                if (!edges)
                        return false;
                for (unsigned j = 0; j < edges->len; j++) {
                        g_autofree char *target = NULL, *key = NULL;

                        search->edges++;
                        if (!has_room(search))
                                return true;
                        if (!look_ahead(search, edges->pdata[j], &target, &key, error))
                                return false;
                        if (!key)
                                continue;
                        search->list->open = true;
                        want_problem(search->list,
                                     "RULE_DEPTH_MAX (%d) was reached from one entity",
                                     RULE_DEPTH_MAX);
                        return true;
                }
        }
        *ret_more = true;
        return true;
}

static bool search_run(Search *search, const char *subject, GError **error)
{
        Node *begin = g_new0(Node, 1);
        bool more;

        begin->entity_id = g_strdup(subject);
        g_ptr_array_add(search->nodes, begin);
        for (unsigned at = 0; at < search->nodes->len; at++) {
                const Node *node = search->nodes->pdata[at];

                if (!node->entity_id || (at > 0 && strcmp(node->entity_id, subject) == 0))
                        continue;
                if (!has_room(search))
                        break;
                if (node->depth < search->rule->max_depth) {
                        if (!expand(search, (int)at, error))
                                return false;
                        continue;
                }
                /* the rest is as deep; of a depth that was asked for nothing is missing */
                more = !search->rule->bounded;
                if (more && !look_beyond(search, node->entity_id, &more, error))
                        return false;
                if (!more)
                        break;
        }
        return true;
}

/* How a node is written as an object; *ret is NULL if it cannot be. */
static bool write_object(Search *search, const Node *node, char **ret, GError **error)
{
        *ret = NULL;
        switch (search->rule->object_kind) {
        case OBJECT_ENTITY:
                *ret = g_strdup(node->entity_id);
                return true;
        case OBJECT_DOCUMENT:
                if (node->entity_id)
                        return basis_document(search->db, node->entity_id, ret, error);
                if (id_is_valid(node->step->object, "doc"))
                        *ret = g_strdup(node->step->object);
                return true;
        default:
                *ret = g_strdup(node->step->object);
                return true;
        }
}

static void add_way(Search *search, const Node *node, Wanted *wanted)
{
        if (node->parent > 0)
                add_way(search, search->nodes->pdata[node->parent], wanted);
        want_source(search->list, wanted, node->step);
}

static bool want_nodes(Search *search, GError **error)
{
        g_autoptr(GHashTable) objects = g_hash_table_new(g_str_hash, g_str_equal);

        for (unsigned i = 1; i < search->nodes->len; i++) {
                const Node *node = search->nodes->pdata[i];
                g_autofree char *object = NULL;
                Wanted *wanted;

                if (!write_object(search, node, &object, error))
                        return false;
                if (!object || g_hash_table_contains(objects, object))
                        continue;
                wanted = want_add(search->list, g_steal_pointer(&object), NULL);
                g_hash_table_add(objects, wanted->object);
                add_way(search, node, wanted);
        }
        return true;
}

bool closure_want(Db *db, const Rule *rule, const char *subject, WantList *list, GError **error)
{
        g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func(node_free);
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        Search search = {db, rule, nodes, seen, 0, list};

        return search_run(&search, subject, error) && want_nodes(&search, error);
}

/* ---- backwards ---- */

static bool add_before(Db *db, const Rule *rule, const char *entity_id, GHashTable *subjects,
                       GPtrArray *queue, GError **error)
{
        for (unsigned i = 0; rule->predicates[i]; i++) {
                g_autoptr(GPtrArray) edges =
                        basis_to(db, rule, entity_id, i, RULE_SUBJECTS_MAX + 1, error);

                if (!edges)
                        return false;
                for (unsigned j = 0; j < edges->len; j++) {
                        const Basis *edge = edges->pdata[j];

                        if (g_hash_table_add(subjects, g_strdup(edge->subject)))
                                g_ptr_array_add(queue, g_strdup(edge->subject));
                }
        }
        return true;
}

bool closure_reaching(Db *db, const Rule *rule, const char *entity_id, GHashTable *subjects,
                      bool *ret_all, GError **error)
{
        g_autoptr(GPtrArray) queue = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        GHashTableIter iter;
        gpointer subject;
        bool all = true;

        g_hash_table_add(found, g_strdup(entity_id));
        g_ptr_array_add(queue, g_strdup(entity_id));
        for (unsigned at = 0; at < queue->len && all; at++) {
                if (!add_before(db, rule, queue->pdata[at], found, queue, error))
                        return false;
                all = g_hash_table_size(found) <= RULE_SUBJECTS_MAX;
        }
        g_hash_table_iter_init(&iter, found);
        while (g_hash_table_iter_next(&iter, &subject, NULL))
                g_hash_table_add(subjects, g_strdup(subject));
        *ret_all = all;
        return true;
}
