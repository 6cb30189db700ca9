/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools of autolinks: what waits, what the human decides, what agents propose, and looking for names anew. */
#include <string.h>

#include "documents/autolink.h"
#include "documents/documents-room.h"

#define LIST_MAX   500
#define FIND_MAX   500                /* documents that are looked at in one call … */
#define FIND_BYTES (16 * 1024 * 1024) /* … and about how much text */
#define FIND_WRITE 64                 /* documents of one write */

/* ---- arguments ---- */

/* The entity that entity_id or entity_name (and entity_type) mean; *ret is NULL if neither is given. */
static bool read_entity(Db *db, JsonObject *args, char **ret, GError **error)
{
        GraphName name = {args_string(args, "entity_id"), args_string(args, "entity_name"),
                          args_string(args, "entity_type")};

        *ret = NULL;
        if (!name.id && !name.name)
                return true;
        *ret = graph_find_entity(db, &name, error);
        return *ret != NULL;
}

static bool read_reason(JsonObject *args, const char **ret, GError **error)
{
        *ret = args_string(args, "reason");
        return !*ret || text_check("reason", *ret, AUTOLINK_REASON_CHARS_MAX,
                                   "AUTOLINK_REASON_CHARS_MAX", error);
}

/* ---- list_autolinks ---- */

static const char *read_state(JsonObject *args)
{
        const char *state = json_member_string(args, "state", "proposed");

        return g_str_equal(state, "all") ? NULL : state;
}

static bool read_query(Db *db, JsonObject *args, AutolinkQuery *ret, char **ret_entity,
                       GError **error)
{
        AutolinkKind kind;

        *ret = (AutolinkQuery){.state = read_state(args),
                               .kind = args_string(args, "kind"),
                               .document_id = args_string(args, "document_id"),
                               .fact_id = args_string(args, "fact_id"),
                               .symbol_id = args_string(args, "symbol_id")};
        if ((ret->kind && !autolink_kind_from_string(ret->kind, &kind, error)) ||
            !args_check_id(args, "document_id", "doc", error) ||
            !args_check_id(args, "fact_id", "fact", error) ||
            !args_limit(args, LIST_MAX, "LIST_MAX", &ret->limit, error) ||
            !read_entity(db, args, ret_entity, error))
                return false;
        ret->entity_id = *ret_entity;
        return true;
}

/* Takes the row beyond the limit off, and returns the cursor of the last one before it; NULL: there is none. */
static char *cut_page(JsonArray *links, unsigned limit, const char *filters)
{
        JsonObject *last;

        if (json_array_get_length(links) <= limit)
                return NULL;
        json_array_remove_element(links, limit);
        last = json_array_get_object_element(links, limit - 1);
        return cursor_new("autolinks", filters, json_object_get_string_member(last, "link_id"));
}

static JsonObject *list_autolinks(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        Documents *documents = room;
        g_autoptr(Db) db = store_reader(documents->vault, access_scope(access), error);
        g_autofree char *entity = NULL, *filters = NULL, *after = NULL, *next = NULL;
        JsonArray *links;
        JsonObject *answer;
        AutolinkQuery query;
        int64_t total;

        if (!db || !read_query(db, args, &query, &entity, error))
                return NULL;
        filters = g_strjoin(" ", query.state ?: "", query.kind ?: "", entity ?: "",
                            query.document_id ?: "", query.fact_id ?: "", query.symbol_id ?: "",
                            NULL);
        after = cursor_key("autolinks", filters, args_string(args, "after"), error);
        if (!after)
                return NULL;
        query.after = after;
        links = autolink_list(db, &query, &total, error);
        if (!links)
                return NULL;
        next = cut_page(links, query.limit, filters);
        answer = json_object_new();
        json_object_set_array_member(answer, "links", links);
        json_object_set_int_member(answer, "total", total);
        json_set_string(answer, "next", next);
        return answer;
}

/* ---- decide_autolink ---- */

static bool read_decision(JsonObject *args, AutolinkDecision *ret, GError **error)
{
        const char *decision = json_member_string(args, "decision", "");

        ret->link_id = json_member_string(args, "link_id", "");
        ret->accept = g_str_equal(decision, "accept");
        if (!ret->accept && !g_str_equal(decision, "reject")) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "decision is \"%s\"; it must be accept or reject", decision);
                return false;
        }
        return args_check_id(args, "link_id", "link", error) &&
               read_reason(args, &ret->reason, error);
}

static JsonObject *decide_autolink(void *room, const Access *access, JsonObject *args,
                                   GError **error)
{
        Documents *documents = room;
        AutolinkDecision decision = {.access = access};
        WriteOptions options = {.actor = access_actor(access)};
        JsonObject *answer = NULL;

        if (!read_decision(args, &decision, error) || !graph_start(documents->graph, error))
                return NULL;
        options.reason = decision.reason ?: "decide_autolink";
        if (store_write(documents->vault, &options, autolink_decide, &decision, error)) {
                answer = json_object_new();
                json_set_string(answer, "link_id", decision.link_id);
                json_set_string(answer, "state", decision.accept ? "accepted" : "rejected");
                json_set_string(answer, "fact_id", decision.fact_id);
                json_set_string(answer, "group_id", decision.group_id);
                json_object_set_boolean_member(answer, "changed", decision.changed);
        }
        g_free(decision.fact_id);
        g_free(decision.group_id);
        return answer;
}

/* ---- propose_autolink ---- */

typedef struct Proposal {
        Evidence evidence;
        Autolink link;
        char *sha256;
        AutolinkOutcome outcome;
        char *link_id;
} Proposal;

static void proposal_clear(Proposal *proposal)
{
        g_free(proposal->evidence.entity_id);
        g_free(proposal->sha256);
        g_free(proposal->link_id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Proposal, proposal_clear)

static bool work_propose(Db *db, void *data, GError **error)
{
        Proposal *proposal = data;

        return autolink_propose(db, &proposal->link, &proposal->outcome, &proposal->link_id, error);
}

/* Where the quote stands in the document's current text. */
static bool place_quote(Db *db, Proposal *proposal, GError **error)
{
        const char *id = proposal->link.document_id, *quote = proposal->evidence.quote, *at;
        const char *text;
        Statement *row = db_statement(db,
                                      "SELECT t.text, t.sha256 FROM documents d LEFT JOIN"
                                      " document_text t ON t.sha256 = d.sha256 WHERE d.id = :id",
                                      error);
        StepResult step;

        if (!row)
                return false;
        statement_bind_text(row, ":id", id);
        step = statement_step(row, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no document %s",
                            id);
        if (step != STEP_ROW)
                return false;
        text = statement_text(row, 0) ?: "";
        at = strstr(text, quote);
        if (!at) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "the quote does not stand in the text of %s; it must be a verbatim "
                            "piece of what get_document_text returns",
                            id);
                return false;
        }
        proposal->evidence.start = (int64_t)text_chars(text, (size_t)(at - text));
        proposal->evidence.end = proposal->evidence.start + g_utf8_strlen(quote, -1);
        proposal->sha256 = g_strdup(statement_text(row, 1));
        proposal->link.sha256 = proposal->sha256;
        return true;
}

static bool check_quote(const char *quote, GError **error)
{
        g_autofree char *key = NULL;

        if (!text_check("quote", quote, GRAPH_QUOTE_CHARS_MAX, "GRAPH_QUOTE_CHARS_MAX", error))
                return false;
        key = text_key(quote);
        if (*key)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "quote is white space only");
        return false;
}

static bool read_proposal(Db *db, JsonObject *args, Proposal *ret, GError **error)
{
        AutolinkKind kind;

        ret->link.document_id = json_member_string(args, "document_id", "");
        ret->link.evidence = &ret->evidence;
        ret->evidence.quote = (char *)json_member_string(args, "quote", "");
        if (!autolink_kind_from_string(json_member_string(args, "kind", "entity-document"), &kind,
                                       error) ||
            !autolink_check_kind(kind, error) ||
            !args_check_id(args, "document_id", "doc", error) ||
            !check_quote(ret->evidence.quote, error) ||
            !read_entity(db, args, &ret->evidence.entity_id, error))
                return false;
        if (ret->evidence.entity_id)
                return place_quote(db, ret, error);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "give either entity_id or entity_name");
        return false;
}

/* Why nothing waits now. */
static bool check_outcome(const Proposal *proposal, GError **error)
{
        const char *document = proposal->link.document_id;

        if (proposal->outcome == AUTOLINK_REJECTED)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "the human rejected the link of %s and %s (%s), which only his own "
                            "decide_autolink or a revert of the decision changes",
                            proposal->evidence.entity_id, document, proposal->link_id);
        else if (proposal->outcome == AUTOLINK_LIMITED)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "as many links wait for review as may: %d of one document "
                            "(AUTOLINKS_PER_DOCUMENT_MAX), %d of one entity "
                            "(AUTOLINKS_PER_ENTITY_MAX)",
                            AUTOLINKS_PER_DOCUMENT_MAX, AUTOLINKS_PER_ENTITY_MAX);
        else if (proposal->outcome == AUTOLINK_STALE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                            "%s has changed while the quote was being checked, or is gone",
                            document);
        else
                return true;
        return false;
}

static JsonObject *proposal_to_json(const Proposal *proposal)
{
        JsonObject *answer = json_object_new();

        json_set_string(answer, "link_id", proposal->link_id);
        json_set_string(answer, "entity_id", proposal->evidence.entity_id);
        json_set_string(answer, "document_id", proposal->link.document_id);
        json_object_set_int_member(answer, "quote_start", proposal->evidence.start);
        json_object_set_int_member(answer, "quote_end", proposal->evidence.end);
        json_object_set_boolean_member(answer, "is_new", proposal->outcome == AUTOLINK_NEW);
        return answer;
}

static JsonObject *propose_autolink(void *room, const Access *access, JsonObject *args,
                                    GError **error)
{
        Documents *documents = room;
        WriteOptions options = {.actor = access_actor(access), .reason = "propose_autolink"};
        g_auto(Proposal)
                proposal = {.link = {.access = access,
                                     .proposed_by = access_observer(access),
                                     .bounded = access_actor(access)->kind != ACTOR_HUMAN}};
        g_autoptr(Db) db = store_reader(documents->vault, access_scope(access), error);

        if (!db || !read_proposal(db, args, &proposal, error))
                return NULL;
        g_clear_pointer(&db, db_release);
        if (!store_write(documents->vault, &options, work_propose, &proposal, error) ||
            !check_outcome(&proposal, error))
                return NULL;
        return proposal_to_json(&proposal);
}

/* ---- find_autolinks ---- */

/* One document's names, until they are written. */
typedef struct Named {
        char *document_id, *sha256;
        GPtrArray *evidence;
} Named;

static void named_clear(void *data)
{
        Named *named = data;

        g_free(named->document_id);
        g_free(named->sha256);
        g_clear_pointer(&named->evidence, g_ptr_array_unref);
}

typedef struct Search {
        const Access *access;
        const char *root_id, *document_id;
        char *after; /* the last document looked at */
        unsigned limit;
        GArray *named; /* Named */
        unsigned from; /* of them this write */
        bool more;
        int64_t proposed, known, rejected, limited;
} Search;

static void search_clear(Search *search)
{
        g_free(search->after);
        g_array_unref(search->named);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

static Statement *texts(Db *db, const Search *search, GError **error)
{
        Statement *row = db_statement(
                db,
                "SELECT d.id, d.sha256, t.text FROM documents d JOIN document_text t"
                " ON t.sha256 = d.sha256 JOIN roots r ON r.id = d.root_id WHERE d.id > :after"
                " AND d.is_active = 1 AND r.is_active = 1 AND (:root IS NULL OR d.root_id = :root)"
                " AND (:document IS NULL OR d.id = :document) ORDER BY d.id",
                error);

        if (!row)
                return NULL;
        statement_bind_text(row, ":after", search->after);
        statement_bind_text(row, ":root", search->root_id);
        statement_bind_text(row, ":document", search->document_id);
        return row;
}

static bool read_texts(Db *db, Search *search, const NameSet *names, GError **error)
{
        Statement *row = texts(db, search, error);
        size_t bytes = 0;
        StepResult step;

        if (!row)
                return false;
        while ((step = statement_step(row, error)) == STEP_ROW) {
                Named named = {.document_id = g_strdup(statement_text(row, 0))};
                const char *text = statement_text(row, 2);

                search->more = search->named->len >= search->limit || bytes >= FIND_BYTES;
                if (search->more) {
                        named_clear(&named);
                        return true;
                }
                bytes += strlen(text);
                named.sha256 = g_strdup(statement_text(row, 1));
                named.evidence = autolink_find(names, text, /* ret_scan= */ NULL);
                g_array_append_val(search->named, named);
                g_free(search->after);
                search->after = g_strdup(named.document_id);
        }
        return step == STEP_DONE;
}

static bool propose_named(Db *db, Search *search, const Named *named, GError **error)
{
        for (unsigned i = 0; i < named->evidence->len; i++) {
                Autolink link = {.document_id = named->document_id,
                                 .sha256 = named->sha256,
                                 .evidence = named->evidence->pdata[i],
                                 .access = search->access,
                                 .proposed_by = access_observer(search->access),
                                 .bounded = true};
                AutolinkOutcome outcome;

                if (!autolink_propose(db, &link, &outcome, /* ret_id= */ NULL, error))
                        return false;
                search->proposed += outcome == AUTOLINK_NEW;
                search->known += outcome == AUTOLINK_KNOWN;
                search->rejected += outcome == AUTOLINK_REJECTED;
                search->limited += outcome == AUTOLINK_LIMITED;
        }
        return true;
}

static bool work_find(Db *db, void *data, GError **error)
{
        Search *search = data;
        unsigned to = MIN(search->from + FIND_WRITE, search->named->len);

        for (unsigned i = search->from; i < to; i++)
                if (!propose_named(db, search, &g_array_index(search->named, Named, i), error))
                        return false;
        return true;
}

static JsonObject *search_to_json(const Search *search, const char *filters)
{
        JsonObject *answer = json_object_new();
        g_autofree char *next =
                search->more ? cursor_new("find_autolinks", filters, search->after) : NULL;

        json_object_set_int_member(answer, "documents", search->named->len);
        json_object_set_int_member(answer, "proposed", search->proposed);
        json_object_set_int_member(answer, "known", search->known);
        json_object_set_int_member(answer, "rejected", search->rejected);
        json_object_set_int_member(answer, "limited", search->limited);
        json_set_string(answer, "next", next);
        return answer;
}

/* Looks, then writes; a handle is held only for the first. */
static bool search_run(Documents *documents, JsonObject *args, Search *search, char **ret_filters,
                       GError **error)
{
        g_autoptr(Db) db = store_reader(documents->vault, access_scope(search->access), error);
        g_autofree char *entity = NULL;
        g_autoptr(NameSet) names = NULL;
        g_autoptr(GError) problem = NULL;

        if (!db || !read_entity(db, args, &entity, error))
                return false;
        *ret_filters = g_strjoin(" ", entity ?: "", search->document_id ?: "",
                                 search->root_id ?: "", NULL);
        search->after =
                cursor_key("find_autolinks", *ret_filters, args_string(args, "after"), error);
        if (!search->after)
                return false;
        names = name_set_load(db, entity, &problem);
        if (names)
                return read_texts(db, search, names, error);
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return problem == NULL;
}

static JsonObject *find_autolinks(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        Documents *documents = room;
        WriteOptions options = {.actor = access_actor(access), .reason = "find_autolinks"};
        g_auto(Search) search = {.access = access,
                                 .root_id = args_string(args, "root_id"),
                                 .document_id = args_string(args, "document_id"),
                                 .named = g_array_new(FALSE, FALSE, sizeof(Named))};
        g_autofree char *filters = NULL;

        g_array_set_clear_func(search.named, named_clear);
        if (!args_limit(args, FIND_MAX, "FIND_MAX", &search.limit, error) ||
            !args_check_id(args, "document_id", "doc", error) ||
            !args_check_id(args, "root_id", "root", error) ||
            !search_run(documents, args, &search, &filters, error))
                return NULL;
        for (; search.from < search.named->len; search.from += FIND_WRITE)
                if (!store_write(documents->vault, &options, work_find, &search, error))
                        return NULL;
        return search_to_json(&search, filters);
}

ToolTable documents_autolink_tools(Documents *documents)
{
        static const Tool tools[] = {
                {"list_autolinks", TOOL_READ, TOOL_CHEAP, list_autolinks},
                {"decide_autolink", TOOL_HUMAN, TOOL_CHEAP, decide_autolink},
                {"propose_autolink", TOOL_WRITE, TOOL_CHEAP, propose_autolink},
                {"find_autolinks", TOOL_WRITE, TOOL_SLOW, find_autolinks},
                {NULL},
        };

        return (ToolTable){tools, documents};
}
