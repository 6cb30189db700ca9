/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invented world that make-graph fills a vault with and bench-graph asks about. Entities with
 * WORLD_FACTS facts each; registers (documents) that speak of WORLD_DOCUMENT entities each, one sentence for a
 * fact; of one entity in WORLD_DISAGREE a second register says something else about one thing, and of one in
 * WORLD_CORRECT the human has had the last word. The same numbers give the same world. */
#pragma once

#include <glib.h>

#define WORLD_FACTS      10 /* of an entity */
#define WORLD_PREDICATES 80
#define WORLD_ONE        20 /* of them have cardinality one: the first */
#define WORLD_DOCUMENT   5  /* entities in a document */
#define WORLD_DISAGREE   200
#define WORLD_CORRECT    500

static inline char *world_entity(unsigned entity)
{
        return g_strdup_printf("Person %06u", entity);
}

static inline char *world_predicate(unsigned predicate)
{
        return g_strdup_printf("%s_%02u", predicate < WORLD_ONE ? "holds_one" : "holds", predicate);
}

/* The predicate of a fact of an entity: ten different ones; the first always has cardinality one. */
static inline unsigned world_which(unsigned entity, unsigned fact)
{
        return fact == 0 ? entity % WORLD_ONE
                         : WORLD_ONE + (entity * 7 + fact * 13) % (WORLD_PREDICATES - WORLD_ONE);
}

/* What is said: voice 0 the register, 1 the one that disagrees, 2 the human. */
static inline char *world_object(unsigned entity, unsigned fact, unsigned voice)
{
        return g_strdup_printf("value %u of thing %u, entered as number %u",
                               (entity * 31 + fact * 7 + voice * 13) % 9973, fact, entity);
}

static inline char *world_quote(unsigned entity, unsigned fact, unsigned voice)
{
        g_autofree char *object = world_object(entity, fact, voice);

        return g_strdup_printf("it is recorded that Person %06u holds %s", entity, object);
}

/* The text of a register: for each of its entities and facts a sentence that holds the quote. */
static inline char *world_text(unsigned document, unsigned voice)
{
        g_autoptr(GString) text = g_string_new(NULL);

        g_string_append_printf(text, "Register %u of the invented county, volume %u.\n", document,
                               voice);
        for (unsigned i = 0; i < WORLD_DOCUMENT; i++)
                for (unsigned fact = 0; fact < WORLD_FACTS; fact++) {
                        g_autofree char *quote =
                                world_quote(document * WORLD_DOCUMENT + i, fact, voice);

                        g_string_append_printf(
                                text,
                                "Under section %u of this volume, after hearing both clerks and "
                                "reading the older entries, %s, as the undersigned has seen.\n",
                                fact, quote);
                }
        return g_string_free(g_steal_pointer(&text), FALSE);
}
