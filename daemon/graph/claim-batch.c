/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batches of extractors. Claims name entities as the batch declares them: a declared name gives its type, and
 * one of its aliases stands for it, unless that alias is an entity's name already. What is wrong with one claim or
 * one entity is told of that one; only what is wrong with the call itself fails it. */
#include "graph/claim-batch.h"

#include <string.h>

#include "graph/claim-arguments.h"
#include "graph/discovered.h"

typedef struct ClaimBatch {
        Submission submission;
        ClaimTexts texts;
        Claim *claims;
        GHashTable *by_name; /* "key" and "key\ntype" of names and aliases → Declaration */
        char *reason;
} ClaimBatch;

static void claim_batch_clear(ClaimBatch *batch)
{
        for (unsigned i = 0; batch->submission.results && i < batch->submission.count; i++)
                claim_result_clear(&batch->submission.results[i]);
        for (unsigned i = 0; i < batch->submission.declared_count; i++)
                declaration_clear(&batch->submission.declared[i]);
        g_free(batch->submission.results);
        g_free(batch->submission.declared);
        g_free(batch->submission.group);
        g_free(batch->claims);
        g_free(batch->reason);
        g_clear_pointer(&batch->by_name, g_hash_table_unref);
        claim_texts_clear(&batch->texts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ClaimBatch, claim_batch_clear)

/* ---- entities ---- */

/* Enters a name under its key, and under key and type; what came first stays. */
static void enter_name(ClaimBatch *batch, const char *name, Declaration *declared)
{
        g_autofree char *key = text_key(name);
        g_autofree char *typed = g_strdup_printf("%s\n%s", key, declared->type ?: "");

        if (!g_hash_table_contains(batch->by_name, key))
                g_hash_table_insert(batch->by_name, g_steal_pointer(&key), declared);
        if (!g_hash_table_contains(batch->by_name, typed))
                g_hash_table_insert(batch->by_name, g_steal_pointer(&typed), declared);
}

static void read_aliases(ClaimBatch *batch, JsonObject *entity, Declaration *declared)
{
        g_auto(GStrv) aliases = args_strings(entity, "aliases");
        g_autoptr(JsonNode) node = NULL;
        unsigned count = aliases ? g_strv_length(aliases) : 0;

        if (count > DISCOVERED_ALIASES_MAX)
                g_set_error(&declared->error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%u aliases, more than %d (DISCOVERED_ALIASES_MAX)", count,
                            DISCOVERED_ALIASES_MAX);
        for (unsigned i = 0; i < count && !declared->error; i++) {
                EntityRef ref = {.name = aliases[i]};

                if (entity_ref_check(&ref, "alias", &declared->error))
                        enter_name(batch, aliases[i], declared);
        }
        if (declared->error || count == 0)
                return;
        node = json_node_copy(json_object_get_member(entity, "aliases"));
        declared->aliases = json_print_node(node);
}

static bool read_entities(ClaimBatch *batch, JsonObject *args, GError **error)
{
        JsonArray *entities = json_member_array(args, "entities");
        unsigned count = entities ? json_array_get_length(entities) : 0;

        if (count > GRAPH_BATCH_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%u entities at once, more than %d (GRAPH_BATCH_MAX)", count,
                            GRAPH_BATCH_MAX);
                return false;
        }
        batch->submission.declared = g_new0(Declaration, MAX(count, 1));
        batch->submission.declared_count = count;
        for (unsigned i = 0; i < count; i++) {
                JsonObject *entity = json_array_get_object_element(entities, i);
                Declaration *declared = &batch->submission.declared[i];
                EntityRef ref = {.name = args_string(entity, "name") ?: "",
                                 .type = args_string(entity, "type")};

                declared->name = ref.name;
                declared->type = ref.type;
                if (entity_ref_check(&ref, "entity", &declared->error))
                        enter_name(batch, ref.name, declared);
        }
        for (unsigned i = 0; i < count; i++) /* names go before aliases */
                if (!batch->submission.declared[i].error)
                        read_aliases(batch, json_array_get_object_element(entities, i),
                                     &batch->submission.declared[i]);
        return true;
}

/* ---- claims ---- */

/* What the batch declares under a name, of this type if one is given; NULL if nothing. */
static Declaration *find_declared(const ClaimBatch *batch, const char *name, const char *type)
{
        g_autofree char *key = NULL, *typed = NULL;
        Declaration *declared;

        if (!name || !g_hash_table_size(batch->by_name) || !g_utf8_validate(name, -1, NULL))
                return NULL;
        key = text_key(name);
        if (!type)
                return g_hash_table_lookup(batch->by_name, key);
        typed = g_strdup_printf("%s\n%s", key, type);
        declared = g_hash_table_lookup(batch->by_name, typed);
        if (declared)
                return declared;
        declared = g_hash_table_lookup(batch->by_name, key);
        return declared && !declared->type ? declared : NULL;
}

static bool is_alias(const Declaration *declared, const char *name)
{
        g_autofree char *own = text_key(declared->name), *key = text_key(name);

        return strcmp(own, key) != 0;
}

/* Is a name that of an entity, whatever the batch says? */
static bool is_known(Db *db, const char *name, const char *type)
{
        EntityRef ref = {.name = name, .type = type};
        g_autoptr(GError) problem = NULL;
        g_autoptr(Entity) entity = entity_find(db, /* scope= */ NULL, &ref, &problem);

        return entity || problem; /* a doubt is told of later */
}

typedef struct Naming {
        const char *name, *type, *aliases;
} Naming;

/* Replaces a name by what the batch declares it to be; NULL if it declares nothing of the name. */
static Declaration *apply_declared(const ClaimBatch *batch, Db *db, Naming *naming)
{
        Declaration *declared = find_declared(batch, naming->name, naming->type);

        if (!declared ||
            (is_alias(declared, naming->name) && is_known(db, naming->name, naming->type)))
                return NULL;
        naming->name = declared->name;
        naming->type = naming->type ?: declared->type;
        naming->aliases = declared->aliases;
        return declared;
}

static void apply_names(const ClaimBatch *batch, Db *db, Claim *claim)
{
        Naming subject = {claim->entity_name, claim->entity_type, NULL};
        Naming object = {claim->object, claim->object_type, NULL};
        Declaration *declared = apply_declared(batch, db, &subject);

        if (declared)
                declared->claimed++;
        claim->entity_name = subject.name;
        claim->entity_type = subject.type;
        claim->entity_aliases = subject.aliases;
        if (claim->object_form != OBJECT_AS_STRING || !claim->object)
                return;
        (void)apply_declared(batch, db, &object); /* of no account if it is not an entity */
        if (object.name != claim->object)
                claim->object_name = object.name;
        claim->object_type = object.type;
        claim->object_aliases = object.aliases;
}

static void read_claim(ClaimBatch *batch, JsonObject *object, unsigned i)
{
        Claim *claim = &batch->claims[i];
        const char *entity = args_string(object, "entity");
        bool by_id = entity && id_is_valid(entity, "ent");

        claim->document_id = batch->submission.document_id;
        claim->entity_id = by_id ? entity : args_string(object, "entity_id");
        claim->entity_name = by_id ? NULL : args_string(object, "entity_name") ?: entity;
        claim->entity_type = args_string(object, "entity_type");
        (void)claim_read(object, &batch->texts, claim,
                         &batch->submission.results[i].error); /* told of this claim */
}

static bool read_claims(ClaimBatch *batch, Db *db, JsonObject *args, GError **error)
{
        JsonArray *claims = json_member_array(args, "claims");
        unsigned count = claims ? json_array_get_length(claims) : 0;

        if (count > GRAPH_BATCH_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%u claims at once, more than %d (GRAPH_BATCH_MAX)", count,
                            GRAPH_BATCH_MAX);
                return false;
        }
        batch->claims = g_new0(Claim, MAX(count, 1));
        batch->submission.claims = batch->claims;
        batch->submission.results = g_new0(ClaimResult, MAX(count, 1));
        batch->submission.count = count;
        for (unsigned i = 0; i < count; i++) {
                read_claim(batch, json_array_get_object_element(claims, i), i);
                apply_names(batch, db, &batch->claims[i]);
        }
        return true;
}

/* ---- the call ---- */

static bool read_document(ClaimBatch *batch, JsonObject *args, GError **error)
{
        const char *one = args_string(args, "doc_id"), *other = args_string(args, "document_id");

        if (one && other && strcmp(one, other) != 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "doc_id and document_id are the same argument; give one");
                return false;
        }
        batch->submission.document_id = one ?: other;
        return args_check_id(args, "doc_id", "doc", error) &&
               args_check_id(args, "document_id", "doc", error);
}

/* The journal's reason: who extracted it, and why. */
static bool read_reason(ClaimBatch *batch, JsonObject *args, GError **error)
{
        const char *extractor = args_string(args, "extractor");
        const char *reason = args_string(args, "reason");

        if (extractor && !text_check("extractor", extractor, BATCH_EXTRACTOR_CHARS_MAX,
                                     "BATCH_EXTRACTOR_CHARS_MAX", error))
                return false;
        if (reason &&
            !text_check("reason", reason, CLAIM_REASON_CHARS_MAX - BATCH_EXTRACTOR_CHARS_MAX - 2,
                        "CLAIM_REASON_CHARS_MAX", error))
                return false;
        batch->reason = extractor && reason ? g_strdup_printf("%s: %s", extractor, reason)
                                            : g_strdup(extractor ?: reason);
        batch->submission.reason = batch->reason;
        return true;
}

static void set_error(JsonObject *object, const GError *problem)
{
        json_object_set_string_member(object, "code", error_row(error_code(problem))->name);
        json_object_set_string_member(object, "reason", problem->message);
}

static const char *status_of(const ClaimResult *result)
{
        if (result->error)
                return "dropped";
        if (!result->is_new)
                return "unchanged";
        return result->discovered_id ? "held" : "accepted";
}

static JsonArray *results_to_json(const Submission *submission, JsonObject *counts)
{
        JsonArray *array = json_array_new();

        for (unsigned i = 0; i < submission->count; i++) {
                const ClaimResult *result = &submission->results[i];
                const char *status = status_of(result);
                JsonObject *object = json_object_new();

                json_object_set_int_member(object, "index", i);
                json_object_set_string_member(object, "status", status);
                if (result->fact_id)
                        json_object_set_string_member(object, "fact_id", result->fact_id);
                if (result->discovered_id)
                        json_object_set_string_member(object, "discovered_id",
                                                      result->discovered_id);
                if (result->error)
                        set_error(object, result->error);
                json_array_add_object_element(array, object);
                json_object_set_int_member(counts, status, json_member_int(counts, status, 0) + 1);
        }
        return array;
}

/* A name that is too long is not given back whole. */
static char *shown_name(const char *name)
{
        g_autofree char *cut = NULL;

        if (g_utf8_strlen(name, -1) <= GRAPH_NAME_CHARS_MAX)
                return g_strdup(name);
        cut = g_utf8_substring(name, 0, GRAPH_NAME_CHARS_MAX);
        return g_strconcat(cut, "…", NULL);
}

static JsonArray *entities_to_json(const Submission *submission)
{
        JsonArray *array = json_array_new();

        for (unsigned i = 0; i < submission->declared_count; i++) {
                const Declaration *declared = &submission->declared[i];
                g_autofree char *name = shown_name(declared->name);
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "name", name);
                if (declared->entity_id)
                        json_object_set_string_member(object, "entity_id", declared->entity_id);
                if (declared->discovered_id)
                        json_object_set_string_member(object, "discovered_id",
                                                      declared->discovered_id);
                json_object_set_string_member(object, "status",
                                              declared->error       ? "dropped"
                                              : declared->entity_id ? "known"
                                              : declared->is_new    ? "queued"
                                                                    : "waiting");
                if (declared->error)
                        set_error(object, declared->error);
                json_array_add_object_element(array, object);
        }
        return array;
}

static JsonObject *batch_to_json(const Submission *submission)
{
        static const char *const statuses[] = {"accepted", "dropped", "unchanged", "held"};
        JsonObject *answer = json_object_new();

        for (unsigned i = 0; i < G_N_ELEMENTS(statuses); i++)
                json_object_set_int_member(answer, statuses[i], 0);
        json_object_set_array_member(answer, "results", results_to_json(submission, answer));
        json_object_set_array_member(answer, "entities", entities_to_json(submission));
        json_set_string(answer, "group_id", submission->changed ? submission->group : NULL);
        json_object_set_boolean_member(answer, "changed", submission->changed);
        return answer;
}

/* The handle is given back before the write: it would hold on to an old snapshot. */
static bool read_batch(ClaimBatch *batch, JsonObject *args, GError **error)
{
        g_autoptr(Db) db = store_reader(batch->submission.vault,
                                        access_scope(batch->submission.access), error);

        return db && read_document(batch, args, error) && read_reason(batch, args, error) &&
               read_entities(batch, args, error) && read_claims(batch, db, args, error);
}

JsonObject *claim_batch_submit(Store *vault, const Access *access, JsonObject *args, GError **error)
{
        g_auto(ClaimBatch) batch = {
                .submission = {.vault = vault,
                               .access = access,
                               .tier = "extracted",
                               .hold = true,
                               .lease_id = args_string(args, "lease_id"),
                               .complete = json_member_bool(args, "complete", false)},
        };

        claim_texts_init(&batch.texts);
        batch.by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        if (!read_batch(&batch, args, error) || !submission_run(&batch.submission, error))
                return NULL;
        return batch_to_json(&batch.submission);
}
