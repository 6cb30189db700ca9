/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scope/populate.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "scope/tick.h"

#define THINGS      60
#define DOCUMENTS   24
#define BURST_FILES 16
#define BUILD_CALLS 500
#define BURST_CALLS 500

const char *const populate_words[POPULATE_WORDS] = {
        "harbour", "lantern", "granite", "willow", "copper", "meadow", "anchor", "velvet",
        "thunder", "orchard", "saddle",  "mirror", "falcon", "timber", "cobalt", "ribbon",
        "summit",  "puzzle",  "marble",  "cinder", "beacon", "hollow", "ginger", "quartz",
        "parcel",  "needle",  "canyon",  "pepper", "violet", "walnut", "bridge", "castle",
        "desert",  "engine",  "feather", "garden", "hammer", "island", "jacket", "kettle",
};

static const char *const firsts[] = {"Acme", "Borealis", "Corvus", "Delta", "Ember", "Fjord"};
static const char *const seconds[] = {"North", "South", "Works", "Labs", "Trust", "Group", "Press"};
static const char *const types[] = {"organization", "person", "project", "thing"};

#define PICK(rand, list) (list)[g_rand_int_range(rand, 0, G_N_ELEMENTS(list))]

static const char *pick(Populace *populace, GPtrArray *list)
{
        return list->len > 0 ? list->pdata[g_rand_int_range(populace->rand, 0, (int)list->len)]
                             : "ent-00000000000000000000000000000000";
}

char *populate_name(GRand *rand)
{
        if (g_rand_boolean(rand))
                return g_strdup_printf("%s %s", PICK(rand, firsts), PICK(rand, seconds));
        return g_strdup_printf("%s %s %d", PICK(rand, firsts), PICK(rand, seconds),
                               g_rand_int_range(rand, 1, 9));
}

/* ---- documents ---- */

/* A sentence that predicates of every kind can be claimed from. */
static char *make_sentence(GRand *rand)
{
        GString *text = g_string_new(NULL);
        g_autofree char *name = populate_name(rand), *object = populate_name(rand);

        g_string_printf(text, "%s knows %s since %d,", name, object,
                        g_rand_int_range(rand, 1900, 2000));
        for (int i = g_rand_int_range(rand, 3, 9); i > 0; i--)
                g_string_append_printf(text, " %s", PICK(rand, populate_words));
        g_string_append(text, ".");
        return g_string_free(text, FALSE);
}

static void write_file(Populace *populace, const char *folder, const char *prefix, unsigned number)
{
        g_autofree char *path = g_strdup_printf("%s/%s%u.md", folder, prefix, number);
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GError) error = NULL;

        if (g_rand_boolean(populace->rand))
                g_string_append_printf(text, "# The %s %s\n\n",
                                       PICK(populace->rand, populate_words),
                                       PICK(populace->rand, populate_words));
        for (int i = g_rand_int_range(populace->rand, 3, 12); i > 0; i--) {
                g_autofree char *sentence = make_sentence(populace->rand);

                g_string_append_printf(text, "%s\n%s", sentence, i % 4 == 0 ? "\n" : "");
        }
        g_file_set_contents(path, text->str, -1, &error);
        g_assert_no_error(error);
}

/* ---- claims ---- */

typedef struct Said {
        char *subject;           /* JSON members that name it */
        const char *object;      /* name or id of an entity, or NULL: a new name */
        const char *document_id; /* or NULL: the human's word */
} Said;

static char *sentence_of(Populace *populace, const char *document_id)
{
        g_autofree char *sql = g_strdup_printf(
                "SELECT t.text FROM documents d JOIN document_text t ON t.sha256 = d.sha256"
                " WHERE d.id = '%s'",
                document_id);
        g_autoptr(GPtrArray) texts = world_list(populace->world, sql);
        g_auto(GStrv) lines = g_strsplit(texts->len > 0 ? texts->pdata[0] : "x", "\n", 0);
        unsigned at = (unsigned)g_rand_int_range(populace->rand, 0, (int)g_strv_length(lines));

        return g_strndup(*lines[at] ? lines[at] : lines[0], 120);
}

static char *object_of(Populace *populace, const char *object, const char **ret_predicate)
{
        static const char *const links[] = {"knows", "part_of", "works_for", "related_to"};
        static const char *const texts[] = {"status", "note", "description", "occupation"};
        GRand *rand = populace->rand;

        switch (g_rand_int_range(rand, 0, 5)) {
        case 0:
                *ret_predicate = "employee_count";
                return g_strdup_printf("%d", g_rand_int_range(rand, 1, 5));
        case 1:
                *ret_predicate = "founded_on";
                return g_strdup_printf("\"19%02d-01-02\"", g_rand_int_range(rand, 10, 14));
        case 2:
                *ret_predicate = PICK(rand, texts);
                return g_strdup_printf("\"%s\"", populate_words[g_rand_int_range(rand, 0, 5)]);
        default:
                *ret_predicate = PICK(rand, links);
                return g_strdup_printf("\"%s\"", object);
        }
}

static bool try_text(World *world, const Access *access, const char *tool, const char *text)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) args = json_parse_object(text, -1, &error);

        g_assert_no_error(error);
        g_autoptr(JsonObject) answer = world_try(world, access, tool, args, &error);
        if (!answer && g_getenv("SCOPE_VERBOSE"))
                g_test_message("%s %s: %s", tool, text, error->message);
        return answer != NULL;
}

static bool claim(Populace *populace, const Access *access, const Said *said)
{
        const char *predicate;
        g_autofree char *object = object_of(populace, said->object, &predicate);
        g_autofree char *quote =
                said->document_id ? sentence_of(populace, said->document_id) : NULL;
        g_autofree char *source =
                quote ? g_strdup_printf(",\"document_id\":\"%s\",\"quote\":\"%s\"",
                                        said->document_id, quote)
                      : g_strdup("");
        g_autofree char *args = g_strdup_printf(
                "{%s,\"predicate\":\"%s\",\"object\":%s,\"confidence\":0.%d%s}", said->subject,
                predicate, object, g_rand_int_range(populace->rand, 1, 9), source);

        return try_text(populace->world, access, "remember_fact", args);
}

/* ---- the beginning ---- */

static void build_entities(Populace *populace)
{
        for (unsigned i = 0; i < THINGS; i++) {
                g_autofree char *name = populate_name(populace->rand);
                g_autofree char *args = g_strdup_printf("{\"name\":\"%s\",\"type\":\"%s\"}", name,
                                                        PICK(populace->rand, types));

                tick_set(TICK_BUILD + 1000 + i);
                (void)try_text(populace->world, populace->world->human, "propose_entity", args);
        }
}

static void build_rules(Populace *populace)
{
        static const char *const rules[] = {
                "\"name\":\"reach\",\"kind\":\"closure\",\"predicates\":[\"part_of\"],"
                "\"predicate\":\"transitively_part_of\"",
                "\"name\":\"staff\",\"kind\":\"inverse\",\"predicates\":[\"works_for\"],"
                "\"predicate\":\"employs\"",
                "\"name\":\"known\",\"kind\":\"inverse\",\"predicates\":[\"knows\"],"
                "\"predicate\":\"related_to\"",
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(rules); i++)
                json_object_unref(world_call(populace->world, populace->world->human, "define_rule",
                                             "{%s,\"description\":\"x\"}", rules[i]));
        json_object_unref(world_call(
                populace->world, populace->world->human, "define_projection",
                "{\"name\":\"people\",\"description\":\"x\",\"columns\":[{\"name\":\"size\","
                "\"predicates\":[\"employee_count\"]},{\"name\":\"friends\","
                "\"predicates\":[\"knows\",\"related_to\"],\"pick\":\"all\"}]}"));
}

static char *by_id(const char *id)
{
        return g_strdup_printf("\"entity_id\":\"%s\"", id);
}

static void build_claim(Populace *populace, GPtrArray *entities, GPtrArray *documents)
{
        World *world = populace->world;
        g_autofree char *name = populate_name(populace->rand);
        bool by_human = g_rand_int_range(populace->rand, 0, 3) == 0;
        Said said = {.subject = g_rand_int_range(populace->rand, 0, 8) == 0
                                        ? g_strdup_printf("\"entity_name\":\"%s X\"", name)
                                        : by_id(pick(populace, entities)),
                     .object = g_rand_boolean(populace->rand) ? name : pick(populace, entities),
                     .document_id = by_human ? NULL : pick(populace, documents)};

        (void)claim(populace, by_human ? world->human : world->other, &said);
        g_free(said.subject);
}

static void build_other(Populace *populace, GPtrArray *entities, GPtrArray *documents)
{
        World *world = populace->world;
        const char *entity = pick(populace, entities), *second = pick(populace, entities);
        const char *document = pick(populace, documents);
        g_autofree char *name = populate_name(populace->rand);
        g_autofree char *args = NULL;

        switch (g_rand_int_range(populace->rand, 0, 6)) {
        case 0:
                args = g_strdup_printf("{\"entity_id\":\"%s\",\"alias\":\"%s Ltd\"}", entity, name);
                (void)try_text(world, world->human, "add_entity_alias", args);
                break;
        case 1:
                if (g_rand_int_range(populace->rand, 0, 4) != 0)
                        break;
                args = g_strdup_printf("{\"entity_id\":\"%s\",\"merge\":[\"%s\"]}", entity, second);
                (void)try_text(world, world->human, "merge_entities", args);
                break;
        case 2:
                args = g_strdup_printf("{\"document_id\":\"%s\"}", document);
                (void)try_text(world, world->other,
                               g_rand_boolean(populace->rand) ? "enqueue_mining"
                                                              : "get_document_for_mining",
                               args);
                break;
        case 3:
                args = g_strdup_printf("{\"document_id\":\"%s\"}", document);
                (void)try_text(world, world->other, "find_autolinks", args);
                break;
        case 4:
                args = g_strdup_printf("{\"entity_id\":\"%s\",\"predicate\":\"status\","
                                       "\"resolution\":\"acknowledged\"}",
                                       entity);
                (void)try_text(world, world->human, "resolve_contradiction", args);
                break;
        default:
                args = g_strdup_printf(
                        "{\"entity_id\":\"%s\",\"predicate\":\"note\",\"object\":\"x\","
                        "\"document_id\":\"%s\",\"quote\":\"not there at all\"}",
                        entity, document);
                (void)try_text(world, world->other, "remember_fact", args);
                break;
        }
}

/* ---- code ---- */

#define SYMBOLS_OF_REPOSITORY 6

static void run_sql(World *world, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void run_sql(World *world, const char *format, ...)
{
        va_list list;

        va_start(list, format);
        g_autofree char *sql = g_strdup_vprintf(format, list);
        va_end(list);
        world_sql(world, sql);
}

static void build_symbol(World *world, unsigned number, unsigned symbol)
{
        unsigned module = number, next = (symbol + 1) % SYMBOLS_OF_REPOSITORY;

        run_sql(world,
                "INSERT INTO code_symbols (id, repository, hash, kind, visibility, flags, first_line,"
                " last_line, name_line, name_column, name, signature) VALUES (%u << 20 | %u, %u,"
                " %u, 1, 1, 2, %u, %u, %u, 4, 'do_%u', 'def do_%u()')",
                module, symbol, number, number * 100 + symbol, symbol + 1, symbol + 1, symbol + 1,
                symbol, symbol);
        run_sql(world,
                "INSERT INTO code_edges (id, repository, source, kind, class, line, column, target)"
                " VALUES (%u << 20 | %u, %u, %u, 2, 1, %u, 8, %u << 20 | %u)",
                module, symbol, number, symbol, symbol + 1, module, next);
}

#define DOCUMENT_OF "(SELECT id FROM documents ORDER BY path, id LIMIT 1 OFFSET %u)"
#define LINK                                                                                         \
        "INSERT INTO autolinks (id, kind, left_id, right_id, quote, quote_start, quote_end, sha256," \
        " proposed_by, proposed_at, state, repository_id, title, mention, field, resolution) "

/* What a document and a fact say of it: of some only one end is seen. */
static void build_mentions(World *world, unsigned number)
{
        unsigned document = number % DOCUMENTS;

        run_sql(world,
                LINK
                "SELECT 'link-%032x', 'document-symbol', d.id, printf('sym-%%016x', %u), 'do_1',"
                " 0, 4, coalesce(d.sha256, ''), 'pipeline', 1, 'proposed', 'repo-%032x', 'do_1',"
                " 'do_1', 'text', 'unique' FROM documents d WHERE d.id = " DOCUMENT_OF,
                number * 10, number * 100 + 1, number, document);
        run_sql(world,
                LINK "SELECT 'link-%032x', 'document-symbol', d.id, 'repo-%032x:shared.py',"
                     " 'shared.py', 0, 9, coalesce(d.sha256, ''), 'pipeline', 1, 'accepted',"
                     " 'repo-%032x', 'shared.py', 'shared.py', 'text', 'unique' FROM documents d"
                     " WHERE d.id = " DOCUMENT_OF,
                number * 10 + 1, number, number, document);
        run_sql(world,
                LINK
                "SELECT 'link-%032x', 'fact-symbol', f.id, printf('sym-%%016x', %u), f.object, 0,"
                " length(f.object), '', 'pipeline', 1, 'proposed', 'repo-%032x', 'do_2', 'do_2',"
                " 'object', 'several' FROM facts f JOIN entities e ON e.id = f.entity_id"
                " WHERE e.document_id = " DOCUMENT_OF
                " ORDER BY f.predicate, f.object, f.quote_start LIMIT 1",
                number * 10 + 2, number * 100 + 2, number, document);
}

/* A repository with a file, whose code is that of an entity (or NULL: nobody's), as rows: what reads files is tested
 * elsewhere. */
static void build_repository(Populace *populace, unsigned number, const char *entity)
{
        World *world = populace->world;
        g_autofree char *folder = g_strdup_printf("%s-code%u", populace->files, number);
        g_autofree char *file = g_strdup_printf("%s/shared.py", folder);
        g_autofree char *owner = entity ? g_strdup_printf("'%s'", entity) : g_strdup("NULL");

        g_assert_cmpint(mkdir(folder, 0700), ==, 0);
        g_assert_true(g_file_set_contents(file, "def do_0(): do_1()\n", -1, NULL));
        run_sql(world,
                "INSERT INTO code_repositories VALUES ('repo-%032x', '%s', 'code', %s, '[]', '[]',"
                " '[]', 0, 0, 'human', 1, 1)",
                number, folder, owner);
        run_sql(world,
                "INSERT INTO code_states (number, repository_id, state, submodules) VALUES (%u,"
                " 'repo-%032x', 'synced', '[]')",
                number, number);
        run_sql(world,
                "INSERT INTO code_modules (id, repository, folder, path, language, kind, bytes,"
                " mtime, ctime, lines, syntax_errors, symbols, edges, next_symbol, maker, linked)"
                " VALUES (%u, %u, '', 'shared.py', 'python', 'lib', 19, 1, 1, 6, 0, 6, 6, 6, 1, 1)",
                number, number);
        run_sql(world,
                "INSERT INTO code_edges (id, repository, kind, class, line, column, target, name)"
                " VALUES (%u << 20 | 100, %u, 1, 2, 1, 0, %u << 20 | 1048575, 'shared')",
                number, number, number);
        for (unsigned i = 0; i < SYMBOLS_OF_REPOSITORY; i++)
                build_symbol(world, number, i);
        build_mentions(world, number);
}

/* One for every second entity that both worlds know; numbers of those that only one knows come behind. */
static void build_code(Populace *populace, const GPtrArray *entities, unsigned first)
{
        for (unsigned i = 0; i < entities->len; i += 2)
                build_repository(populace, first + i, entities->pdata[i]);
}

#define STANDING_ENTITIES                                                                          \
        "SELECT id FROM entities WHERE merged_into IS NULL AND is_active = 1 ORDER BY id"

void populate_build(Populace *populace)
{
        World *world = populace->world;

        tick_set(TICK_BUILD);
        g_assert_cmpint(mkdir(populace->files, 0700), ==, 0);
        for (unsigned i = 0; i < DOCUMENTS; i++)
                write_file(populace, populace->files, "known", i);
        build_entities(populace);
        tick_set(TICK_BUILD + 2000);
        build_rules(populace);
        tick_set(TICK_BUILD + 2001);
        json_object_unref(world_call(world, world->human, "register_root", "{\"path\":\"%s\"}",
                                     populace->files));
        world_ingest(world, populace->service);
        g_autoptr(GPtrArray) entities = world_list(world, STANDING_ENTITIES);
        g_autoptr(GPtrArray) documents =
                world_list(world, "SELECT id FROM documents ORDER BY path");
        build_code(populace, entities, 1);
        for (unsigned i = 0; i < BUILD_CALLS; i++) {
                tick_set(TICK_BUILD + 3000 + i);
                if (g_rand_int_range(populace->rand, 0, 3) > 0)
                        build_claim(populace, entities, documents);
                else
                        build_other(populace, entities, documents);
        }
}

/* ---- the scope ---- */

char **populate_scope(Populace *populace)
{
        g_autoptr(GPtrArray) things = world_list(
                populace->world,
                "SELECT id FROM entities WHERE document_id IS NULL AND is_active = 1 ORDER BY id");
        g_autoptr(GPtrArray) documents =
                world_list(populace->world,
                           "SELECT id FROM entities WHERE document_id IS NOT NULL ORDER BY name");
        GPtrArray *scope = g_ptr_array_new();

        for (unsigned i = 0; i < things->len; i++)
                if (g_rand_int_range(populace->rand, 0, 4) == 0)
                        g_ptr_array_add(scope, g_strdup(things->pdata[i]));
        for (unsigned i = 0; i < documents->len; i++)
                if (g_rand_int_range(populace->rand, 0, 3) == 0)
                        g_ptr_array_add(scope, g_strdup(documents->pdata[i]));
        g_ptr_array_add(scope, NULL);
        return (char **)g_ptr_array_free(scope, FALSE);
}

/* ---- what one world has more ---- */

typedef struct Burst {
        Populace *populace;
        char *scope; /* SQL: the ids in it */
        int64_t since;
        GPtrArray *entities;  /* hidden ones that may be changed */
        GPtrArray *visible;   /* names and ids of visible ones: objects of hidden facts */
        GPtrArray *documents; /* any: quotes may be taken from them */
        GPtrArray *hidden;    /* documents that may be changed */
        GHashTable *taken;    /* keys of names that claims of before wait for */
} Burst;

#define SUBJECT_OF(e)                                                                              \
        "coalesce((SELECT m.subject_id FROM merged_entities m WHERE m.id = " e "), " e ")"

static void burst_look(Burst *burst)
{
        World *world = burst->populace->world;
        g_autofree char *entities = g_strdup_printf(
                "SELECT id FROM entities e WHERE " SUBJECT_OF("e.id") " NOT IN (%s) ORDER BY id",
                burst->scope);
        g_autofree char *hidden = g_strdup_printf(
                "SELECT d.id FROM documents d JOIN entities e ON e.document_id = d.id"
                " WHERE " SUBJECT_OF(
                        "e.id") " NOT IN (%s)"
                                " AND d.id NOT IN (SELECT document_id FROM facts WHERE document_id IS NOT NULL"
                                " AND coalesce(subject_id, entity_id) IN (%s)) ORDER BY d.id",
                burst->scope, burst->scope);

        g_clear_pointer(&burst->entities, g_ptr_array_unref);
        g_clear_pointer(&burst->hidden, g_ptr_array_unref);
        g_clear_pointer(&burst->documents, g_ptr_array_unref);
        burst->entities = world_list(world, entities);
        burst->hidden = world_list(world, hidden);
        burst->documents = world_list(world, "SELECT id FROM documents ORDER BY path");
}

/* A name that is not, but may nearly be, one that something visible has or waits for. */
static char *burst_name(Burst *burst)
{
        static const char *const tails[] = {"", "s", " Ltd", " I", " Q", "x"};
        GRand *rand = burst->populace->rand;

        for (;;) {
                g_autofree char *name = populate_name(rand);
                g_autofree char *full = g_strconcat(name, PICK(rand, tails), NULL);
                g_autofree char *key = text_key(full);

                if (!g_hash_table_contains(burst->taken, key))
                        return g_steal_pointer(&full);
        }
}

static void burst_claim(Burst *burst)
{
        Populace *populace = burst->populace;
        World *world = populace->world;
        bool by_human = g_rand_boolean(populace->rand);
        g_autofree char *name = burst_name(burst);
        /* what the human says of a name makes it; the name of something visible would be about that */
        Said said = {.subject = by_id(pick(populace, burst->entities)),
                     .object = g_rand_boolean(populace->rand) ? pick(populace, burst->visible)
                                                              : pick(populace, burst->entities),
                     .document_id = by_human ? NULL : pick(populace, burst->documents)};

        if (!by_human && g_rand_int_range(populace->rand, 0, 3) == 0)
                said.object = name;
        (void)claim(populace, by_human ? world->human : world->other, &said);
        g_free(said.subject);
}

static void burst_entity(Burst *burst)
{
        World *world = burst->populace->world;
        GRand *rand = burst->populace->rand;
        g_autofree char *name = burst_name(burst);
        g_autofree char *args = NULL;

        switch (g_rand_int_range(rand, 0, 4)) {
        case 0:
                args = g_strdup_printf("{\"entity_id\":\"%s\",\"alias\":\"%s\"}",
                                       pick(burst->populace, burst->entities), name);
                (void)try_text(world, world->human, "add_entity_alias", args);
                break;
        case 1:
                args = g_strdup_printf("{\"entity_id\":\"%s\",\"merge\":[\"%s\"]}",
                                       pick(burst->populace, burst->entities),
                                       pick(burst->populace, burst->entities));
                (void)try_text(world, world->human, "merge_entities", args);
                break;
        case 2:
                args = g_strdup_printf("{\"entity_id\":\"%s\"}",
                                       pick(burst->populace, burst->entities));
                if (g_rand_int_range(rand, 0, 3) == 0)
                        (void)try_text(world, world->human, "deactivate_entity", args);
                break;
        default:
                args = g_strdup_printf("{\"name\":\"%s\",\"type\":\"%s\"}", name,
                                       PICK(rand, types));
                (void)try_text(world, world->human, "propose_entity", args);
                break;
        }
}

static void burst_pipeline(Burst *burst)
{
        World *world = burst->populace->world;
        const char *document = pick(burst->populace, burst->hidden);
        g_autofree char *args = g_strdup_printf("{\"document_id\":\"%s\"}", document);
        g_autofree char *bad = g_strdup_printf(
                "{\"entity_id\":\"%s\",\"predicate\":\"note\",\"object\":\"x\","
                "\"document_id\":\"%s\",\"quote\":\"not there at all\"}",
                pick(burst->populace, burst->entities), pick(burst->populace, burst->documents));

        switch (g_rand_int_range(burst->populace->rand, 0, 4)) {
        case 0:
                (void)try_text(world, world->other, "enqueue_mining", args);
                break;
        case 1:
                (void)try_text(world, world->other, "get_document_for_mining", args);
                break;
        case 2:
                (void)try_text(world, world->other, "find_autolinks", args);
                break;
        default:
                (void)try_text(world, world->other, "remember_fact", bad);
                break;
        }
}

/* Takes back, or deletes for good, what the burst itself did. */
static void burst_undo(Burst *burst)
{
        World *world = burst->populace->world;
        g_autofree char *sql = g_strdup_printf(
                "SELECT id FROM facts WHERE recorded_at >= %" G_GINT64_FORMAT
                " AND trust_tier <> 'inferred' AND coalesce(subject_id, entity_id) NOT IN (%s)"
                " AND agent <> 'pipeline' ORDER BY id",
                burst->since, burst->scope);
        g_autoptr(GPtrArray) facts = world_list(world, sql);
        const char *fact = pick(burst->populace, facts);
        g_autofree char *entry = g_strdup_printf(
                "SELECT id FROM mutations WHERE table_name = 'facts' AND op = 'insert'"
                " AND json_extract(row_id, '$.id') = '%s'",
                fact);
        g_autoptr(GPtrArray) entries = world_list(world, entry);
        g_autofree char *args = NULL;

        if (entries->len == 0)
                return;
        if (g_rand_boolean(burst->populace->rand)) {
                args = g_strdup_printf("{\"mutation_id\":\"%s\"}", (char *)entries->pdata[0]);
                (void)try_text(world, world->human, "revert_mutation", args);
                return;
        }
        g_autoptr(JsonObject) preview = world_call(
                world, world->human, "hard_delete",
                "{\"preview\":true,\"targets\":[{\"kind\":\"fact\",\"id\":\"%s\"}]}", fact);
        args = g_strdup_printf("{\"token\":\"%s\",\"targets\":[{\"kind\":\"fact\",\"id\":\"%s\"}]}",
                               json_member_string(preview, "token", ""), fact);
        (void)try_text(world, world->human, "hard_delete", args);
}

/* Names that claims wait for belong to what those claims are about. */
static void burst_take_names(Burst *burst)
{
        g_autoptr(GPtrArray) keys =
                world_list(burst->populace->world, "SELECT name_key FROM discovered");
        g_autofree char *sql = g_strdup_printf(
                "SELECT name FROM entities WHERE id IN (%s) UNION ALL SELECT id FROM entities"
                " WHERE id IN (%s)",
                burst->scope, burst->scope);

        burst->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (unsigned i = 0; i < keys->len; i++)
                g_hash_table_add(burst->taken, g_strdup(keys->pdata[i]));
        burst->visible = world_list(burst->populace->world, sql);
}

static void burst_files(Burst *burst, const char *hidden)
{
        Populace *populace = burst->populace;
        g_autofree char *known = g_strdup_printf("%s/known3.md", populace->files);
        g_autofree char *copy = g_strdup_printf("%s/a-copy.md", hidden);
        g_autofree char *text = NULL;

        g_assert_cmpint(mkdir(hidden, 0700), ==, 0);
        for (unsigned i = 0; i < BURST_FILES; i++)
                write_file(populace, i % 2 ? hidden : populace->files, "more", i);
        g_assert_true(g_file_get_contents(known, &text, NULL, NULL));
        g_assert_true(g_file_set_contents(copy, text, -1, NULL));
        json_object_unref(world_call(populace->world, populace->world->human, "register_root",
                                     "{\"path\":\"%s\"}", hidden));
        world_ingest(populace->world, populace->service);
}

static char *quote_ids(char **ids)
{
        g_autofree char *list = g_strjoinv("','", ids);

        return g_strdup_printf("'%s'", list);
}

/* Code of entities outside, and of nobody. */
static void burst_code(Burst *burst)
{
        g_autofree char *sql = g_strdup_printf(
                "SELECT id FROM entities WHERE id NOT IN (%s) ORDER BY id LIMIT 12", burst->scope);
        g_autoptr(GPtrArray) outside = world_list(burst->populace->world, sql);

        build_code(burst->populace, outside, 5000);
        build_repository(burst->populace, 6000, NULL);
}

void populate_burst(Populace *populace, char **scope, const char *hidden)
{
        Burst burst = {.populace = populace, .scope = quote_ids(scope)};

        tick_set(TICK_BURST);
        burst.since = clock_now();
        burst_take_names(&burst);
        burst_files(&burst, hidden);
        burst_code(&burst);
        for (unsigned i = 0; i < BURST_CALLS; i++) {
                unsigned what = (unsigned)g_rand_int_range(populace->rand, 0, 20);

                tick_set(TICK_BURST + 1000 + i);
                if (i % 20 == 0)
                        burst_look(&burst);
                if (what < 11)
                        burst_claim(&burst);
                else if (what < 15)
                        burst_entity(&burst);
                else if (what < 18)
                        burst_pipeline(&burst);
                else if (what < 19 || i % 10 == 0)
                        burst_undo(&burst);
        }
        g_ptr_array_unref(burst.entities);
        g_ptr_array_unref(burst.visible);
        g_ptr_array_unref(burst.documents);
        g_ptr_array_unref(burst.hidden);
        g_hash_table_unref(burst.taken);
        g_free(burst.scope);
}
