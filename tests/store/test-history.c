/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random histories: whatever was written, the journal replayed gives the tables, and played backwards
 * gives nothing. */
#include "fixture.h"

#define HISTORIES 6
#define WRITES    60
#define STEPS     8
#define ENTITIES  12

typedef struct History {
        GRand *random;
        Store *store;
} History;

static const char *any_of(GRand *random, const char *const *texts, int count)
{
        return texts[g_rand_int_range(random, 0, count)];
}

static char *random_step(GRand *random)
{
        static const char *const texts[] = {"",
                                            "plain",
                                            "\"quoted\" \\ back",
                                            "line\nbreak\ttab",
                                            "\x01 control",
                                            "grüße 日本 🐍",
                                            "{\"json\":1}",
                                            "it''s"};
        static const char *const numbers[] = {"NULL", "1.5", "-0.0", "1e300", "0.1", "3"};
        const char *text = any_of(random, texts, G_N_ELEMENTS(texts));
        const char *number = any_of(random, numbers, G_N_ELEMENTS(numbers));
        int entity = g_rand_int_range(random, 0, ENTITIES);

        switch (g_rand_int_range(random, 0, 6)) {
        case 0:
                return g_strdup_printf("INSERT OR IGNORE INTO entities (id, name, name_key, type, "
                                       "created_at) VALUES ('ent-%d', '%s', '%d', 't', %d)",
                                       entity, text, entity, g_rand_int_range(random, 0, 9));
        case 1:
                return g_strdup_printf("UPDATE entities SET name = '%s' WHERE id <= 'ent-%d'", text,
                                       entity);
        case 2:
                return g_strdup_printf("DELETE FROM entities WHERE id = 'ent-%d' AND id NOT IN "
                                       "(SELECT entity_id FROM facts)",
                                       entity);
        case 3:
                return g_strdup_printf(
                        "REPLACE INTO facts (id, entity_id, predicate, object, "
                        "object_number, agent, observed_at, recorded_at, trust_tier) "
                        "SELECT 'fact-%d', id, 'knows', '%s', %s, 'human', 1, 1, 'human' "
                        "FROM entities WHERE id = 'ent-%d'",
                        g_rand_int_range(random, 0, 30), text, number, entity);
        case 4:
                return g_strdup_printf("UPDATE facts SET object_number = %s, quote = '%s' "
                                       "WHERE id LIKE 'fact-%d%%'",
                                       number, text, g_rand_int_range(random, 0, 30));
        default:
                return g_strdup_printf("DELETE FROM facts WHERE id = 'fact-%d'",
                                       g_rand_int_range(random, 0, 30));
        }
}

/* Some writes fail at their end, so that what they did is taken back. */
static bool random_write(Db *db, void *data, GError **error)
{
        History *history = data;

        for (int i = g_rand_int_range(history->random, 1, STEPS); i > 0; i--) {
                g_autofree char *sql = random_step(history->random);

                if (!db_execute(db, sql, error))
                        return false;
        }
        if (g_rand_int_range(history->random, 0, 5) > 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE, "on purpose");
        return false;
}

/* Rows of a table as text, each with the type of its values. */
static char *table_text(Store *store, const char *table)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(store, NULL, &error);
        g_autofree char *sql = g_strdup_printf("SELECT * FROM %s ORDER BY id", table);
        Statement *rows = db_statement(db, sql, &error);
        GString *text = g_string_new(NULL);

        while (statement_step(rows, &error) == STEP_ROW) {
                for (int i = 0; i < statement_columns(rows); i++)
                        g_string_append_printf(
                                text, "%s=%s|", statement_column_name(rows, i),
                                statement_is_null(rows, i) ? "NULL" : statement_text(rows, i));
                g_string_append_c(text, '\n');
        }
        g_assert_no_error(error);
        return g_string_free(text, /* free_segment= */ FALSE);
}

static void append_member(GString *text, const char *name, JsonNode *node)
{
        g_string_append_printf(text, "%s=", name);
        if (json_node_is_null(node)) {
                g_string_append(text, "NULL");
        } else if (json_node_get_value_type(node) == G_TYPE_DOUBLE) {
                char number[64];
                double value = json_node_get_double(node);

                /* As SQLite prints it. */
                (void)g_ascii_dtostr(number, sizeof(number), value);
                g_string_append_printf(text, "<%s>", number);
        } else if (json_node_get_value_type(node) == G_TYPE_INT64) {
                g_string_append_printf(text, "%" G_GINT64_FORMAT, json_node_get_int(node));
        } else {
                g_string_append(text, json_node_get_string(node));
        }
        g_string_append_c(text, '|');
}

static char *row_text(const char *json)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) object = json_parse_object(json, -1, &error);
        g_autoptr(GList) members = NULL;
        GString *text = g_string_new(NULL);

        g_assert_no_error(error);
        members = json_object_get_members(object);
        for (GList *member = members; member; member = member->next)
                append_member(text, member->data, json_object_get_member(object, member->data));
        g_string_append_c(text, '\n');
        return g_string_free(text, /* free_segment= */ FALSE);
}

/* The last state of every row that the journal does not hold for deleted. Each entry must follow from
 * the state before it. */
static char *replay(Store *store, const char *table)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(store, NULL, &error);
        g_autoptr(GHashTable) rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        Statement *entries = db_statement(
                db,
                "SELECT row_id, before, after FROM mutations WHERE table_name = :table ORDER BY seq",
                &error);
        GString *text = g_string_new(NULL);

        statement_bind_text(entries, ":table", table);
        while (statement_step(entries, &error) == STEP_ROW) {
                const char *id = statement_text(entries, 0);
                const char *after = statement_text(entries, 2);

                g_assert_cmpstr(g_hash_table_lookup(rows, id), ==, statement_text(entries, 1));
                if (after)
                        g_hash_table_replace(rows, g_strdup(id), g_strdup(after));
                else
                        g_assert_true(g_hash_table_remove(rows, id));
        }
        g_assert_no_error(error);
        g_autoptr(GList) ids = g_list_sort(g_hash_table_get_keys(rows), (GCompareFunc)strcmp);
        for (GList *id = ids; id; id = id->next) {
                g_autofree char *row = row_text(g_hash_table_lookup(rows, id->data));

                g_string_append(text, row);
        }
        return g_string_free(text, /* free_segment= */ FALSE);
}

/* Reals are compared as numbers by the check of the store; here only that they are there. */
static void strip_reals(char *text)
{
        for (char *at = text; (at = strstr(at, "object_number=")); at++)
                while (*strchr(at, '=') && at[14] != '|')
                        memmove(at + 14, at + 15, strlen(at + 15) + 1);
}

static void must_replay(Store *store, const char *table)
{
        g_autofree char *is = table_text(store, table);
        g_autofree char *told = replay(store, table);

        strip_reals(is);
        strip_reals(told);
        g_assert_cmpstr(is, ==, told);
}

static void test_the_journal_replayed_gives_the_tables(Fixture *fixture, const void *data)
{
        History history = {.store = fixture->store};
        WriteOptions options = {.actor = &human};
        VerifyReport report = {0};
        unsigned kept = 0;

        must_write(fixture->store, &human,
                   "INSERT INTO predicates VALUES ('knows', 'text', 'many', '', 'active')");
        for (unsigned i = 0; i < HISTORIES; i++) {
                history.random = g_rand_new_with_seed((guint32)g_test_rand_int());
                for (unsigned j = 0; j < WRITES; j++)
                        kept += store_write(fixture->store, &options, random_write, &history, NULL);
                g_rand_free(history.random);
                must_replay(fixture->store, "entities");
                must_replay(fixture->store, "facts");
                g_assert_true(store_verify(fixture->store, NULL, NULL, &report, NULL));
                g_assert_cmpstr(report.problem, ==, NULL);
        }
        g_test_message("%u writes kept, %" G_GINT64_FORMAT " entries", kept, report.entries);
        g_assert_cmpint(kept, >, WRITES);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/history/the-journal-replayed-gives-the-tables",
                     test_the_journal_replayed_gives_the_tables);
        return g_test_run();
}
