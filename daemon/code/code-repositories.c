/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repositories as tools. A person adds and removes them; an agent asks for one, and the person decides. */
#include "code/code-room.h"
#include "code/repository.h"

/* ---- adding ---- */

/* What the members of a call, or of what an agent asked for, say. */
typedef struct Wish {
        RepositoryRequest request;
        char **languages, **include, **exclude;
        bool skip_generated, include_vendored;
} Wish;

static void wish_clear(Wish *wish)
{
        g_strfreev(wish->languages);
        g_strfreev(wish->include);
        g_strfreev(wish->exclude);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wish, wish_clear)

static const bool *read_flag(JsonObject *args, const char *name, bool *place)
{
        *place = json_member_bool(args, name, false);
        return json_object_has_member(args, name) ? place : NULL;
}

static void read_wish(const Code *code, JsonObject *args, Wish *wish)
{
        wish->languages = args_strings(args, "languages");
        wish->include = args_strings(args, "include");
        wish->exclude = args_strings(args, "exclude");
        wish->request = (RepositoryRequest){
                .path = json_member_string(args, "path", ""),
                .name = args_string(args, "name"),
                .entity_id = args_string(args, "entity_id"),
                .languages = (const char *const *)wish->languages,
                .include = (const char *const *)wish->include,
                .exclude = (const char *const *)wish->exclude,
                .skip_generated = read_flag(args, "skip_generated", &wish->skip_generated),
                .include_vendored = read_flag(args, "include_vendored", &wish->include_vendored),
                .private_folders = (const char *const *)code->private_folders,
        };
}

static JsonObject *answer_added(const char *state, const char *repository_id,
                                const char *approval_id)
{
        JsonObject *answer = json_object_new();

        json_object_set_string_member(answer, "state", state);
        json_set_string(answer, "repository_id", repository_id);
        json_set_string(answer, "approval_id", approval_id);
        return answer;
}

JsonObject *code_approve_repository(Db *db, const Approval *approval, JsonObject *payload,
                                    void *data, GError **error)
{
        Code *code = data;
        g_autoptr(Access) human = access_new_human("approval", NULL);
        g_auto(Wish) wish = {0};

        read_wish(code, payload, &wish);
        wish.request.added_by = approval->connection;
        g_autofree char *id = repository_add(code->vault, human, &wish.request, error);
        if (!id)
                return NULL;
        code_post_reload(code);
        JsonObject *decision = json_object_new();
        json_object_set_string_member(decision, "repository_id", id);
        return decision;
}

/* ---- an agent asks ---- */

static JsonObject *answer_of(const Approval *approval)
{
        static const char *const states[] = {
                [APPROVAL_PENDING] = "asked",
                [APPROVAL_APPROVED] = "added",
                [APPROVAL_DENIED] = "declined",
                [APPROVAL_WITHDRAWN] = "withdrawn",
        };
        const char *id = approval->decision
                                 ? json_member_string(approval->decision, "repository_id", NULL)
                                 : NULL;

        return answer_added(states[approval->state], id, approval->id);
}

/* What became of what this agent asked for, after a while. */
static JsonObject *wait_for(Code *code, const Access *access, const char *id, int64_t wait_ms,
                            GError **error)
{
        g_autoptr(Approval) approval = gate_approval(code->gate, id, error);

        if (!approval)
                return NULL;
        if (!g_str_equal(approval->kind, "repository") ||
            g_strcmp0(approval->connection, access_actor(access)->connection) != 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "There is no approval %s", id);
                return NULL;
        }
        if (approval->state != APPROVAL_PENDING || wait_ms == 0 || access_note(access) ||
            !access_can_wait(access)) {
                if (approval->state != APPROVAL_PENDING)
                        (void)gate_mark_read(code->gate, id, NULL);
                return answer_of(approval);
        }
        access_await(access, id, wait_ms * 1000);
        access_pause(access, id, error);
        return NULL;
}

static char *ask(Code *code, const Access *access, JsonObject *args, GError **error)
{
        g_autoptr(JsonObject) payload = json_copy_object(args);
        const char *path = json_member_string(args, "path", "");
        g_autofree char *begin = g_utf8_substring(path, 0, MIN(g_utf8_strlen(path, -1), 200));
        g_autofree char *title = g_strdup_printf("Read the source code in %s", begin);
        Approval request = {.kind = (char *)"repository", .title = title, .payload = payload};

        if (json_object_has_member(payload, "wait_ms"))
                json_object_remove_member(payload, "wait_ms");
        return gate_request(code->gate, access, &request, error);
}

/* A connection that sees only some entities may not point the daemon at folders. Whether the folder is there, an agent is
 * not told before a person has said yes. */
static JsonObject *ask_human(Code *code, const Access *access, JsonObject *args, GError **error)
{
        const char *note = access_note(access);
        g_autofree char *id = NULL;

        if (access_scope(access)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                                    "a connection whose scope is limited cannot add repositories");
                return NULL;
        }
        id = note && id_is_valid(note, "appr") ? g_strdup(note) : ask(code, access, args, error);
        return id ? wait_for(code, access, id, json_member_int(args, "wait_ms", 0), error) : NULL;
}

static JsonObject *add_repository(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        Code *code = room;
        g_auto(Wish) wish = {0};

        if (!args_check_id(args, "entity_id", "ent", error))
                return NULL;
        if (access_actor(access)->kind == ACTOR_AGENT)
                return ask_human(code, access, args, error);
        read_wish(code, args, &wish);
        g_autofree char *id = repository_add(code->vault, access, &wish.request, error);
        if (!id)
                return NULL;
        code_post_reload(code);
        return answer_added("added", id, NULL);
}

/* ---- removing, reading again ---- */

static char *find(Code *code, const Access *access, JsonObject *args, GError **error)
{
        g_autoptr(Db) db = store_reader(code->vault, access_scope(access), error);

        return db ? repository_find(db, json_member_string(args, "repository", ""), error) : NULL;
}

static JsonObject *remove_repository(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        Code *code = room;
        g_autofree char *id = find(code, access, args, error);

        if (!id || !repository_remove(code->vault, access, id, error))
                return NULL;
        code_post_reload(code);
        JsonObject *answer = json_object_new();
        json_set_string(answer, "repository_id", id);
        return answer;
}

static JsonObject *sync_repository(void *room, const Access *access, JsonObject *args,
                                   GError **error)
{
        Code *code = room;
        bool all = !json_object_has_member(args, "repository");
        g_autofree char *id = all ? NULL : find(code, access, args, error);

        if (!all && !id)
                return NULL;
        if (all && access_scope(access)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                                    "a connection whose scope is limited names the repository");
                return NULL;
        }
        code_post_sync(code, id);
        JsonObject *answer = json_object_new();
        json_object_set_boolean_member(answer, "started", TRUE);
        return answer;
}

/* ---- listing ---- */

#define REPOSITORIES                                                                                \
        "SELECT r.id, r.name, r.path, r.entity_id, r.languages, r.include, r.exclude,"              \
        " r.skip_generated, r.include_vendored, r.added_by, r.added_at,"                            \
        " coalesce(s.state, 'waiting'), s.branch, s.head, coalesce(s.files_left, 0), s.submodules," \
        " s.synced_at, s.error, s.reason, s.number FROM code_repositories r"                        \
        " LEFT JOIN code_states s ON s.repository_id = r.id"                                        \
        " WHERE r.is_active = 1 AND r.id > :after ORDER BY r.id LIMIT :limit"

static void set_json(JsonObject *object, const char *name, const char *json)
{
        g_auto(GStrv) strings = json_parse_strings(json);
        JsonArray *array = json_array_new();

        for (char **string = strings; *string; string++)
                json_array_add_string_element(array, *string);
        json_object_set_array_member(object, name, array);
}

static void set_time_or_null(JsonObject *object, const char *name, Statement *row, int column)
{
        if (statement_is_null(row, column))
                json_object_set_null_member(object, name);
        else
                json_set_time(object, name, statement_int(row, column));
}

static JsonObject *repository_row(Statement *row)
{
        JsonObject *object = json_object_new();

        json_set_string(object, "repository_id", statement_text(row, 0));
        json_set_string(object, "name", statement_text(row, 1));
        json_set_string(object, "path", statement_text(row, 2));
        json_set_string(object, "entity_id", statement_text(row, 3));
        set_json(object, "languages", statement_text(row, 4));
        set_json(object, "include", statement_text(row, 5));
        set_json(object, "exclude", statement_text(row, 6));
        json_object_set_boolean_member(object, "skip_generated", statement_int(row, 7) != 0);
        json_object_set_boolean_member(object, "include_vendored", statement_int(row, 8) != 0);
        json_set_string(object, "added_by", statement_text(row, 9));
        json_set_time(object, "added_at", statement_int(row, 10));
        json_set_string(object, "state", statement_text(row, 11));
        json_set_string(object, "branch", statement_text(row, 12));
        json_set_string(object, "head", statement_text(row, 13));
        json_object_set_int_member(object, "files_left", statement_int(row, 14));
        set_json(object, "submodules", statement_text(row, 15));
        set_time_or_null(object, "synced_at", row, 16);
        json_set_string(object, "error", statement_text(row, 17));
        json_set_string(object, "reason", statement_text(row, 18));
        return object;
}

/* A manifest is no module; one that cannot be read is an error. */
static bool add_counts(Db *db, int64_t number, JsonObject *object, GError **error)
{
        static const char *const names[] = {"modules", "lines", "symbols", "edges", "errors"};
        int64_t counts[G_N_ELEMENTS(names)] = {0};
        JsonObject *languages = json_object_new();
        StepResult step;

        json_object_set_object_member(object, "modules_by_language", languages);
        Statement *row = db_statement(db,
                                      "SELECT language, count(*), sum(lines), sum(symbols),"
                                      " sum(edges), sum(error IS NOT NULL) FROM code_modules"
                                      " WHERE repository = :number GROUP BY language",
                                      error);
        if (!row)
                return false;
        statement_bind_int(row, ":number", number);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                bool manifest = g_str_equal(statement_text(row, 0), "manifest");

                if (!manifest)
                        json_object_set_int_member(languages, statement_text(row, 0),
                                                   statement_int(row, 1));
                for (int i = manifest ? 2 : 0; i < (int)G_N_ELEMENTS(names); i++)
                        counts[i] += statement_int(row, 1 + i);
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                json_object_set_int_member(object, names[i], counts[i]);
        return step == STEP_DONE;
}

static bool read_repositories(Db *db, const char *after, unsigned limit, JsonArray *rows,
                              GError **error)
{
        Statement *row = db_statement(db, REPOSITORIES, error);
        StepResult step;

        if (!row)
                return false;
        statement_bind_text(row, ":after", after);
        statement_bind_int(row, ":limit", (int64_t)limit + 1);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                JsonObject *object = repository_row(row);

                json_array_add_object_element(rows, object);
                if (!add_counts(db, statement_int(row, 19), object, error))
                        return false;
        }
        return step == STEP_DONE;
}

static JsonObject *list_repositories(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        Code *code = room;
        g_autofree char *after =
                cursor_key("repositories", NULL, args_string(args, "after"), error);
        g_autoptr(JsonArray) rows = json_array_new();
        unsigned limit;

        if (!after ||
            !args_limit(args, REPOSITORIES_PAGE_MAX, "REPOSITORIES_PAGE_MAX", &limit, error))
                return NULL;
        g_autoptr(Db) db = store_reader(code->vault, access_scope(access), error);
        if (!db || !read_repositories(db, after, limit, rows, error))
                return NULL;
        g_autofree char *next = NULL;
        if (json_array_get_length(rows) > limit) {
                json_array_remove_element(rows, limit);
                JsonObject *last = json_array_get_object_element(rows, limit - 1);
                next = cursor_new("repositories", NULL,
                                  json_member_string(last, "repository_id", ""));
        }
        JsonObject *answer = json_object_new();
        json_object_set_array_member(answer, "repositories", g_steal_pointer(&rows));
        json_set_string(answer, "next", next);
        return answer;
}

const Tool repository_tools[] = {
        {"add_repository", TOOL_WRITE, TOOL_CHEAP, add_repository},
        {"remove_repository", TOOL_HUMAN, TOOL_CHEAP, remove_repository, .action = "write"},
        {"sync_repository", TOOL_WRITE, TOOL_CHEAP, sync_repository},
        {"list_repositories", TOOL_READ, TOOL_CHEAP, list_repositories},
        {NULL},
};
