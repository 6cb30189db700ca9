/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph of a repository may have more rows than an erasure names one by one: it is taken out as an index would be. */
#include "code/erasing.h"

#include "code/mention-link.h"

static bool run_for(Db *db, const char *sql, int64_t number, GError **error)
{
        Statement *row = db_statement(db, sql, error);

        if (!row)
                return false;
        statement_bind_int(row, ":of", number);
        return statement_run(row, error);
}

static bool take_out_graph(Db *db, int64_t number, GError **error)
{
        static const char *const scripts[] = {
                "DELETE FROM code_edges WHERE repository = :of",
                "DELETE FROM code_symbols WHERE repository = :of",
                "DELETE FROM code_units WHERE module IN"
                " (SELECT id FROM code_modules WHERE repository = :of)",
                "DELETE FROM code_consultations WHERE module IN"
                " (SELECT id FROM code_modules WHERE repository = :of)",
                "DELETE FROM code_consulted WHERE id >= :of << 32 AND id < :of + 1 << 32",
                "DELETE FROM code_modules WHERE repository = :of",
                "DELETE FROM code_churn WHERE repository = :of",
                "DELETE FROM code_states WHERE number = :of",
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(scripts); i++)
                if (!run_for(db, scripts[i], number, error))
                        return false;
        return true;
}

static bool take_out(Db *db, const char *id, void *data, GError **error)
{
        Statement *row =
                db_statement(db, "SELECT number FROM code_states WHERE repository_id = :id", error);

        if (!row)
                return false;
        statement_bind_text(row, ":id", id);
        StepResult step = statement_step(row, error);
        if (step != STEP_ROW)
                return step == STEP_DONE;
        return take_out_graph(db, statement_int(row, 0), error);
}

static bool expand_repository(EraseSet *set, const char *id, void *data, GError **error)
{
        return erase_add_rows(set, "autolinks",
                              "SELECT id FROM autolinks WHERE repository_id = :id", id, error) &&
               erase_add_words(set, "SELECT path, name FROM code_repositories WHERE id = :id", id,
                               error);
}

static bool expand_entity(EraseSet *set, const char *id, void *data, GError **error)
{
        return erase_add_rows(set, "code_repositories",
                              "SELECT id FROM code_repositories WHERE entity_id = :id", id, error);
}

/* Of what is erased no word is kept. */
static bool take_out_words(Db *db, const char *id, void *data, GError **error)
{
        return mention_words_forget(db, id, error);
}

void code_register_erasers(Store *vault)
{
        store_add_eraser(vault, "documents", &(StoreEraser){.take_out = take_out_words});
        store_add_eraser(vault, "facts", &(StoreEraser){.take_out = take_out_words});
        store_add_eraser(vault, "code_repositories",
                         &(StoreEraser){.expand = expand_repository, .take_out = take_out});
        store_add_eraser(vault, "entities", &(StoreEraser){.expand = expand_entity});
}
