/* SPDX-License-Identifier: GPL-3.0-or-later */
/* make-store FACTS: fills the vault of the environment's user instance, which the daemon has made before,
 * with facts about invented people, ten each, through the graph's own verbs. Prints the time taken. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "gate/gate.h"
#include "graph/graph.h"
#include "secrets/secrets.h"
#include "store/store.h"

#define FACTS_PER_PERSON 10

static const char *const predicates[FACTS_PER_PERSON] = {
        "occupation", "born_on",     "email", "phone", "job_title",
        "located_in", "nationality", "url",   "note",  "country",
};

static char *object_of(unsigned person, unsigned fact)
{
        if (fact == 1)
                return g_strdup_printf("%04u-%02u-%02u", 1930 + person % 70, 1 + person % 12,
                                       1 + person % 28);
        return g_strdup_printf("%s of person %u, said in some ordinary words", predicates[fact],
                               person * 31U % 99991U);
}

/* One batch: people first … last - 1, all their facts in one write. */
static bool submit(Graph *graph, const Access *access, unsigned first, unsigned last,
                   GError **error)
{
        unsigned count = (last - first) * FACTS_PER_PERSON;
        g_autofree Claim *claims = g_new0(Claim, count);
        g_autofree ClaimResult *results = g_new0(ClaimResult, count);
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        for (unsigned person = first; person < last; person++) {
                char *name = g_strdup_printf("Person %06u", person);
                g_ptr_array_add(texts, name);
                for (unsigned fact = 0; fact < FACTS_PER_PERSON; fact++) {
                        char *object = object_of(person, fact);
                        g_ptr_array_add(texts, object);
                        claims[(person - first) * FACTS_PER_PERSON + fact] = (Claim){
                                .entity_name = name,
                                .entity_type = "person",
                                .predicate = predicates[fact],
                                .object = object,
                                .quote_hint = -1,
                                .confidence = NAN,
                        };
                }
        }
        bool written = graph_submit(graph, access, claims, count, "benchmark", results, error);
        for (unsigned i = 0; i < count; i++) {
                if (written && results[i].error)
                        g_propagate_error(error, g_steal_pointer(&results[i].error)),
                                written = false;
                claim_result_clear(&results[i]);
        }
        return written;
}

static bool fill(Graph *graph, unsigned facts, GError **error)
{
        g_autoptr(Access) access = access_new_human("benchmark", NULL);
        unsigned people = facts / FACTS_PER_PERSON, step = GRAPH_BATCH_MAX / FACTS_PER_PERSON;
        for (unsigned first = 0; first < people; first += step)
                if (!submit(graph, access, first, MIN(first + step, people), error))
                        return false;
        return true;
}

static bool make(unsigned facts, GError **error)
{
        uint8_t key[STORE_KEY_BYTES];
        g_autoptr(Paths) paths = paths_new(INSTANCE_USER, error);
        if (!paths)
                return false;
        g_autoptr(Secrets) secrets = secrets_new(paths);
        if (!secrets_load(secrets, key, NULL, error))
                return false;
        g_autofree char *file = g_build_filename(paths->data, "vault.db", NULL);
        g_autoptr(Store) vault = store_new(
                &(StoreOptions){.kind = STORE_VAULT, .path = file, .cache_mb = 512}, error);
        if (!vault)
                return false;
        g_autoptr(Graph) graph = graph_new(vault);
        bool made = store_open(vault, key, /* create= */ false, error) && fill(graph, facts, error);
        store_close(vault);
        return made;
}

int main(int argc, char **argv)
{
        g_autoptr(GError) error = NULL;
        unsigned facts = argc == 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
        gint64 start = g_get_monotonic_time();
        if (facts == 0 || !make(facts, &error)) {
                fprintf(stderr, "%s\n", error ? error->message : "make-store FACTS");
                return 1;
        }
        printf("%.1f s\n", (double)(g_get_monotonic_time() - start) / 1e6);
        return 0;
}
