/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sandbox: an in-memory handle made for one statement of a stranger and thrown away after it. It has virtual
 * tables and nothing else; the authorizer allows reading them and calling harmless functions; SQLite's limits
 * bound the statement, the allowance what running it costs, here and in the reader behind. */
#include "store/sandbox.h"

#include <math.h>
#include <string.h>

#include "store/impatience.h"

#define TICK_STEPS 100 /* between two looks at the allowance */

const char *sandbox_type_to_string(SandboxType type)
{
        switch (type) {
        case SANDBOX_TEXT:
                return "TEXT";
        case SANDBOX_INTEGER:
                return "INTEGER";
        case SANDBOX_REAL:
                return "REAL";
        }
        g_assert_not_reached();
}

/* ---- what may be said ---- */

static bool starts(const char *text, const char *prefix)
{
        return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0;
}

/* A name without a column may be that of a common table expression, which SQLite does not tell apart. There
 * is nothing but our tables to be read by it, save for what SQLite makes up itself. */
static bool may_read(const Sandbox *sandbox, const char *table, const char *column)
{
        g_autofree char *name = g_ascii_strdown(table, -1);

        if (g_hash_table_contains(sandbox->names, name))
                return true;
        return !*column && !starts(name, "sqlite_") && !starts(name, "pragma_");
}

static int deny(Sandbox *sandbox, char *words)
{
        if (!sandbox->denied)
                sandbox->denied = g_steal_pointer(&words);
        g_free(words);
        return SQLITE_DENY;
}

static int judge(void *data, int action, const char *first, const char *second,
                 const char *database, const char *accessor)
{
        Sandbox *sandbox = data;

        switch (action) {
        case SQLITE_SELECT:
        case SQLITE_RECURSIVE:
                return SQLITE_OK;
        case SQLITE_READ:
                if (first && may_read(sandbox, first, second ?: ""))
                        return SQLITE_OK;
                return deny(sandbox, g_strdup_printf("sql: %s cannot be read; SELECT * FROM views "
                                                     "tells what can",
                                                     first ?: "that"));
        case SQLITE_FUNCTION:
                if (sandbox_allows_function(second))
                        return SQLITE_OK;
                return deny(sandbox,
                            g_strdup_printf("sql: the function %s cannot be called here", second));
        default:
                return deny(sandbox, g_strdup("sql: only SELECT, WITH and VALUES can be run"));
        }
}

/* ---- making ---- */

static void set_limits(sqlite3 *sqlite)
{
        static const int limits[][2] = {
                {SQLITE_LIMIT_LENGTH, SANDBOX_VALUE_BYTES_MAX},
                {SQLITE_LIMIT_SQL_LENGTH, SANDBOX_SQL_BYTES_MAX},
                {SQLITE_LIMIT_COLUMN, 200},
                {SQLITE_LIMIT_EXPR_DEPTH, 200},
                {SQLITE_LIMIT_COMPOUND_SELECT, 50},
                {SQLITE_LIMIT_VDBE_OP, 250000},
                {SQLITE_LIMIT_FUNCTION_ARG, 32},
                {SQLITE_LIMIT_ATTACHED, 0},
                {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
                {SQLITE_LIMIT_VARIABLE_NUMBER, 1000},
                {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
                {SQLITE_LIMIT_WORKER_THREADS, 0},
        };
        static const int off[] = {SQLITE_DBCONFIG_ENABLE_FKEY,
                                  SQLITE_DBCONFIG_ENABLE_TRIGGER,
                                  SQLITE_DBCONFIG_ENABLE_VIEW,
                                  SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER,
                                  SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
                                  SQLITE_DBCONFIG_TRUSTED_SCHEMA,
                                  SQLITE_DBCONFIG_DQS_DML,
                                  SQLITE_DBCONFIG_DQS_DDL};

        for (unsigned i = 0; i < G_N_ELEMENTS(limits); i++)
                (void)sqlite3_limit(sqlite, limits[i][0], limits[i][1]);
        for (unsigned i = 0; i < G_N_ELEMENTS(off); i++)
                (void)sqlite3_db_config(sqlite, off[i], 0, NULL);
        (void)sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
}

static int tick(void *data)
{
        return !allowance_spend(data, TICK_STEPS);
}

/* The reader may fill its page cache meanwhile, which is not the statement's fault. */
static void watch(Sandbox *sandbox)
{
        Allowance *allowance = &sandbox->allowance;

        *allowance = (Allowance){.steps = sandbox->limits.steps,
                                 .bytes = SANDBOX_MEMORY_MAX + sandbox->reader->cache_kb * 1024LL,
                                 .deadline = g_get_monotonic_time() +
                                             sandbox->limits.timeout_ms * 1000LL};
        sqlite3_progress_handler(sandbox->sqlite, TICK_STEPS, tick, allowance);
        sqlite3_progress_handler(sandbox->reader->sqlite, TICK_STEPS, tick, allowance);
}

/* Sorting stays in memory: what is read must not come to lie in a file. */
static bool make(Sandbox *sandbox)
{
        static const char *const kept[] = {"json_each", "json_tree", NULL};
        int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE;

        if (sqlite3_open_v2(":memory:", &sandbox->sqlite, flags, NULL) != SQLITE_OK ||
            sqlite3_exec(sandbox->sqlite, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL) !=
                    SQLITE_OK ||
            sqlite3_drop_modules(sandbox->sqlite, (const char **)(uintptr_t)kept) != SQLITE_OK ||
            !sandbox_add_functions(sandbox->sqlite))
                return false;
        for (unsigned i = 0; kept[i]; i++)
                g_hash_table_add(sandbox->names, g_strdup(kept[i]));
        sandbox_add_listing(sandbox);
        for (const SandboxView *view = sandbox->views; view->name; view++)
                if (!sandbox_add_table(sandbox, view))
                        return false;
        for (unsigned i = 0; i < G_N_ELEMENTS(sandbox->own); i++)
                if (!sandbox_add_table(sandbox, &sandbox->own[i]))
                        return false;
        set_limits(sandbox->sqlite);
        return sqlite3_set_authorizer(sandbox->sqlite, judge, sandbox) == SQLITE_OK;
}

Sandbox *sandbox_new(Db *reader, const SandboxView *views, const SandboxLimits *limits,
                     GError **error)
{
        g_autoptr(Sandbox) sandbox = g_new0(Sandbox, 1);

        sandbox->reader = reader;
        sandbox->views = views;
        sandbox->limits = *limits;
        if (sandbox->limits.steps == 0)
                sandbox->limits.steps = SANDBOX_STEPS_MAX;
        sandbox->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        sandbox->bindings = g_ptr_array_new_with_free_func(g_free);
        sandbox->plans = g_ptr_array_new_with_free_func(sandbox_plan_free);
        sandbox->cursors = g_ptr_array_new();
        if (!allowance_is_installed() || !make(sandbox)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "SQL cannot be run: %s",
                            sandbox->sqlite ? sqlite3_errmsg(sandbox->sqlite)
                                            : "its memory cannot be limited in this process");
                return NULL;
        }
        watch(sandbox);
        return g_steal_pointer(&sandbox);
}

Sandbox *sandbox_free(Sandbox *sandbox)
{
        if (!sandbox)
                return NULL;
        (void)sqlite3_finalize(sandbox->statement);
        (void)sqlite3_close(sandbox->sqlite);
        db_set_limit(sandbox->reader, impatience_steps()); /* its own handler again */
        g_hash_table_unref(sandbox->names);
        g_ptr_array_unref(sandbox->bindings);
        g_ptr_array_unref(sandbox->plans);
        g_ptr_array_unref(sandbox->cursors);
        for (unsigned i = 0; i < G_N_ELEMENTS(sandbox->listing); i++)
                g_free(sandbox->listing[i]);
        g_free(sandbox->denied);
        g_clear_error(&sandbox->inner);
        g_free(sandbox);
        return NULL;
}

/* ---- preparing ---- */

static bool invalid(GError **error, const char *words)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "sql: %s", words);
        return false;
}

/* What follows the first statement may be white space, comments and semicolons, which make no statement. */
static bool is_empty(Sandbox *sandbox, const char *rest)
{
        while (*rest) {
                g_autoptr(sqlite3_stmt) second = NULL;
                const char *next = rest;

                if (sqlite3_prepare_v2(sandbox->sqlite, rest, -1, &second, &next) != SQLITE_OK ||
                    second || next == rest)
                        return false;
                rest = next;
        }
        return true;
}

static bool check_kind(Sandbox *sandbox, const char *rest, GError **error)
{
        if (!sandbox->statement)
                return invalid(error, "there is no statement");
        if (sqlite3_stmt_isexplain(sandbox->statement) != 0)
                return invalid(error, "EXPLAIN cannot be run");
        if (!is_empty(sandbox, rest))
                return invalid(error, "one statement only");
        /* the authorizer is not asked about what would have nothing to do: REINDEX of no index */
        return (sqlite3_stmt_readonly(sandbox->statement) &&
                sqlite3_column_count(sandbox->statement) > 0) ||
               invalid(error, "only SELECT, WITH and VALUES can be run");
}

static bool has_word(const char *text, const char *word)
{
        size_t length = strlen(word);

        for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
                if ((at == text || !g_ascii_isalnum(at[-1])) && !g_ascii_isalnum(at[length]))
                        return true;
        return false;
}

/* Right joins and conditions joined by OR tell rows apart by their keys, but SQLite does not count these among the columns that
 * are used. */
static bool may_use_keys(const char *sql)
{
        g_autofree char *lower = g_ascii_strdown(sql, -1);

        return has_word(lower, "right") || has_word(lower, "full") || has_word(lower, "or");
}

bool sandbox_prepare(Sandbox *sandbox, const char *sql, GError **error)
{
        const char *rest = "";
        bool ok;

        g_assert(!sandbox->statement);
        if (strlen(sql) > SANDBOX_SQL_BYTES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "sql is longer than SANDBOX_SQL_BYTES_MAX (%d)", SANDBOX_SQL_BYTES_MAX);
                return false;
        }
        sandbox->keys_are_used = may_use_keys(sql);
        allowance_begin(&sandbox->allowance);
        if (sqlite3_prepare_v2(sandbox->sqlite, sql, -1, &sandbox->statement, &rest) == SQLITE_OK) {
                ok = check_kind(sandbox, rest, error);
        } else {
                sandbox_set_error(sandbox, sql, error);
                ok = false;
        }
        allowance_end();
        return ok;
}

/* ---- parameters ---- */

static bool bind_value(Sandbox *sandbox, int parameter, JsonNode *node)
{
        sqlite3_stmt *statement = sandbox->statement;
        GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;
        int r = SQLITE_MISMATCH;

        if (JSON_NODE_HOLDS_NULL(node))
                r = sqlite3_bind_null(statement, parameter);
        else if (type == G_TYPE_STRING)
                r = sqlite3_bind_text(statement, parameter, json_node_get_string(node), -1,
                                      SQLITE_TRANSIENT);
        else if (type == G_TYPE_INT64)
                r = sqlite3_bind_int64(statement, parameter, json_node_get_int(node));
        else if (type == G_TYPE_DOUBLE)
                r = sqlite3_bind_double(statement, parameter, json_node_get_double(node));
        else if (type == G_TYPE_BOOLEAN)
                r = sqlite3_bind_int(statement, parameter, json_node_get_boolean(node));
        return r == SQLITE_OK;
}

/* The value of one parameter: by its place, or by its name with or without the sign before it. */
static JsonNode *find_value(Sandbox *sandbox, JsonNode *values, int parameter)
{
        const char *name = sqlite3_bind_parameter_name(sandbox->statement, parameter);
        JsonObject *object;

        if (values && JSON_NODE_HOLDS_ARRAY(values)) {
                JsonArray *array = json_node_get_array(values);

                return (unsigned)parameter <= json_array_get_length(array)
                               ? json_array_get_element(array, (unsigned)parameter - 1)
                               : NULL;
        }
        if (!values || !JSON_NODE_HOLDS_OBJECT(values) || !name)
                return NULL;
        object = json_node_get_object(values);
        return json_object_get_member(object, name) ?: json_object_get_member(object, name + 1);
}

static unsigned count_values(JsonNode *values)
{
        if (values && JSON_NODE_HOLDS_ARRAY(values))
                return json_array_get_length(json_node_get_array(values));
        return values && JSON_NODE_HOLDS_OBJECT(values)
                       ? json_object_get_size(json_node_get_object(values))
                       : 0;
}

bool sandbox_bind(Sandbox *sandbox, JsonNode *values, GError **error)
{
        int count = sqlite3_bind_parameter_count(sandbox->statement);

        for (int i = 1; i <= count; i++) {
                JsonNode *value = find_value(sandbox, values, i);
                const char *name = sqlite3_bind_parameter_name(sandbox->statement, i);

                if (value && bind_value(sandbox, i, value))
                        continue;
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "params: %s for parameter %d%s%s of %d%s",
                            value ? "not a text, number, bool or null of at most "
                                    "SANDBOX_VALUE_BYTES_MAX bytes"
                                  : "no value",
                            i, name ? ", " : "", name ?: "", count,
                            name ? "" : "; those without names come in an array");
                return false;
        }
        if (count_values(values) <= (unsigned)count)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "params: %u values for %d parameters", count_values(values), count);
        return false;
}

/* ---- running ---- */

StepResult sandbox_step(Sandbox *sandbox, GError **error)
{
        int r;

        allowance_begin(&sandbox->allowance);
        r = sqlite3_step(sandbox->statement);
        if (r != SQLITE_ROW && r != SQLITE_DONE)
                sandbox_set_error(sandbox, sqlite3_sql(sandbox->statement), error);
        allowance_end();
        if (r == SQLITE_ROW)
                return STEP_ROW;
        return r == SQLITE_DONE ? STEP_DONE : STEP_ERROR;
}

int sandbox_columns(Sandbox *sandbox)
{
        return sqlite3_column_count(sandbox->statement);
}

const char *sandbox_column_name(Sandbox *sandbox, int column)
{
        return sqlite3_column_name(sandbox->statement, column);
}

static char *text_of_blob(const uint8_t *data, size_t size)
{
        GString *text = g_string_sized_new(size * 2 + 4);

        g_string_append(text, "x'");
        for (size_t i = 0; i < size; i++)
                g_string_append_printf(text, "%02x", data[i]);
        g_string_append_c(text, '\'');
        return g_string_free(text, FALSE);
}

/* JSON has no numbers without an end. */
static char *text_of_double(double value)
{
        return g_strdup(value > 0 ? "Infinity" : "-Infinity");
}

static char *text_of(Sandbox *sandbox, int column)
{
        sqlite3_stmt *statement = sandbox->statement;
        const void *data;
        size_t size;

        if (sqlite3_column_type(statement, column) == SQLITE_FLOAT)
                return text_of_double(sqlite3_column_double(statement, column));
        data = sqlite3_column_blob(statement, column);
        size = (size_t)sqlite3_column_bytes(statement, column);
        return sqlite3_column_type(statement, column) == SQLITE_BLOB
                       ? text_of_blob(data, size)
                       : g_utf8_make_valid(data ?: "", (gssize)size);
}

JsonNode *sandbox_value(Sandbox *sandbox, int column, size_t *bytes)
{
        sqlite3_stmt *statement = sandbox->statement;
        JsonNode *node = json_node_new(JSON_NODE_VALUE);
        int type = sqlite3_column_type(statement, column);
        g_autofree char *text = NULL;

        *bytes += 8;
        if (type == SQLITE_NULL) {
                json_node_init_null(node);
        } else if (type == SQLITE_INTEGER) {
                json_node_set_int(node, sqlite3_column_int64(statement, column));
        } else if (type == SQLITE_FLOAT && isfinite(sqlite3_column_double(statement, column))) {
                json_node_set_double(node, sqlite3_column_double(statement, column));
        } else {
                text = text_of(sandbox, column);
                *bytes += strlen(text);
                json_node_set_string(node, text);
        }
        return node;
}
