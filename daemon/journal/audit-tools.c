/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools for whoever reviews what others did: sessions, their feeds, and what is out of the ordinary. */
#include "journal/anomalies.h"
#include "journal/audit.h"
#include "journal/room.h"
#include "journal/session.h"

static bool check_cohort(const Filter *filter, GError **error)
{
        unsigned given = !!filter->session + !!filter->connection + !!filter->group;

        if (given == 1)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "say one of session_id, connection and group_id, not %u of them", given);
        return false;
}

/* "session" is what the lists call it. */
static bool read_session(JsonObject *args, const char **ret, GError **error)
{
        if (!journal_read_filter(args, "session_id", ret, error))
                return false;
        return *ret || journal_read_filter(args, "session", ret, error);
}

static JsonObject *no_cohort(const Filter *filter, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "nothing was written by %s",
                    filter->session      ? filter->session
                    : filter->connection ? filter->connection
                                         : filter->group);
        return NULL;
}

static JsonObject *session_audit(void *room, const Access *access, JsonObject *args, GError **error)
{
        AuditQuery query = {.after = args_string(args, "after")};
        Filter *filter = &query.filter;
        g_auto(Readers) readers = {0};

        if (!args_limit(args, JOURNAL_PAGE_MAX, "JOURNAL_PAGE_MAX", &query.limit, error) ||
            !read_session(args, &filter->session, error) ||
            !journal_read_filter(args, "connection", &filter->connection, error) ||
            !journal_read_filter(args, "group_id", &filter->group, error) ||
            !args_time(args, "since", &filter->since, error) ||
            !args_time(args, "until", &filter->until, error) || !check_cohort(filter, error) ||
            !journal_readers(room, access, &readers, error))
                return NULL;
        if (!readers_narrow(&readers, filter))
                return no_cohort(filter, error);
        g_autoptr(JsonObject) answer = audit_entries(&readers.sources, &query, error);
        if (answer && json_member_int(answer, "total", -1) == 0)
                return no_cohort(filter, error);
        return g_steal_pointer(&answer);
}

static JsonObject *list_sessions(void *room, const Access *access, JsonObject *args, GError **error)
{
        SessionQuery query = {.after = args_string(args, "after")};
        g_auto(Readers) readers = {0};
        Filter filter = {0};

        if (!args_limit(args, JOURNAL_PAGE_MAX, "JOURNAL_PAGE_MAX", &query.limit, error) ||
            !journal_read_filter(args, "actor_kind", &filter.actor_kind, error) ||
            !journal_read_filter(args, "connection", &filter.connection, error) ||
            !journal_readers(room, access, &readers, error))
                return NULL;
        if (!readers_narrow(&readers, &filter)) {
                JsonObject *none = json_object_new();

                json_object_set_array_member(none, "sessions", json_array_new());
                json_object_set_null_member(none, "next");
                return none;
        }
        query.actor_kind = filter.actor_kind;
        query.connection = filter.connection;
        return readers.scoped ? session_list_told(&readers.sources, &query, error)
                              : session_list(&readers.sources, &query, error);
}

static JsonObject *anomalies(void *room, const Access *access, JsonObject *args, GError **error)
{
        AnomalyQuery query = {.factor = json_member_double(args, "factor", ANOMALY_FACTOR)};
        g_auto(Readers) readers = {0};

        if (!args_limit(args, JOURNAL_PAGE_MAX, "JOURNAL_PAGE_MAX", &query.limit, error) ||
            !args_time(args, "since", &query.since, error))
                return NULL;
        if (query.factor < ANOMALY_FACTOR_MIN) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "factor must be ANOMALY_FACTOR_MIN (%g) or more, not %g",
                            ANOMALY_FACTOR_MIN, query.factor);
                return NULL;
        }
        if (!journal_readers(room, access, &readers, error))
                return NULL;
        /* what is usual for others is nothing to tell of under a scope */
        return readers.scoped ? anomalies_none()
                              : anomalies_find(readers.sources.vault, &query, error);
}

const Tool journal_audit_tools[] = {
        {"session_audit", TOOL_READ, TOOL_SLOW, session_audit},
        {"list_sessions", TOOL_READ, TOOL_CHEAP, list_sessions},
        {"anomalies", TOOL_READ, TOOL_SLOW, anomalies},
        {NULL},
};
