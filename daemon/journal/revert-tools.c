/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools that undo. */
#include "journal/branch.h"
#include "journal/revert.h"
#include "journal/room.h"

/* Under a scope, the handle by which what is reverted is told; else *ret stays NULL. */
static bool open_seen(Journal *journal, const Access *access, Db **ret, GError **error)
{
        if (access_scope(access))
                *ret = store_reader(journal->stores[0], access_scope(access), error);
        return *ret || !access_scope(access);
}

static JsonObject *revert_mutation(void *room, const Access *access, JsonObject *args,
                                   GError **error)
{
        const char *id = args_string(args, "mutation_id");
        RevertOptions options = {.access = access,
                                 .reason = args_string(args, "reason"),
                                 .force = json_member_bool(args, "force", false)};
        g_autoptr(Entry) entry = NULL;
        g_autoptr(Db) seen = NULL;

        if (!journal_check_id("mutation_id", id, "mut", error) ||
            !open_seen(room, access, &seen, error))
                return NULL;
        options.seen = seen;
        entry = journal_find_entry(room, access, id, &options.store, error);
        return entry ? revert_entry(&options, entry, error) : NULL;
}

static JsonObject *revert_group_in(const RevertOptions *options, const Cohort *cohort, bool preview,
                                   GError **error)
{
        return preview ? revert_group_preview(options, cohort, error)
                       : revert_group(options, cohort, error);
}

static JsonObject *revert_group_tool(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        Journal *journal = room;
        bool preview = json_member_bool(args, "preview", false);
        RevertOptions options = {.store = journal->stores[0],
                                 .access = access,
                                 .reason = args_string(args, "reason"),
                                 .force = json_member_bool(args, "force", false)};
        g_autoptr(GError) problem = NULL;
        g_autoptr(Db) seen = NULL;
        JsonObject *answer;
        Cohort cohort;

        if (!cohort_read(args, &cohort, error) || !open_seen(journal, access, &seen, error))
                return NULL;
        cohort.access = access;
        cohort.seen = options.seen = seen;
        answer = revert_group_in(&options, &cohort, preview, &problem);
        /* agents have no say in what the other database holds */
        if (access_actor(access)->kind != ACTOR_AGENT &&
            g_error_matches(problem, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND)) {
                g_clear_error(&problem);
                options.store = journal->stores[1];
                answer = revert_group_in(&options, &cohort, preview, &problem);
        }
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return answer;
}

/* ---- what would be without ---- */

static JsonObject *branch_of_entry(Journal *journal, const char *id, BranchOptions *options,
                                   GError **error)
{
        g_autoptr(Entry) entry = NULL;
        Store *store;

        if (!journal_check_id("mutation_id", id, "mut", error))
                return NULL;
        entry = journal_find_entry(journal, options->access, id, &store, error);
        if (!entry)
                return NULL;
        if (store != journal->stores[0]) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "%s is not of the vault: the graph would be the same", id);
                return NULL;
        }
        options->entry = entry;
        return branch_preview(options, error);
}

static JsonObject *branch_preview_tool(void *room, const Access *access, JsonObject *args,
                                       GError **error)
{
        Journal *journal = room;
        const char *id = args_string(args, "mutation_id");
        BranchOptions options = {.vault = journal->stores[0],
                                 .access = access,
                                 .entity = args_string(args, "entity")};
        Cohort cohort;

        if (!args_limit(args, BRANCH_ENTITIES_MAX, "BRANCH_ENTITIES_MAX", &options.limit, error) ||
            (options.entity && !text_check("entity", options.entity, BRANCH_NAME_CHARS_MAX,
                                           "BRANCH_NAME_CHARS_MAX", error)))
                return NULL;
        if (access_scope(access)) { /* it tells of everything that would come otherwise */
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                                    "a connection whose scope is limited cannot look at branches");
                return NULL;
        }
        if (id)
                return branch_of_entry(journal, id, &options, error);
        if (!cohort_read(args, &cohort, error))
                return NULL;
        cohort.access = access;
        options.cohort = &cohort;
        return branch_preview(&options, error);
}

const Tool journal_revert_tools[] = {
        {"branch_preview", TOOL_READ, TOOL_SLOW, branch_preview_tool},
        {"revert_mutation", TOOL_WRITE, TOOL_CHEAP, revert_mutation},
        {"revert_group", TOOL_WRITE, TOOL_SLOW, revert_group_tool},
        {NULL},
};
