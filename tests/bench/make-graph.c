/* SPDX-License-Identifier: GPL-3.0-or-later */
/* make-graph FOLDER FACTS: fills a new vault in FOLDER with the world of world.h: its documents are entered as the
 * pipeline would, its facts claimed through graph_submit() with their quotes, by agents and by the human. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"
#include "graph/predicate.h"
#include "world.h"

#define BATCH_DOCUMENTS 100

typedef struct World {
        Store *vault;
        Graph *graph;
        Access *pipeline, *clerk, *other, *human;
        unsigned documents;
        char *root;
        unsigned first, last, voice; /* the batch at work */
        GPtrArray *ids;              /* of its documents */
} World;

/* ---- documents ---- */

static bool insert_text(Db *db, const char *sha256, const char *text, GError **error)
{
        Statement *insert =
                db_statement(db,
                             "INSERT INTO document_text (sha256, chars, map, structure, text)"
                             " VALUES (:sha, :chars, x'', x'', :text)",
                             error);

        if (!insert)
                return false;
        statement_bind_text(insert, ":sha", sha256);
        statement_bind_int(insert, ":chars", (int64_t)strlen(text));
        statement_bind_text(insert, ":text", text);
        return statement_run(insert, error);
}

static bool insert_document(Db *db, World *world, unsigned document, GError **error)
{
        g_autofree char *text = world_text(document, world->voice);
        g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
        g_autofree char *path = g_strdup_printf("register-%06u-%u.txt", document, world->voice);
        Statement *insert = db_statement(
                db,
                "INSERT INTO documents (id, root_id, path, sha256, mime, size, mtime, created_at)"
                " VALUES (:id, :root, :path, :sha, 'text/plain', :size, 0, 0)",
                error);

        if (!insert)
                return false;
        g_ptr_array_add(world->ids, id_new("doc"));
        statement_bind_text(insert, ":id", world->ids->pdata[world->ids->len - 1]);
        statement_bind_text(insert, ":root", world->root);
        statement_bind_text(insert, ":path", path);
        statement_bind_text(insert, ":sha", sha256);
        statement_bind_int(insert, ":size", (int64_t)strlen(text));
        return statement_run(insert, error) && insert_text(db, sha256, text, error);
}

static bool work_documents(Db *db, void *data, GError **error)
{
        World *world = data;

        for (unsigned document = world->first; document < world->last; document++)
                if (!insert_document(db, world, document, error))
                        return false;
        return true;
}

static bool work_set_up(Db *db, void *data, GError **error)
{
        World *world = data;
        Statement *insert = db_statement(db,
                                         "INSERT INTO roots VALUES (:id, '/invented', 'general',"
                                         " '[]', '[]', '[]', 1000000, 1, 0)",
                                         error);

        if (!insert)
                return false;
        statement_bind_text(insert, ":id", world->root);
        if (!statement_run(insert, error))
                return false;
        for (unsigned i = 0; i < WORLD_PREDICATES; i++) {
                g_autofree char *name = world_predicate(i);
                Predicate predicate = {.name = name,
                                       .description = (char *)"Something held.",
                                       .kind = OBJECT_TEXT,
                                       .one = i < WORLD_ONE};

                if (!predicate_propose(db, &predicate, /* active= */ true, error))
                        return false;
        }
        return true;
}

static bool write_as(World *world, const Access *access, StoreWork work, GError **error)
{
        WriteOptions options = {.actor = access_actor(access), .reason = "benchmark"};

        return store_write(world->vault, &options, work, world, error);
}

/* ---- claims ---- */

typedef struct Claims {
        GArray *claims;
        GPtrArray *texts; /* that they borrow */
} Claims;

static const char *keep(Claims *claims, char *text)
{
        g_ptr_array_add(claims->texts, text);
        return text;
}

static void add_claim(Claims *claims, unsigned entity, unsigned fact, const World *world,
                      const char *document_id)
{
        Claim claim = {
                .entity_name = keep(claims, world_entity(entity)),
                .entity_type = "person",
                .predicate = keep(claims, world_predicate(world_which(entity, fact))),
                .object = keep(claims, world_object(entity, fact, world->voice)),
                .quote = document_id ? keep(claims, world_quote(entity, fact, world->voice)) : NULL,
                .quote_hint = -1,
                .document_id = document_id,
                .confidence = NAN,
        };

        g_array_append_val(claims->claims, claim);
}

static bool send_claims(World *world, const Access *access, Claims *claims, GError **error)
{
        unsigned count = claims->claims->len;
        g_autofree ClaimResult *results = g_new0(ClaimResult, MAX(count, 1));
        bool ok = graph_submit(world->graph, access, (const Claim *)(void *)claims->claims->data,
                               count, "benchmark", results, error);

        for (unsigned i = 0; i < count; i++) {
                if (ok && results[i].error) {
                        g_propagate_error(error, g_steal_pointer(&results[i].error));
                        ok = false;
                }
                claim_result_clear(&results[i]);
        }
        g_array_unref(claims->claims);
        g_ptr_array_unref(claims->texts);
        return ok;
}

static Claims claims_begin(void)
{
        return (Claims){g_array_new(FALSE, FALSE, sizeof(Claim)),
                        g_ptr_array_new_with_free_func(g_free)};
}

/* Entities are the human's to declare. */
static bool declare(World *world, GError **error)
{
        Claims claims = claims_begin();
        unsigned voice = world->voice;

        world->voice = 0;
        for (unsigned entity = world->first * WORLD_DOCUMENT; entity < world->last * WORLD_DOCUMENT;
             entity++) {
                Claim claim = {.entity_name = keep(&claims, world_entity(entity)),
                               .entity_type = "person",
                               .predicate = "note",
                               .object = "declared",
                               .quote_hint = -1,
                               .confidence = NAN};

                g_array_append_val(claims.claims, claim);
        }
        world->voice = voice;
        return send_claims(world, world->human, &claims, error);
}

static bool claim_batch(World *world, const Access *access, GError **error)
{
        Claims claims = claims_begin();

        for (unsigned i = 0; i < world->ids->len; i++)
                for (unsigned j = 0; j < WORLD_DOCUMENT; j++) {
                        unsigned entity = (world->first + i) * WORLD_DOCUMENT + j;

                        if (world->voice == 0)
                                for (unsigned fact = 0; fact + 1 < WORLD_FACTS; fact++)
                                        add_claim(&claims, entity, fact, world,
                                                  world->ids->pdata[i]);
                        else if (entity % WORLD_DISAGREE == 0)
                                add_claim(&claims, entity, 0, world, world->ids->pdata[i]);
                }
        return send_claims(world, access, &claims, error);
}

static bool correct_batch(World *world, GError **error)
{
        Claims claims = claims_begin();

        world->voice = 2;
        for (unsigned entity = world->first * WORLD_DOCUMENT; entity < world->last * WORLD_DOCUMENT;
             entity++)
                if (entity % WORLD_CORRECT == 1)
                        add_claim(&claims, entity, 0, world, /* document_id= */ NULL);
        return send_claims(world, world->human, &claims, error);
}

/* Volume 0 speaks of all; volume 1 is there for those of whom it says something else. */
static bool fill_batch(World *world, GError **error)
{
        for (world->voice = 0; world->voice < 2; world->voice++) {
                g_ptr_array_set_size(world->ids, 0);
                if (world->voice == 0 && !declare(world, error))
                        return false;
                if (!write_as(world, world->pipeline, work_documents, error) ||
                    !claim_batch(world, world->voice ? world->other : world->clerk, error))
                        return false;
        }
        return correct_batch(world, error);
}

static bool fill(World *world, GError **error)
{
        if (!graph_start(world->graph, error) || !write_as(world, world->human, work_set_up, error))
                return false;
        for (unsigned first = 0; first < world->documents; first += BATCH_DOCUMENTS) {
                world->first = first;
                world->last = MIN(first + BATCH_DOCUMENTS, world->documents);
                if (!fill_batch(world, error))
                        return false;
        }
        return true;
}

static bool make(const char *folder, unsigned facts, GError **error)
{
        static const uint8_t key[STORE_KEY_BYTES] = {42};
        g_autofree char *path = g_build_filename(folder, "vault.db", NULL);
        StoreOptions options = {.kind = STORE_VAULT, .path = path, .cache_mb = 512};
        g_autoptr(Store) vault = store_new(&options, error);
        g_autoptr(Graph) graph = vault ? graph_new(vault) : NULL;
        g_autoptr(Access) pipeline = access_new_system("pipeline");
        g_autoptr(Access) clerk = access_new_agent("conn-clerk", "Clerk", "sess-1", NULL);
        g_autoptr(Access) other = access_new_agent("conn-other", "Other clerk", "sess-2", NULL);
        g_autoptr(Access) human = access_new_human("benchmark", NULL);
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *root = id_new("root");
        World world = {.vault = vault,
                       .graph = graph,
                       .pipeline = pipeline,
                       .clerk = clerk,
                       .other = other,
                       .human = human,
                       .documents = MAX(facts / (WORLD_FACTS * WORLD_DOCUMENT), 1),
                       .root = root,
                       .ids = ids};
        bool ok = graph && store_open(vault, key, /* create= */ true, error) && fill(&world, error);

        if (vault)
                store_close(vault);
        return ok;
}

int main(int argc, char **argv)
{
        g_autoptr(GError) error = NULL;
        unsigned facts = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;

        if (facts > 0 && make(argv[1], facts, &error))
                return 0;
        fprintf(stderr, "make-graph: %s\n", error ? error->message : "FOLDER FACTS");
        return 1;
}
