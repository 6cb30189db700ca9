/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a repository that was removed go a piece at a time, so that others can write in between. */
#include "code/sync-round.h"

#define FORGET_MODULES 200  /* in one write */
#define FORGET_NUMBERS 5000 /* lists of who consulted what, likewise */

typedef struct Forgetting {
        const char *repository_id;
        uint32_t number;
        bool more;
} Forgetting;

/* False without an error: it has no rows. */
static bool find_number(Db *db, Forgetting *forgetting, GError **error)
{
        Statement *query =
                db_statement(db, "SELECT number FROM code_states WHERE repository_id = :id", error);

        if (!query)
                return false;
        statement_bind_text(query, ":id", forgetting->repository_id);
        if (statement_step(query, error) != STEP_ROW)
                return false;
        forgetting->number = (uint32_t)statement_int(query, 0);
        return true;
}

static GArray *some_modules(Db *db, uint32_t number, GError **error)
{
        g_autoptr(GArray) modules = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        Statement *query = db_statement(
                db, "SELECT id FROM code_modules WHERE repository = :of LIMIT :limit", error);
        StepResult step;

        if (!query)
                return NULL;
        statement_bind_int(query, ":of", number);
        statement_bind_int(query, ":limit", FORGET_MODULES);
        while ((step = statement_step(query, error)) == STEP_ROW) {
                uint32_t module = (uint32_t)statement_int(query, 0);
                g_array_append_val(modules, module);
        }
        return step == STEP_ERROR ? NULL : g_steal_pointer(&modules);
}

static bool delete_consulted(Db *db, Forgetting *forgetting, GError **error)
{
        Statement *row =
                db_statement(db,
                             "DELETE FROM code_consulted WHERE id IN (SELECT id FROM code_consulted"
                             " WHERE id >= :of << 32 AND id < (:of + 1) << 32 LIMIT :limit)",
                             error);

        if (!row)
                return false;
        statement_bind_int(row, ":of", forgetting->number);
        statement_bind_int(row, ":limit", FORGET_NUMBERS);
        if (!statement_run(row, error))
                return false;
        forgetting->more = db_changes(db) == FORGET_NUMBERS;
        return true;
}

static bool run_for(Db *db, const char *sql, uint32_t number, GError **error)
{
        Statement *row = db_statement(db, sql, error);

        if (!row)
                return false;
        statement_bind_int(row, ":number", number);
        return statement_run(row, error);
}

static bool delete_state(Db *db, uint32_t number, GError **error)
{
        return run_for(db, "DELETE FROM code_churn WHERE repository = :number", number, error) &&
               run_for(db, "DELETE FROM code_states WHERE number = :number", number, error);
}

static bool say_leaving(Db *db, uint32_t number, GError **error)
{
        return run_for(db, "UPDATE code_states SET state = 'leaving' WHERE number = :number",
                       number, error);
}

static bool forget_work(Db *db, void *data, GError **error)
{
        Forgetting *forgetting = data;
        g_autoptr(GArray) modules = some_modules(db, forgetting->number, error);

        if (!modules || !say_leaving(db, forgetting->number, error))
                return false;
        for (unsigned i = 0; i < modules->len; i++) {
                uint32_t module = g_array_index(modules, uint32_t, i);

                if (!consulted_keep(db, module, NULL, error) ||
                    !rows_delete_module(db, module, error))
                        return false;
        }
        forgetting->more = modules->len == FORGET_MODULES;
        if (!forgetting->more && !delete_consulted(db, forgetting, error))
                return false;
        return forgetting->more || delete_state(db, forgetting->number, error);
}

bool sync_forget(Store *vault, const Access *access, const char *repository_id, bool *ret_more,
                 GError **error)
{
        WriteOptions options = {.actor = access_actor(access), .reason = "sync code"};
        Forgetting forgetting = {.repository_id = repository_id};
        g_autoptr(GError) problem = NULL;
        g_autoptr(Db) db = store_reader(vault, /* scope= */ NULL, error);

        if (!db)
                return false;
        bool there = find_number(db, &forgetting, &problem);
        g_clear_pointer(&db, db_release);
        *ret_more = false;
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        else if (!there)
                return true;
        if (!there || !store_write(vault, &options, forget_work, &forgetting, error))
                return false;
        *ret_more = forgetting.more;
        return true;
}
