/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathering a briefing. Hot entities are those that recent observations are about, the human's counting most; those that
 * stand for documents only count if somebody else than the pipeline spoke of them. */
#include <string.h>

#include "tools/briefing.h"

#define RECENT_FACTS       200 /* looked at for what is hot */
#define RECENT_HUMAN_FACTS 100
#define HUMAN_WEIGHT       4
#define AGENT_WEIGHT       2
#define VALUES_SHOWN       3 /* of a contradiction */
#define SCOPE_NAMES_SHOWN  5
#define DATE_CHARS         10

typedef struct Briefing {
        const Tools *tools;
        const Access *access;
        const BriefingDepth *depth;
        JsonObject *answer;
        GHashTable *entities; /* id → JsonObject of get_entity */
} Briefing;

/* ---- asking ---- */

/* NULL without an error if the caller may not use the tool. args is taken. */
static JsonObject *ask(Briefing *briefing, const char *tool, JsonObject *args, GError **error)
{
        g_autoptr(JsonObject) given = args;
        g_autoptr(GError) problem = NULL;
        JsonObject *answer = tools_ask(briefing->tools, briefing->access, tool, given, &problem);

        if (problem && error_code(problem) != OUROBOROS_ERROR_DENIED)
                g_propagate_error(error, g_steal_pointer(&problem));
        return answer;
}

static JsonObject *with_limit(unsigned limit)
{
        JsonObject *args = json_object_new();

        json_object_set_int_member(args, "limit", MAX(limit, 1));
        return args;
}

/* ---- short values ---- */

static void set_short(Briefing *briefing, JsonObject *object, const char *name, const char *text)
{
        glong chars = text ? g_utf8_strlen(text, -1) : 0;

        if (chars <= (glong)briefing->depth->chars) {
                json_set_string(object, name, text);
                return;
        }
        g_autofree char *cut = g_utf8_substring(text, 0, briefing->depth->chars);
        g_autofree char *marked = g_strconcat(cut, "…", NULL);
        json_object_set_string_member(object, name, marked);
}

static void set_when(Briefing *briefing, JsonObject *object, const char *name, const char *time)
{
        g_autofree char *date = g_strndup(time ?: "", DATE_CHARS);

        json_object_set_string_member(object, name, briefing->depth->deep ? time ?: "" : date);
}

static const char *object_of(JsonObject *fact)
{
        return json_member_string(fact, "object_name", NULL)
                       ?: json_member_string(fact, "object", "");
}

static const char *subject_of(JsonObject *fact)
{
        return json_member_string(fact, "subject_id", NULL)
                       ?: json_member_string(fact, "entity_id", "");
}

/* What get_entity says, asked once; NULL if it is not to be seen. */
static JsonObject *entity_of(Briefing *briefing, const char *id)
{
        JsonObject *entity = g_hash_table_lookup(briefing->entities, id);
        JsonObject *args;

        if (entity || g_hash_table_contains(briefing->entities, id))
                return entity;
        args = json_object_new();
        json_object_set_string_member(args, "entity_id", id);
        entity = ask(briefing, "get_entity", args, /* error= */ NULL);
        g_hash_table_insert(briefing->entities, g_strdup(id), entity);
        return entity;
}

static const char *name_of(Briefing *briefing, const char *id)
{
        JsonObject *entity = entity_of(briefing, id);

        return entity ? json_member_string(entity, "name", id) : id;
}

/* ---- who is asking ---- */

static void add_scope(Briefing *briefing, JsonObject *caller)
{
        JsonArray *names = json_array_new();
        g_autoptr(JsonObject) some = access_scope(briefing->access)
                                             ? ask(briefing, "list_entities",
                                                   with_limit(SCOPE_NAMES_SHOWN), /* error= */ NULL)
                                             : NULL;
        JsonArray *rows = some ? json_member_array(some, "entities") : NULL;

        for (unsigned i = 0; rows && i < json_array_get_length(rows); i++)
                json_array_add_string_element(
                        names,
                        json_member_string(json_array_get_object_element(rows, i), "name", ""));
        json_object_set_array_member(caller, "scope", names);
}

static void add_caller(Briefing *briefing)
{
        const Actor *actor = access_actor(briefing->access);
        const Connection *connection = access_connection(briefing->access);
        const Terms *terms = connection ? connection_terms(connection) : NULL;
        JsonObject *caller = json_object_new();

        json_object_set_object_member(briefing->answer, "caller", caller);
        json_object_set_string_member(caller, "kind", actor_kind_to_string(actor->kind));
        set_short(briefing, caller, "name", actor->name);
        json_set_string(caller, "connection_short",
                        connection ? connection_short(connection) : NULL);
        json_set_string(caller, "profile", terms ? profile_to_string(terms->profile) : NULL);
        if (terms && terms->entities)
                json_object_set_int_member(caller, "scope_entities",
                                           g_strv_length((char **)terms->entities));
        else
                json_object_set_null_member(caller, "scope_entities");
        add_scope(briefing, caller);
}

/* ---- how far the documents are ---- */

static void copy_ints(JsonObject *from, JsonObject *to)
{
        static const char *const names[] = {"documents", "searchable", "indexed", "errors",
                                            "pending"};

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                json_object_set_int_member(to, names[i], json_member_int(from, names[i], 0));
}

static bool add_sync(Briefing *briefing, GError **error)
{
        GError *problem = NULL;
        g_autoptr(JsonObject) status = ask(briefing, "ingest_status", NULL, &problem);
        JsonObject *sync;

        if (problem) {
                g_propagate_error(error, problem);
                return false;
        }
        sync = json_object_new();
        json_object_set_object_member(briefing->answer, "sync_status", sync);
        if (!status) {
                json_object_set_string_member(sync, "state", "unknown");
                return true;
        }
        bool busy = json_member_bool(status, "busy", false) ||
                    json_member_int(status, "pending", 0) > 0;
        json_object_set_string_member(sync, "state", busy ? "syncing" : "synced");
        copy_ints(status, sync);
        JsonArray *roots = json_member_array(status, "roots");
        if (briefing->depth->deep && roots)
                json_object_set_array_member(briefing->answer, "roots", json_array_ref(roots));
        return true;
}

/* ---- what is hot ---- */

typedef struct Heat {
        char *id;
        double heat;
        unsigned recent;
        bool beyond_pipeline; /* an agent or the human spoke of it */
} Heat;

static void heat_free(void *data)
{
        Heat *heat = data;

        g_free(heat->id);
        g_free(heat);
}

static int hottest_first(const void *a, const void *b)
{
        const Heat *one = *(const Heat *const *)a, *two = *(const Heat *const *)b;

        if (one->heat != two->heat)
                return one->heat > two->heat ? -1 : 1;
        return strcmp(one->id, two->id);
}

static double weight_of(JsonObject *fact, unsigned age)
{
        const char *observer = json_member_string(fact, "observer", "");
        double weight = g_str_equal(observer, "human")        ? HUMAN_WEIGHT
                        : g_str_has_prefix(observer, "conn-") ? AGENT_WEIGHT
                                                              : 1;

        return weight * RECENT_FACTS / (RECENT_FACTS + age);
}

/* Facts come newest first; one that was counted before is not counted again. */
static void heat_up(GHashTable *heats, GHashTable *seen, JsonArray *facts)
{
        for (unsigned i = 0; facts && i < json_array_get_length(facts); i++) {
                JsonObject *fact = json_array_get_object_element(facts, i);
                const char *id = subject_of(fact);
                Heat *heat = g_hash_table_lookup(heats, id);

                if (!g_hash_table_add(seen, g_strdup(json_member_string(fact, "id", ""))))
                        continue;
                if (!heat) {
                        heat = g_new0(Heat, 1);
                        heat->id = g_strdup(id);
                        g_hash_table_insert(heats, heat->id, heat);
                }
                heat->heat += weight_of(fact, i);
                heat->recent++;
                if (!g_str_equal(json_member_string(fact, "observer", ""), "pipeline"))
                        heat->beyond_pipeline = true;
        }
}

static bool add_hot(Briefing *briefing, const Heat *heat, JsonArray *rows)
{
        JsonObject *entity = entity_of(briefing, heat->id);

        if (!entity || (json_object_has_member(entity, "document_id") && !heat->beyond_pipeline))
                return false;
        JsonObject *row = json_object_new();
        json_object_set_string_member(row, "id", json_member_string(entity, "id", heat->id));
        set_short(briefing, row, "name", json_member_string(entity, "name", ""));
        set_short(briefing, row, "type", json_member_string(entity, "type", ""));
        json_object_set_int_member(row, "facts", json_member_int(entity, "facts", 0));
        json_object_set_int_member(row, "recent", heat->recent);
        json_array_add_object_element(rows, row);
        return true;
}

static void add_hottest(Briefing *briefing, GHashTable *heats)
{
        g_autoptr(GPtrArray) sorted = g_ptr_array_new();
        JsonArray *rows = json_array_new();
        unsigned looked_at = 0;
        GHashTableIter iter;
        void *heat;

        g_hash_table_iter_init(&iter, heats);
        while (g_hash_table_iter_next(&iter, NULL, &heat))
                g_ptr_array_add(sorted, heat);
        g_ptr_array_sort(sorted, hottest_first);
        for (unsigned i = 0; i < sorted->len && looked_at < 4 * briefing->depth->entities &&
                             json_array_get_length(rows) < briefing->depth->entities;
             i++, looked_at++)
                add_hot(briefing, g_ptr_array_index(sorted, i), rows);
        json_object_set_array_member(briefing->answer, "hot_entities", rows);
}

static JsonObject *new_fact(Briefing *briefing, JsonObject *fact)
{
        JsonObject *row = json_object_new();

        json_object_set_string_member(row, "id", json_member_string(fact, "id", ""));
        set_short(briefing, row, "entity", name_of(briefing, subject_of(fact)));
        json_object_set_string_member(row, "predicate", json_member_string(fact, "predicate", ""));
        set_short(briefing, row, "object", object_of(fact));
        json_object_set_string_member(row, "tier", json_member_string(fact, "trust_tier", ""));
        set_when(briefing, row, "recorded_at", json_member_string(fact, "recorded_at", ""));
        return row;
}

static void add_recent_facts(Briefing *briefing, JsonArray *facts)
{
        JsonArray *rows = json_array_new();

        for (unsigned i = 0; facts && i < MIN(json_array_get_length(facts), briefing->depth->facts);
             i++)
                json_array_add_object_element(
                        rows, new_fact(briefing, json_array_get_object_element(facts, i)));
        json_object_set_array_member(briefing->answer, "recent_facts", rows);
}

static bool add_heat(Briefing *briefing, GError **error)
{
        g_autoptr(GHashTable) heats =
                g_hash_table_new_full(g_str_hash, g_str_equal, NULL, heat_free);
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        JsonObject *of_human = with_limit(RECENT_HUMAN_FACTS);
        GError *problem = NULL;

        json_object_set_string_member(of_human, "trust_tier", "human");
        g_autoptr(JsonObject) human = ask(briefing, "query_knowledge", of_human, &problem);
        g_autoptr(JsonObject) all =
                problem ? NULL
                        : ask(briefing, "query_knowledge", with_limit(RECENT_FACTS), &problem);
        if (problem) {
                g_propagate_error(error, problem);
                return false;
        }
        JsonArray *newest = all ? json_member_array(all, "knowledge_facts") : NULL;
        heat_up(heats, seen, newest);
        heat_up(heats, seen, human ? json_member_array(human, "knowledge_facts") : NULL);
        add_hottest(briefing, heats);
        if (briefing->depth->deep)
                add_recent_facts(briefing, newest);
        return true;
}

/* ---- what the human corrected ---- */

static JsonObject *new_correction(Briefing *briefing, JsonObject *was, JsonObject *is)
{
        JsonObject *row = json_object_new();

        set_short(briefing, row, "entity", name_of(briefing, subject_of(is)));
        json_object_set_string_member(row, "predicate", json_member_string(is, "predicate", ""));
        set_short(briefing, row, "was", object_of(was));
        set_short(briefing, row, "is", object_of(is));
        set_when(briefing, row, "at", json_member_string(is, "recorded_at", ""));
        if (briefing->depth->deep)
                json_object_set_string_member(row, "fact_id", json_member_string(is, "id", ""));
        return row;
}

static bool add_corrections(Briefing *briefing, GError **error)
{
        JsonObject *args = with_limit(briefing->depth->corrections);
        JsonArray *corrections = json_array_new();
        GError *problem = NULL;

        json_object_set_string_member(args, "order", "recent");
        json_object_set_boolean_member(args, "by_human", TRUE);
        g_autoptr(JsonObject) page = ask(briefing, "list_contradicted_facts", args, &problem);
        JsonArray *rows = page ? json_member_array(page, "contradicted_facts") : NULL;
        for (unsigned i = 0; rows && i < json_array_get_length(rows); i++) {
                JsonObject *row = json_array_get_object_element(rows, i);
                JsonObject *was = json_member_object(row, "fact");
                JsonObject *is = json_member_object(row, "superseded_by");

                if (was && is)
                        json_array_add_object_element(corrections,
                                                      new_correction(briefing, was, is));
        }
        json_object_set_array_member(briefing->answer, "recent_corrections", corrections);
        if (problem)
                g_propagate_error(error, problem);
        return problem == NULL;
}

/* ---- what is open ---- */

static void set_total(JsonObject *open, const char *name, JsonObject *page, const char *rows)
{
        JsonArray *array = page ? json_member_array(page, rows) : NULL;

        json_object_set_int_member(
                open, name,
                page ? json_member_int(page, "total", array ? json_array_get_length(array) : 0)
                     : 0);
}

static JsonObject *new_contradiction(Briefing *briefing, JsonObject *contradiction)
{
        JsonArray *observations = json_member_array(contradiction, "observations");
        JsonObject *row = json_object_new();
        JsonArray *says = json_array_new();

        set_short(briefing, row, "entity", json_member_string(contradiction, "entity", ""));
        json_object_set_string_member(row, "entity_id",
                                      json_member_string(contradiction, "entity_id", ""));
        json_object_set_string_member(row, "predicate",
                                      json_member_string(contradiction, "predicate", ""));
        for (unsigned i = 0;
             observations && i < MIN(json_array_get_length(observations), VALUES_SHOWN); i++) {
                g_autoptr(JsonObject) holder = json_object_new();

                set_short(briefing, holder, "value",
                          object_of(json_array_get_object_element(observations, i)));
                json_array_add_string_element(says, json_member_string(holder, "value", ""));
        }
        json_object_set_array_member(row, "says", says);
        return row;
}

static bool add_contradictions(Briefing *briefing, JsonObject *open, GError **error)
{
        GError *problem = NULL;
        g_autoptr(JsonObject) page = ask(briefing, "find_contradictions",
                                         with_limit(briefing->depth->contradictions), &problem);
        JsonArray *rows = page ? json_member_array(page, "contradictions") : NULL;
        JsonArray *shown = json_array_new();

        for (unsigned i = 0; rows && i < json_array_get_length(rows); i++)
                json_array_add_object_element(
                        shown, new_contradiction(briefing, json_array_get_object_element(rows, i)));
        set_total(open, "contradictions", page, "contradictions");
        json_object_set_array_member(open, "contradicted", shown);
        if (problem)
                g_propagate_error(error, problem);
        return problem == NULL;
}

static bool add_discovered(Briefing *briefing, JsonObject *open, GError **error)
{
        GError *problem = NULL;
        g_autoptr(JsonObject) page =
                ask(briefing, "list_discovered", with_limit(briefing->depth->discovered), &problem);
        JsonArray *rows = page ? json_member_array(page, "discovered") : NULL;
        JsonArray *names = json_array_new();
        int64_t held = 0;

        for (unsigned i = 0; rows && i < json_array_get_length(rows); i++) {
                JsonObject *row = json_array_get_object_element(rows, i);
                g_autoptr(JsonObject) holder = json_object_new();

                set_short(briefing, holder, "name", json_member_string(row, "name", ""));
                json_array_add_string_element(names, json_member_string(holder, "name", ""));
                held += json_member_int(row, "waiting_claims", 0);
        }
        set_total(open, "discovered", page, "discovered");
        json_object_set_array_member(open, "discovered_names", names);
        json_object_set_int_member(open, "held_claims", held);
        if (problem)
                g_propagate_error(error, problem);
        return problem == NULL;
}

/* Windows that wait to be mined: documents, at most as many as one page names. */
static bool add_mining(Briefing *briefing, JsonObject *open, GError **error)
{
        JsonObject *args = with_limit(briefing->depth->deep ? 500 : 50);
        GError *problem = NULL;

        json_object_set_string_member(args, "state", "queued");
        g_autoptr(JsonObject) jobs = ask(briefing, "list_mining", args, &problem);
        set_total(open, "mining_queued", jobs, "jobs");
        g_autoptr(JsonObject) links =
                problem ? NULL : ask(briefing, "list_autolinks", with_limit(1), &problem);
        set_total(open, "autolinks", links, "links");
        if (problem)
                g_propagate_error(error, problem);
        return problem == NULL;
}

static bool add_open(Briefing *briefing, GError **error)
{
        JsonObject *open = json_object_new();

        json_object_set_object_member(briefing->answer, "open_questions", open);
        return add_contradictions(briefing, open, error) && add_discovered(briefing, open, error) &&
               add_mining(briefing, open, error);
}

/* ---- what code there is ---- */

#define HEAD_CHARS 10 /* of a commit */

static JsonObject *new_repository(Briefing *briefing, JsonObject *repository)
{
        g_autofree char *head = g_strndup(json_member_string(repository, "head", ""), HEAD_CHARS);
        JsonObject *languages = json_member_object(repository, "modules_by_language");
        const char *synced = json_member_string(repository, "synced_at", NULL);
        JsonObject *row = json_object_new();

        set_short(briefing, row, "name", json_member_string(repository, "name", ""));
        if (briefing->depth->deep)
                json_object_set_string_member(row, "repository_id",
                                              json_member_string(repository, "repository_id", ""));
        json_object_set_object_member(row, "modules",
                                      languages ? json_object_ref(languages) : json_object_new());
        json_object_set_int_member(row, "symbols", json_member_int(repository, "symbols", 0));
        set_short(briefing, row, "branch", json_member_string(repository, "branch", NULL));
        json_set_string(row, "head", *head ? head : NULL);
        json_object_set_string_member(row, "state", json_member_string(repository, "state", ""));
        json_object_set_null_member(row, "synced_at");
        if (synced)
                set_when(briefing, row, "synced_at", synced);
        return row;
}

static bool add_repositories(Briefing *briefing, GError **error)
{
        GError *problem = NULL;
        bool known = tools_find(briefing->tools, "list_repositories") != NULL;
        g_autoptr(JsonObject) page =
                known ? ask(briefing, "list_repositories",
                            with_limit(briefing->depth->repositories), &problem)
                      : NULL;
        JsonArray *repositories = page ? json_member_array(page, "repositories") : NULL;
        JsonArray *rows = json_array_new();

        for (unsigned i = 0; repositories && i < json_array_get_length(repositories); i++)
                json_array_add_object_element(
                        rows,
                        new_repository(briefing, json_array_get_object_element(repositories, i)));
        json_object_set_array_member(briefing->answer, "repositories", rows);
        if (problem)
                g_propagate_error(error, problem);
        return problem == NULL;
}

/* ---- what to call next ---- */

static void add_call(Briefing *briefing, JsonArray *calls, const char *tool, const char *why)
{
        const char *end = strpbrk(tool, "( ");
        g_autofree char *name = end ? g_strndup(tool, (gsize)(end - tool)) : g_strdup(tool);
        const Tool *known = tools_find(briefing->tools, name);

        if (!known || !access_allows(briefing->access, known) ||
            json_array_get_length(calls) >= briefing->depth->calls)
                return;
        JsonObject *call = json_object_new();
        json_object_set_string_member(call, "call", tool);
        json_object_set_string_member(call, "why", why);
        json_array_add_object_element(calls, call);
}

static void add_calls(Briefing *briefing)
{
        JsonObject *open = json_object_get_object_member(briefing->answer, "open_questions");
        JsonArray *hot = json_object_get_array_member(briefing->answer, "hot_entities");
        JsonArray *code = json_object_get_array_member(briefing->answer, "repositories");
        JsonArray *calls = json_array_new();

        json_object_set_array_member(briefing->answer, "next_calls", calls);
        if (json_object_get_int_member(briefing->answer, "unread") > 0)
                add_call(briefing, calls, "read_answers", "the human answered");
        if (json_array_get_length(hot) > 0) {
                g_autofree char *call = g_strdup_printf(
                        "query_knowledge({entity_id: \"%s\"})",
                        json_member_string(json_array_get_object_element(hot, 0), "id", ""));
                add_call(briefing, calls, call, "what is known of the hottest entity");
        }
        add_call(briefing, calls, "search_documents({query})", "what documents say");
        if (json_array_get_length(code) > 0)
                add_call(briefing, calls, "query_codebase({kind: \"callers\", name})",
                         "who calls what in the code");
        if (json_member_int(open, "contradictions", 0) > 0)
                add_call(briefing, calls, "find_contradictions", "observations disagree");
        if (json_member_int(open, "mining_queued", 0) > 0)
                add_call(briefing, calls,
                         access_can_ask(briefing->access, ASK_MODEL) ? "mine_document"
                                                                     : "get_document_for_mining",
                         "documents wait to be mined");
        add_call(briefing, calls, "remember_fact", "record what you learn");
        add_call(briefing, calls, "execute_code({code})", "many calls in one");
        add_call(briefing, calls, "list_available_tools", "everything else");
}

static void add_unread(Briefing *briefing)
{
        const Connection *connection = access_connection(briefing->access);
        Gate *gate = briefing->tools->gate;

        json_object_set_int_member(briefing->answer, "unread",
                                   connection && gate ? gate_unread(gate, connection_id(connection))
                                                      : 0);
}

static void unref_entity(void *entity)
{
        if (entity)
                json_object_unref(entity);
}

JsonObject *briefing_gather(const Tools *tools, const Access *access, const BriefingDepth *depth,
                            GError **error)
{
        g_autoptr(JsonObject) answer = json_object_new();
        g_autoptr(GHashTable) entities =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_entity);
        Briefing briefing = {tools, access, depth, answer, entities};

        add_caller(&briefing);
        if (!add_sync(&briefing, error) || !add_heat(&briefing, error) ||
            !add_corrections(&briefing, error) || !add_open(&briefing, error) ||
            !add_repositories(&briefing, error))
                return NULL;
        add_unread(&briefing);
        add_calls(&briefing);
        return g_steal_pointer(&answer);
}
