/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The virtual table of a view: SQLite asks for a Plan, and for rows by it; each cursor composes a SELECT over the
 * reader from the view's own words, with every value bound. What is compared there is compared again by the
 * sandbox, so a plan may find too much, but never too little; only with all conditions met exactly is a limit
 * handed down. */
#include "store/sandbox.h"

#include <limits.h>
#include <string.h>

#define LIST_GUESS  25   /* elements, as SQLite guesses */
#define SCOPED_ROWS 1000 /* of one value, from which on a scope is thought to have fewer */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_value, sqlite3_value_free)

typedef struct Condition {
        int column;
        const char *operator;
        bool is_unary; /* has no value */
        bool is_like;  /* a function: takes any value as text */
        bool is_loose; /* SQLite does not say by which collation: what is found may be too much */
        bool is_equality;
} Condition;

typedef struct Order {
        int column;
        bool is_descending;
} Order;

typedef struct Plan {
        GArray *conditions;         /* Condition; their values come first, in this order … */
        GArray *orders;             /* Order */
        bool has_limit, has_offset; /* … then these */
        uint64_t used;              /* columns that are asked for */
} Plan;

typedef struct Table {
        sqlite3_vtab base;
        const SandboxBinding *binding;
        uint64_t key; /* its columns, a bit each */
} Table;

typedef struct Cursor {
        sqlite3_vtab_cursor base;
        unsigned slot;
        Statement *statement;
        bool at_end;
        int place[64]; /* of each column in the statement */
} Cursor;

void sandbox_plan_free(void *data)
{
        Plan *plan = data;

        g_array_unref(plan->conditions);
        g_array_unref(plan->orders);
        g_free(plan);
}

/* ---- the table ---- */

static char *declare(const SandboxView *view)
{
        GString *sql = g_string_new(NULL);

        /* by its own name, which the authorizer is asked about */
        g_string_append_printf(sql, "CREATE TABLE \"%s\" (", view->name);
        for (const SandboxColumn *column = view->columns; column->name; column++)
                g_string_append_printf(sql, "\"%s\" %s, ", column->name,
                                       sandbox_type_to_string(column->type));
        g_string_append_printf(sql, "PRIMARY KEY (%s)) WITHOUT ROWID", view->key);
        return g_string_free(sql, FALSE);
}

static uint64_t key_of(const SandboxView *view)
{
        g_auto(GStrv) names = g_strsplit(view->key, ", ", -1);
        uint64_t key = 0;
        unsigned i = 0;

        for (; view->columns[i].name; i++)
                if (g_strv_contains((const char *const *)names, view->columns[i].name))
                        key |= UINT64_C(1) << i;
        g_assert(i < 64); /* the last bit of colUsed stands for all further ones */
        return key;
}

static int table_connect(sqlite3 *sqlite, void *data, int argc, const char *const *argv,
                         sqlite3_vtab **ret, char **ret_error)
{
        const SandboxBinding *binding = data;
        g_autofree char *sql = declare(binding->view);
        int r = sqlite3_declare_vtab(sqlite, sql);
        Table *table;

        if (r != SQLITE_OK)
                return r;
        table = g_new0(Table, 1);
        table->binding = binding;
        table->key = key_of(binding->view);
        *ret = &table->base;
        return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *table)
{
        g_free(table);
        return SQLITE_OK;
}

/* ---- planning ---- */

static const struct {
        int code;
        Condition condition;
} operators[] = {
        {SQLITE_INDEX_CONSTRAINT_EQ, {.operator= "=", .is_equality = true}},
        {SQLITE_INDEX_CONSTRAINT_IS, {.operator= "IS", .is_equality = true}},
        {SQLITE_INDEX_CONSTRAINT_GT, {.operator= ">" } },
         {SQLITE_INDEX_CONSTRAINT_LE, {.operator= "<=" } },
          {SQLITE_INDEX_CONSTRAINT_LT, {.operator= "<" } },
           {SQLITE_INDEX_CONSTRAINT_GE,
            {
                    .operator= ">=" } },
            {SQLITE_INDEX_CONSTRAINT_NE, {.operator= "<>", .is_loose = true}},
            {SQLITE_INDEX_CONSTRAINT_ISNOT, {.operator= "IS NOT", .is_loose = true}},
            {SQLITE_INDEX_CONSTRAINT_ISNULL, {.operator= "IS NULL", .is_unary = true}},
            {SQLITE_INDEX_CONSTRAINT_ISNOTNULL, {.operator= "IS NOT NULL", .is_unary = true}},
            {SQLITE_INDEX_CONSTRAINT_LIKE, {.operator= "LIKE", .is_like = true}},
            {SQLITE_INDEX_CONSTRAINT_GLOB, {.operator= "GLOB", .is_like = true}},
           };

static bool read_condition(sqlite3_index_info *info, int i, Condition *ret)
{
        const struct sqlite3_index_constraint *given = &info->aConstraint[i];

        if (!given->usable || given->iColumn < 0)
                return false;
        for (unsigned j = 0; j < G_N_ELEMENTS(operators); j++)
                if (operators[j].code == given->op) {
                        *ret = operators[j].condition;
                        ret->column = given->iColumn;
                        /* the reader compares byte by byte */
                        return ret->is_like || ret->is_unary ||
                               g_ascii_strcasecmp(sqlite3_vtab_collation(info, i), "BINARY") == 0;
                }
        return false;
}

typedef struct Estimate {
        double rows, cost;
} Estimate;

/* times: how often the table is asked. */
static void estimate(const SandboxView *view, const Condition *condition, double times,
                     Estimate *estimate)
{
        double rows = view->columns[condition->column].rows;

        if (condition->is_equality && rows > 0)
                estimate->cost = MIN(estimate->cost, times * (20 + 2.0 * rows));
        if (condition->is_equality)
                estimate->rows = MIN(estimate->rows, rows > 0 ? times * rows : estimate->rows / 10);
        else
                estimate->rows /= 2;
}

/* SQLite asks for a list ("x IN (…)") once with each of its elements, and for two lists with each pair of theirs: the square of
 * what the table has, if no index finds them. So at most one list is taken, that with the best index, and only if no plain
 * equality has a better one. -1: none. */
static int find_list(sqlite3_index_info *info, const SandboxView *view)
{
        unsigned best = UINT_MAX;
        int list = -1;

        for (int i = 0; i < info->nConstraint; i++) {
                Condition condition;
                unsigned rows;

                if (!read_condition(info, i, &condition) || !condition.is_equality)
                        continue;
                rows = view->columns[condition.column].rows;
                if (rows == 0 || rows >= best)
                        continue;
                best = rows;
                list = sqlite3_vtab_in(info, i, -1) ? i : -1;
        }
        return list;
}

static bool is_limit(int op)
{
        return op == SQLITE_INDEX_CONSTRAINT_LIMIT || op == SQLITE_INDEX_CONSTRAINT_OFFSET;
}

/* Takes what it can of the conditions; true if that is all of them, and none finds too much. */
static bool take_conditions(sqlite3_index_info *info, const SandboxView *view, Plan *plan,
                            Estimate *ret)
{
        int list = find_list(info, view);
        bool all = true;

        for (int i = 0; i < info->nConstraint; i++) {
                Condition condition;

                if (is_limit(info->aConstraint[i].op))
                        continue;
                if (!read_condition(info, i, &condition) ||
                    (i != list && sqlite3_vtab_in(info, i, -1))) {
                        all = false;
                        continue;
                }
                if (condition.is_loose && view->columns[condition.column].type == SANDBOX_TEXT)
                        all = false;
                g_array_append_val(plan->conditions, condition);
                info->aConstraintUsage[i].argvIndex = (int)plan->conditions->len;
                estimate(view, &condition, i == list ? LIST_GUESS : 1, ret);
        }
        return all;
}

static bool take_order(sqlite3_index_info *info, Plan *plan)
{
        for (int i = 0; i < info->nOrderBy; i++)
                if (info->aOrderBy[i].iColumn < 0)
                        return false;
        for (int i = 0; i < info->nOrderBy; i++) {
                Order order = {info->aOrderBy[i].iColumn, info->aOrderBy[i].desc != 0};

                g_array_append_val(plan->orders, order);
        }
        info->orderByConsumed = info->nOrderBy > 0;
        return true;
}

static int find_limit(sqlite3_index_info *info, int op)
{
        for (int i = 0; i < info->nConstraint; i++)
                if (info->aConstraint[i].op == op && info->aConstraint[i].usable)
                        return i;
        return -1;
}

/* Neither is omitted: the sandbox skips and counts too, so what is fetched is limit + offset rows. */
static void take_limit(sqlite3_index_info *info, Plan *plan)
{
        int limit = find_limit(info, SQLITE_INDEX_CONSTRAINT_LIMIT);
        int offset = find_limit(info, SQLITE_INDEX_CONSTRAINT_OFFSET);
        int next = (int)plan->conditions->len + 1;

        if (limit < 0)
                return;
        plan->has_limit = true;
        info->aConstraintUsage[limit].argvIndex = next++;
        if (offset < 0)
                return;
        plan->has_offset = true;
        info->aConstraintUsage[offset].argvIndex = next;
}

static int table_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
        const SandboxBinding *binding = ((Table *)base)->binding;
        GPtrArray *plans = binding->sandbox->plans;
        Estimate guess = {binding->view->rows, 1.5 * binding->view->rows + 50};
        Plan *plan;
        bool all;

        plan = g_new0(Plan, 1);
        plan->conditions = g_array_new(FALSE, FALSE, sizeof(Condition));
        plan->orders = g_array_new(FALSE, FALSE, sizeof(Order));
        plan->used = info->colUsed;
        if (binding->sandbox->keys_are_used)
                plan->used |= ((Table *)base)->key;
        g_ptr_array_add(plans, plan);
        all = take_conditions(info, binding->view, plan, &guess);
        if (take_order(info, plan) && all)
                take_limit(info, plan);
        info->idxNum = (int)plans->len - 1;
        info->estimatedRows = (sqlite3_int64)MAX(guess.rows, 1);
        info->estimatedCost = guess.cost;
        return SQLITE_OK;
}

/* ---- the SELECT of a cursor ---- */

typedef struct Select {
        const SandboxView *view;
        const Plan *plan;
        sqlite3_value **values;
        GString *sql;
        GArray *keys; /* Key: further parameters */
        int parameters;
        bool exact; /* all conditions are met */
        bool is_scoped;
} Select;

typedef struct Key {
        int parameter;
        char *text;
} Key;

static void key_clear(void *key)
{
        g_free(((Key *)key)->text);
}

/* lookup with the parameters in place of %v and %k. */
static void add_lookup(Select *select, const char *lookup, sqlite3_value *value, int parameter)
{
        const char *text = sqlite3_value_type(value) == SQLITE_TEXT
                                   ? (const char *)sqlite3_value_text(value)
                                   : NULL;
        Key key = {0};

        if (!text || !g_utf8_validate(text, sqlite3_value_bytes(value), NULL))
                return; /* the condition itself is enough */
        g_string_append(select->sql, " AND ");
        for (const char *at = lookup; *at; at++) {
                if (at[0] == '%' && at[1] == 'k' && key.parameter == 0)
                        key = (Key){++select->parameters, text_key(text)};
                if (at[0] == '%')
                        g_string_append_printf(select->sql, "?%d",
                                               *++at == 'k' ? key.parameter : parameter);
                else
                        g_string_append_c(select->sql, *at);
        }
        if (key.parameter > 0)
                g_array_append_val(select->keys, key);
}

/* A number compared with a text column may mean either: "object = 5" compares texts, but "object = x.number"
 * compares numbers. Which one it is cannot be seen here. */
static bool is_ambiguous(const Condition *condition, const SandboxColumn *column,
                         sqlite3_value *value)
{
        int type = sqlite3_value_type(value);

        return !condition->is_unary && !condition->is_like && column->type == SANDBOX_TEXT &&
               (type == SQLITE_INTEGER || type == SQLITE_FLOAT);
}

static void add_conditions(Select *select)
{
        for (unsigned i = 0; i < select->plan->conditions->len; i++) {
                const Condition *condition = &g_array_index(select->plan->conditions, Condition, i);
                const SandboxColumn *column = &select->view->columns[condition->column];
                sqlite3_value *value = select->values[i];

                if (is_ambiguous(condition, column, value)) {
                        select->exact = false;
                        continue;
                }
                if (g_str_equal(condition->operator, "=") &&
                    sqlite3_value_type(value) == SQLITE_NULL) {
                        g_string_append(select->sql,
                                        " AND 0"); /* as in a join: no index is asked */
                        continue;
                }
                /* + keeps the planner from an index that finds more than the scope has */
                g_string_append_printf(select->sql, " AND %s(%s) %s",
                                       select->is_scoped && column->rows > SCOPED_ROWS ? "+" : "",
                                       column->sql, condition->operator);
                if (!condition->is_unary)
                        g_string_append_printf(select->sql, " ?%u", i + 1);
                if (condition->is_equality && column->lookup)
                        add_lookup(select, column->lookup, value, (int)i + 1);
        }
}

/* Under a scope rows that the statement leaves in any order come in that of their keys: the order in which an index has
 * them may follow from what is not seen. */
static void add_key_order(Select *select)
{
        g_auto(GStrv) keys = g_strsplit(select->view->key, ", ", 0);
        bool first = select->plan->orders->len == 0;

        for (char **key = keys; *key; key++)
                for (const SandboxColumn *column = select->view->columns; column->name; column++) {
                        if (strcmp(column->name, *key) != 0)
                                continue;
                        g_string_append_printf(select->sql, "%s (%s)", first ? " ORDER BY" : ",",
                                               column->sql);
                        first = false;
                }
}

static void add_order(Select *select)
{
        const GArray *orders = select->plan->orders;

        for (unsigned i = 0; i < orders->len; i++) {
                const Order *order = &g_array_index(orders, Order, i);

                g_string_append_printf(select->sql, "%s (%s)%s", i == 0 ? " ORDER BY" : ",",
                                       select->view->columns[order->column].sql,
                                       order->is_descending ? " DESC" : "");
        }
}

/* How many rows are enough; -1: all. */
static int64_t wanted(const Select *select)
{
        const Plan *plan = select->plan;
        sqlite3_value **values = select->values + plan->conditions->len;
        int64_t limit, offset = 0;

        if (!plan->has_limit || !select->exact || sqlite3_value_type(values[0]) != SQLITE_INTEGER)
                return -1;
        limit = sqlite3_value_int64(values[0]);
        if (plan->has_offset && sqlite3_value_type(values[1]) != SQLITE_INTEGER)
                return -1;
        if (plan->has_offset)
                offset = MAX(sqlite3_value_int64(values[1]), 0);
        return limit < 0 || limit > INT64_MAX - offset ? -1 : limit + offset;
}

static void add_columns(Select *select, Cursor *cursor)
{
        int count = 0;

        g_string_append(select->sql, "SELECT ");
        for (int i = 0; select->view->columns[i].name; i++) {
                cursor->place[i] = -1;
                if (!(select->plan->used & (UINT64_C(1) << i)))
                        continue;
                g_string_append_printf(select->sql, "%s%s", count > 0 ? ", " : "",
                                       select->view->columns[i].sql);
                cursor->place[i] = count++;
        }
        if (count == 0)
                g_string_append(select->sql, "1");
}

static void bind(const Select *select, sqlite3_stmt *statement, int64_t limit)
{
        for (unsigned i = 0; i < select->plan->conditions->len; i++) {
                const Condition *condition = &g_array_index(select->plan->conditions, Condition, i);
                g_autoptr(sqlite3_value) value = sqlite3_value_dup(select->values[i]);

                if (condition->is_unary || !value)
                        continue; /* out of memory: the allowance is over, and the next step says so */
                if (!condition->is_like &&
                    select->view->columns[condition->column].type != SANDBOX_TEXT)
                        (void)sqlite3_value_numeric_type(value); /* as the sandbox compares */
                (void)sqlite3_bind_value(statement, (int)i + 1, value);
        }
        for (unsigned i = 0; i < select->keys->len; i++) {
                const Key *key = &g_array_index(select->keys, Key, i);

                (void)sqlite3_bind_text(statement, key->parameter, key->text, -1, SQLITE_TRANSIENT);
        }
        if (limit >= 0)
                (void)sqlite3_bind_int64(statement, select->parameters, limit);
}

/* ---- cursors ---- */

static Sandbox *sandbox_of(const Cursor *cursor)
{
        return ((Table *)cursor->base.pVtab)->binding->sandbox;
}

/* Cursors that are open at the same time need statements of their own: the slot makes their texts differ. */
static int cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **ret)
{
        GPtrArray *cursors = ((Table *)base)->binding->sandbox->cursors;
        Cursor *cursor = g_new0(Cursor, 1);

        while (cursor->slot < cursors->len && cursors->pdata[cursor->slot])
                cursor->slot++;
        if (cursor->slot == cursors->len)
                g_ptr_array_add(cursors, cursor);
        cursors->pdata[cursor->slot] = cursor;
        *ret = &cursor->base;
        return SQLITE_OK;
}

static int cursor_close(sqlite3_vtab_cursor *base)
{
        Cursor *cursor = (Cursor *)base;

        sandbox_of(cursor)->cursors->pdata[cursor->slot] = NULL;
        if (cursor->statement)
                (void)sqlite3_reset(statement_sqlite(cursor->statement));
        g_free(cursor);
        return SQLITE_OK;
}

static int fail(Cursor *cursor, GError *error)
{
        Sandbox *sandbox = sandbox_of(cursor);

        cursor->at_end = true;
        g_clear_error(&sandbox->inner);
        sandbox->inner = error;
        return SQLITE_INTERRUPT;
}

static int cursor_next(sqlite3_vtab_cursor *base)
{
        Cursor *cursor = (Cursor *)base;
        GError *error = NULL;
        StepResult step = statement_step(cursor->statement, &error);

        cursor->at_end = step != STEP_ROW;
        return step == STEP_ERROR ? fail(cursor, error) : SQLITE_OK;
}

static Statement *find_statement(Cursor *cursor, Select *select, GError **error)
{
        Sandbox *sandbox = sandbox_of(cursor);
        int64_t limit;
        Statement *statement;

        add_columns(select, cursor);
        g_string_append_printf(select->sql, " FROM %s WHERE %s", select->view->from,
                               select->view->where);
        add_conditions(select);
        add_order(select);
        if (select->is_scoped)
                add_key_order(select);
        limit = wanted(select);
        if (limit >= 0)
                g_string_append_printf(select->sql, " LIMIT ?%d", ++select->parameters);
        if (cursor->slot > 0)
                g_string_append_printf(select->sql, " /* %u */", cursor->slot);
        statement = db_statement(sandbox->reader, select->sql->str, error);
        if (statement)
                bind(select, statement_sqlite(statement), limit);
        return statement;
}

static int cursor_filter(sqlite3_vtab_cursor *base, int plan, const char *unused, int argc,
                         sqlite3_value **values)
{
        Cursor *cursor = (Cursor *)base;
        Sandbox *sandbox = sandbox_of(cursor);
        g_autoptr(GString) sql = g_string_new(NULL);
        g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(Key));
        GError *error = NULL;
        Select select = {.view = ((Table *)base->pVtab)->binding->view,
                         .plan = sandbox->plans->pdata[plan],
                         .values = values,
                         .sql = sql,
                         .keys = keys,
                         .exact = true,
                         .is_scoped = sandbox->reader->scope != NULL};

        g_array_set_clear_func(keys, key_clear);
        select.parameters = (int)select.plan->conditions->len;
        if (cursor->statement)
                (void)sqlite3_reset(statement_sqlite(cursor->statement));
        cursor->statement = find_statement(cursor, &select, &error);
        return cursor->statement ? cursor_next(base) : fail(cursor, error);
}

static int cursor_eof(sqlite3_vtab_cursor *base)
{
        return ((Cursor *)base)->at_end;
}

static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
        Cursor *cursor = (Cursor *)base;

        if (cursor->place[column] >= 0)
                sqlite3_result_value(context,
                                     sqlite3_column_value(statement_sqlite(cursor->statement),
                                                          cursor->place[column]));
        return SQLITE_OK;
}

/* Asked for of tables with rowids only, which these are not. */
static int cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *ret)
{
        return SQLITE_ERROR;
}

/* Without xCreate nobody can make a table of it: it is there under its own name only. */
static const sqlite3_module module = {
        .iVersion = 1,
        .xConnect = table_connect,
        .xBestIndex = table_best_index,
        .xDisconnect = table_disconnect,
        .xOpen = cursor_open,
        .xClose = cursor_close,
        .xFilter = cursor_filter,
        .xNext = cursor_next,
        .xEof = cursor_eof,
        .xColumn = cursor_column,
        .xRowid = cursor_rowid,
};

bool sandbox_add_table(Sandbox *sandbox, const SandboxView *view)
{
        SandboxBinding *binding = g_new(SandboxBinding, 1);

        *binding = (SandboxBinding){sandbox, view};
        g_ptr_array_add(sandbox->bindings, binding);
        g_hash_table_add(sandbox->names, g_ascii_strdown(view->name, -1));
        return sqlite3_create_module_v2(sandbox->sqlite, view->name, &module, binding, NULL) ==
               SQLITE_OK;
}
