/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts by connection and day of UTC. */
#include "gate/usage.h"

#include <string.h>

#define DAY_US ((int64_t)24 * 3600 * G_USEC_PER_SEC)

typedef struct Count {
        int64_t day, calls, bytes;
        int64_t new_calls, new_bytes; /* of these, not written yet */
} Count;

struct Usage {
        GMutex lock;        /* guards all */
        GHashTable *counts; /* conn-… → Count */
        GArray *left;       /* UsageRow of days before, not written yet */
        int64_t fixed_day;  /* 0: the clock's */
};

Usage *usage_new(void)
{
        Usage *usage = g_new0(Usage, 1);

        g_mutex_init(&usage->lock);
        usage->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        usage->left = g_array_new(FALSE, FALSE, sizeof(UsageRow));
        return usage;
}

Usage *usage_free(Usage *usage)
{
        if (!usage)
                return NULL;
        g_hash_table_unref(usage->counts);
        g_array_unref(usage->left);
        g_mutex_clear(&usage->lock);
        g_free(usage);
        return NULL;
}

static int64_t today(const Usage *usage)
{
        return usage->fixed_day ? usage->fixed_day : clock_now() / DAY_US;
}

void usage_set_day(Usage *usage, int64_t day)
{
        usage->fixed_day = day;
}

static void keep(GArray *rows, const char *connection, const Count *count)
{
        UsageRow row = {.day = count->day, .calls = count->new_calls, .bytes = count->new_bytes};

        if (count->new_calls == 0 && count->new_bytes == 0)
                return;
        g_strlcpy(row.connection, connection, sizeof row.connection);
        g_array_append_val(rows, row);
}

/* The count of today; what is left of another day is kept to be written. */
static Count *count_of(Usage *usage, const char *connection)
{
        Count *count = g_hash_table_lookup(usage->counts, connection);
        int64_t day = today(usage);

        if (!count) {
                count = g_new0(Count, 1);
                count->day = day;
                g_hash_table_insert(usage->counts, g_strdup(connection), count);
        }
        if (count->day != day) {
                keep(usage->left, connection, count);
                *count = (Count){.day = day};
        }
        return count;
}

bool usage_load(Usage *usage, Db *db, GError **error)
{
        Statement *rows = db_statement(
                db, "SELECT connection_id, calls, bytes FROM connection_usage WHERE day = :day",
                error);
        StepResult r;

        if (!rows)
                return false;
        g_mutex_lock(&usage->lock);
        g_hash_table_remove_all(usage->counts);
        g_array_set_size(usage->left, 0);
        statement_bind_int(rows, ":day", today(usage));
        while ((r = statement_step(rows, error)) == STEP_ROW) {
                Count *count = count_of(usage, statement_text(rows, 0));

                count->calls = statement_int(rows, 1);
                count->bytes = statement_int(rows, 2);
        }
        g_mutex_unlock(&usage->lock);
        return r == STEP_DONE;
}

static void set_used_up(int64_t day, const char *what, uint64_t max, GError **error)
{
        g_autofree char *anew = clock_to_iso((day + 1) * DAY_US);

        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "The connection has used up its budget: %s = %" G_GUINT64_FORMAT
                    "; it begins anew at %s",
                    what, max, anew);
}

bool usage_admit(Usage *usage, const Connection *connection, GError **error)
{
        const Terms *terms = connection_terms(connection);
        bool calls_left, bytes_left;
        int64_t day;

        g_mutex_lock(&usage->lock);
        Count *count = count_of(usage, connection_id(connection));
        calls_left = !terms->calls_per_day || (uint64_t)count->calls < terms->calls_per_day;
        bytes_left = !terms->bytes_per_day || (uint64_t)count->bytes < terms->bytes_per_day;
        day = count->day;
        if (calls_left && bytes_left) {
                count->calls++;
                count->new_calls++;
        }
        g_mutex_unlock(&usage->lock);
        if (!calls_left)
                set_used_up(day, "calls_per_day", terms->calls_per_day, error);
        else if (!bytes_left)
                set_used_up(day, "bytes_per_day", terms->bytes_per_day, error);
        return calls_left && bytes_left;
}

void usage_each(Usage *usage, GateSpentFunc func, void *data)
{
        GHashTableIter iter;
        void *connection, *count;

        g_mutex_lock(&usage->lock);
        g_hash_table_iter_init(&iter, usage->counts);
        while (g_hash_table_iter_next(&iter, &connection, &count)) {
                const Count *known = count;
                const GateSpent spent = {(uint64_t)known->calls, (uint64_t)known->bytes};

                if (known->day == today(usage))
                        func(connection, &spent, data);
        }
        g_mutex_unlock(&usage->lock);
}

void usage_take_back(Usage *usage, const char *connection)
{
        g_mutex_lock(&usage->lock);
        Count *count = count_of(usage, connection);
        count->calls--;
        count->new_calls--;
        g_mutex_unlock(&usage->lock);
}

void usage_add_bytes(Usage *usage, const char *connection, uint64_t bytes)
{
        g_mutex_lock(&usage->lock);
        Count *count = count_of(usage, connection);
        count->bytes += (int64_t)bytes;
        count->new_bytes += (int64_t)bytes;
        g_mutex_unlock(&usage->lock);
}

void usage_today(Usage *usage, const char *connection, uint64_t *ret_calls, uint64_t *ret_bytes)
{
        g_mutex_lock(&usage->lock);
        const Count *count = count_of(usage, connection);
        *ret_calls = (uint64_t)MAX(count->calls, 0);
        *ret_bytes = (uint64_t)count->bytes;
        g_mutex_unlock(&usage->lock);
}

/* ---- writing ---- */

GArray *usage_take(Usage *usage)
{
        GHashTableIter iter;
        void *connection, *value;

        g_mutex_lock(&usage->lock);
        GArray *rows = usage->left;
        usage->left = g_array_new(FALSE, FALSE, sizeof(UsageRow));
        g_hash_table_iter_init(&iter, usage->counts);
        while (g_hash_table_iter_next(&iter, &connection, &value)) {
                Count *count = value;

                keep(rows, connection, count);
                count->new_calls = count->new_bytes = 0;
        }
        g_mutex_unlock(&usage->lock);
        return rows;
}

void usage_give_back(Usage *usage, const GArray *rows)
{
        g_mutex_lock(&usage->lock);
        g_array_append_vals(usage->left, rows->data, rows->len);
        g_mutex_unlock(&usage->lock);
}

bool usage_write(Db *db, const GArray *rows, GError **error)
{
        for (unsigned i = 0; i < rows->len; i++) {
                const UsageRow *row = &g_array_index(rows, UsageRow, i);
                Statement *statement = db_statement(
                        db,
                        "INSERT INTO connection_usage VALUES (:id, :day, :calls, :bytes)"
                        " ON CONFLICT (connection_id, day) DO UPDATE SET"
                        " calls = calls + excluded.calls, bytes = bytes + excluded.bytes",
                        error);

                if (!statement)
                        return false;
                statement_bind_text(statement, ":id", row->connection);
                statement_bind_int(statement, ":day", row->day);
                statement_bind_int(statement, ":calls", row->calls);
                statement_bind_int(statement, ":bytes", row->bytes);
                if (!statement_run(statement, error))
                        return false;
        }
        return true;
}
