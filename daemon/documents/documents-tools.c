/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools of this room: arguments in, rows out. */
#include "documents/documents-room.h"

#define LIST_DEFAULT       50
#define LIST_MAX           500
#define TEXT_CHARS_DEFAULT 20000  /* one piece of a text when char_end is not given */
#define TEXT_CHARS_MAX     200000 /* longest piece */

static bool check_id(const char *id, const char *prefix, GError **error)
{
        if (id_is_valid(id, prefix))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                    "\"%.64s\" is no %s id (%s-…)", id,
                    g_str_equal(prefix, "doc") ? "document" : "root", prefix);
        return false;
}

/* A connection that sees only some entities may not point the daemon at folders. */
static bool check_unscoped(const Access *access, GError **error)
{
        if (!access_scope(access))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "a connection whose scope is limited cannot change roots");
        return false;
}

static JsonObject *register_root(void *room, const Access *access, JsonObject *args, GError **error)
{
        Documents *documents = room;
        g_auto(GStrv) features = args_strings(args, "features");
        g_auto(GStrv) include = args_strings(args, "include");
        g_auto(GStrv) exclude = args_strings(args, "exclude");
        RootRequest request = {.path = json_member_string(args, "path", ""),
                               .profile = json_member_string(args, "profile", NULL),
                               .features = (const char *const *)features,
                               .include = (const char *const *)include,
                               .exclude = (const char *const *)exclude,
                               .max_file_bytes = json_member_int(args, "max_file_bytes", 0),
                               .default_file_bytes = documents->max_file_bytes,
                               .private_folders = (const char *const *)documents->private_folders};
        RootRegistered registered;
        if (!check_unscoped(access, error) ||
            !root_register(documents->vault, access, &request, &registered, error))
                return NULL;
        documents_post_reload(documents);
        JsonObject *answer = json_object_new();
        json_set_string(answer, "root_id", registered.id);
        json_set_string(answer, "path", registered.path);
        g_free(registered.id);
        g_free(registered.path);
        return answer;
}

static JsonObject *remove_root(void *room, const Access *access, JsonObject *args, GError **error)
{
        Documents *documents = room;
        const char *id = json_member_string(args, "root_id", "");
        if (!check_unscoped(access, error) || !check_id(id, "root", error) ||
            !root_remove(documents->vault, access, id, error))
                return NULL;
        JsonObject *answer = json_object_new();
        json_set_string(answer, "root_id", id);
        return answer;
}

static JsonObject *list_roots(void *room, const Access *access, JsonObject *args, GError **error)
{
        Documents *documents = room;
        g_autoptr(Db) db = store_reader(documents->vault, access_scope(access), error);
        JsonArray *roots = db ? listing_roots(db, error) : NULL;
        if (!roots)
                return NULL;
        JsonObject *answer = json_object_new();
        json_object_set_array_member(answer, "roots", roots);
        return answer;
}

static bool root_exists(Db *db, const char *id, GError **error)
{
        Statement *query =
                db_statement(db, "SELECT 1 FROM roots WHERE id = :id AND is_active = 1", error);
        if (!query)
                return false;
        statement_bind_text(query, ":id", id);
        StepResult step = statement_step(query, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no root \"%s\"", id);
        return step == STEP_ROW;
}

static JsonObject *rescan_root(void *room, const Access *access, JsonObject *args, GError **error)
{
        Documents *documents = room;
        const char *id = json_member_string(args, "root_id", NULL);
        g_autoptr(Db) db = store_reader(documents->vault, access_scope(access), error);
        if (!db || (id && (!check_id(id, "root", error) || !root_exists(db, id, error))))
                return NULL;
        documents_post_rescan(documents, id);
        JsonObject *answer = json_object_new();
        json_object_set_boolean_member(answer, "started", true);
        return answer;
}

static JsonObject *ingest_status(void *room, const Access *access, JsonObject *args, GError **error)
{
        Documents *documents = room;
        DocumentCounts counts;
        bool busy = documents_is_busy(
                documents); /* before the counts: what ends in between is in them */
        unsigned scans = documents_scans(documents);
        g_autoptr(Db) db = store_reader(documents->vault, access_scope(access), error);
        if (!db || !listing_counts(db, NULL, &counts, error))
                return NULL;
        if (access_scope(access)) { /* with whose files is not told */
                busy = false;
                scans = 0;
        }
        counts.pending += scans;
        JsonArray *roots = listing_roots(db, error);
        if (!roots)
                return NULL;
        JsonObject *answer = json_object_new();
        listing_counts_to_json(&counts, answer);
        json_object_set_boolean_member(answer, "busy", busy);
        json_object_set_array_member(answer, "roots", roots);
        return answer;
}

/* ---- documents ---- */

/* Splits "root path", the key of a cursor. */
static bool filter_start(DocumentFilter *filter, char *key, GError **error)
{
        char *space = strchr(key, ' ');
        filter->after_root = filter->after_path = "";
        if (!*key)
                return true;
        if (!space) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                            "after: the cursor is damaged");
                return false;
        }
        *space = 0;
        filter->after_root = key;
        filter->after_path = space + 1;
        return true;
}

static char *last_key(JsonArray *rows)
{
        JsonObject *last = json_array_get_object_element(rows, json_array_get_length(rows) - 1);
        return g_strdup_printf("%s %s", json_object_get_string_member(last, "root_id"),
                               json_object_get_string_member(last, "path"));
}

static JsonObject *list_documents(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        Documents *documents = room;
        DocumentFilter filter = {
                .root_id = json_member_string(args, "root_id", NULL),
                .state = json_member_string(args, "state", NULL),
                .matching = json_member_string(args, "matching", NULL),
                .errors_only = json_member_bool(args, "errors_only", false),
                .limit =
                        (unsigned)CLAMP(json_member_int(args, "limit", LIST_DEFAULT), 1, LIST_MAX)};
        g_autofree char *query =
                g_strdup_printf("%s %s %d %s", filter.root_id ?: "", filter.state ?: "",
                                filter.errors_only, filter.matching ?: "");
        g_autofree char *key =
                cursor_key("documents", query, json_member_string(args, "after", NULL), error);
        g_autoptr(Db) db = key ? store_reader(documents->vault, access_scope(access), error) : NULL;
        if (!db || !filter_start(&filter, key, error))
                return NULL;
        if (filter.root_id &&
            (!check_id(filter.root_id, "root", error) || !root_exists(db, filter.root_id, error)))
                return NULL;
        g_autoptr(JsonArray) rows = json_array_new();
        bool more;
        if (!listing_documents(db, &filter, rows, &more, error))
                return NULL;
        g_autofree char *last = more ? last_key(rows) : NULL;
        g_autofree char *next = last ? cursor_new("documents", query, last) : NULL;
        JsonObject *answer = json_object_new();
        json_object_set_array_member(answer, "documents", g_steal_pointer(&rows));
        json_set_string(answer, "next", next);
        return answer;
}

static JsonObject *get_document(void *room, const Access *access, JsonObject *args, GError **error)
{
        Documents *documents = room;
        const char *id = json_member_string(args, "document_id", "");
        g_autoptr(Db) db = store_reader(documents->vault, access_scope(access), error);
        return db && check_id(id, "doc", error) ? listing_document(db, id, error) : NULL;
}

/* ---- text ---- */

/* Why a document has no text, in words. */
static void set_no_text(Db *db, const char *id, GError **error)
{
        g_autoptr(JsonObject) document = listing_document(db, id, error);
        if (!document)
                return;
        const char *reason = json_member_string(document, "reason", NULL);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                    "document %s has no text: %s", id,
                    reason ? reason : "it has not been read yet");
}

static Statement *text_row(Db *db, const char *id, GError **error)
{
        Statement *query =
                db_statement(db,
                             "SELECT t.text, t.chars, t.map FROM documents d"
                             " JOIN document_text t ON t.sha256 = d.sha256 WHERE d.id = :id",
                             error);
        if (!query)
                return NULL;
        statement_bind_text(query, ":id", id);
        StepResult step = statement_step(query, error);
        if (step == STEP_DONE)
                set_no_text(db, id, error);
        return step == STEP_ROW ? query : NULL;
}

static bool check_range(int64_t start, int64_t *end, int64_t chars, GError **error)
{
        if (start > chars || (*end && *end < start)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "char_start to char_end must lie within the text's %" G_GINT64_FORMAT
                            " characters",
                            chars);
                return false;
        }
        if (*end && MIN(*end, chars) - start > TEXT_CHARS_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "at most TEXT_CHARS_MAX = %d characters at once", TEXT_CHARS_MAX);
                return false;
        }
        *end = MIN(*end ? *end : start + TEXT_CHARS_DEFAULT, chars);
        return true;
}

static JsonObject *text_answer(Statement *row, int64_t start, int64_t end)
{
        const char *text = statement_text(row, 0);
        int64_t chars = statement_int(row, 1);
        size_t length = strlen(text), map_size;
        const void *map = statement_blob(row, 2, &map_size);
        TextPlace place = textmap_find(map, map_size, start);
        size_t from = text_bytes(text, length, (size_t)start);
        size_t bytes = text_bytes(text + from, length - from, (size_t)(end - start));
        g_autofree char *piece = g_strndup(text + from, bytes);
        JsonObject *answer = json_object_new();
        json_set_string(answer, "text", piece);
        json_object_set_int_member(answer, "char_start", start);
        json_object_set_int_member(answer, "char_end", end);
        json_object_set_int_member(answer, "total_chars", chars);
        if (end < chars)
                json_object_set_int_member(answer, "next_start", end);
        else
                json_object_set_null_member(answer, "next_start");
        textmap_to_json(place, answer);
        return answer;
}

static JsonObject *get_document_text(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        Documents *documents = room;
        const char *id = json_member_string(args, "document_id", "");
        int64_t start = json_member_int(args, "char_start", 0),
                end = json_member_int(args, "char_end", 0);
        g_autoptr(Db) db = store_reader(documents->vault, access_scope(access), error);
        Statement *row = db && check_id(id, "doc", error) ? text_row(db, id, error) : NULL;
        if (!row || !check_range(start, &end, statement_int(row, 1), error))
                return NULL;
        return text_answer(row, start, end);
}

static const Tool tools[] = {
        {"register_root", TOOL_WRITE, TOOL_CHEAP, register_root},
        {"remove_root", TOOL_WRITE, TOOL_CHEAP, remove_root},
        {"list_roots", TOOL_READ, TOOL_CHEAP, list_roots},
        {"rescan_root", TOOL_WRITE, TOOL_CHEAP, rescan_root},
        {"list_documents", TOOL_READ, TOOL_CHEAP, list_documents},
        {"get_document", TOOL_READ, TOOL_CHEAP, get_document},
        {"get_document_text", TOOL_READ, TOOL_CHEAP, get_document_text},
        {"ingest_status", TOOL_READ, TOOL_CHEAP, ingest_status},
        {NULL},
};

ToolTable documents_tools(Documents *documents)
{
        return (ToolTable){tools, documents};
}
