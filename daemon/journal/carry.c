/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs by which the human takes a journal out and brings it into an empty home. */
#include "journal/import.h"
#include "journal/room.h"

static bool check_human(const Access *access, GError **error)
{
        if (access_actor(access)->kind == ACTOR_HUMAN)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "only the human takes the journal out or brings one in");
        return false;
}

static bool read_database(JsonObject *args, const char **ret, GError **error)
{
        *ret = json_member_string(args, "database", "vault");
        if (g_str_equal(*ret, "vault") || g_str_equal(*ret, "ops"))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "database must be vault or ops, not \"%.40s\"", *ret);
        return false;
}

static bool read_filter(JsonObject *args, Filter *ret, GError **error)
{
        const struct {
                const char *name, **value;
        } texts[] = {{"table_name", &ret->table},
                     {"row_id", &ret->row},
                     {"actor_kind", &ret->actor_kind},
                     {"connection", &ret->connection},
                     {"session", &ret->session},
                     {"group_id", &ret->group},
                     {"text", &ret->text}};

        for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
                const char *text = args_string(args, texts[i].name);

                if (text && !text_check(texts[i].name, text, LIST_TEXT_CHARS_MAX,
                                        "LIST_TEXT_CHARS_MAX", error))
                        return false;
                *texts[i].value = text;
        }
        return args_time(args, "since", &ret->since, error) &&
               args_time(args, "until", &ret->until, error);
}

JsonObject *journal_export(void *room, const Access *access, JsonObject *args, GError **error)
{
        Journal *journal = room;
        const char *database;
        Filter query = {0};

        if (!check_human(access, error) || !read_database(args, &database, error) ||
            !read_filter(args, &query, error))
                return NULL;
        return export_entries(journal->stores[g_str_equal(database, "ops")], database, &query,
                              (int)json_member_int(args, "file", -1), error);
}

JsonObject *journal_import(void *room, const Access *access, JsonObject *args, GError **error)
{
        Journal *journal = room;

        if (!check_human(access, error))
                return NULL;
        return import_entries(journal->stores, (int)json_member_int(args, "file", -1), error);
}
