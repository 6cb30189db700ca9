/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SQL of the rooms may do on a handle. A net against mistakes of ours, not a boundary against strangers:
 * SQLite names the innermost view *or common table expression* as the accessor. It judges only while a
 * room's SQL is prepared (db->guarded); what SQLite and FTS5 prepare for themselves passes. */
#include "store/db.h"

#include <string.h>

static bool starts(const char *text, const char *prefix)
{
        return text && g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_harmless_pragma(const char *name)
{
        return name && (g_ascii_strcasecmp(name, "data_version") == 0 ||
                        g_ascii_strcasecmp(name, "table_info") == 0);
}

static bool is_harmless_function(const char *name)
{
        return name && !starts(name, "sqlcipher_") &&
               g_ascii_strcasecmp(name, "load_extension") != 0;
}

/* Common table expressions of the views themselves, which are accessors of their own. */
#define VIEW_EXPRESSIONS "scoped_"

/* Shadow tables belong to a full-text table of the schema, which reads them while it is connected. */
static bool is_shadow(const char *table)
{
        return table && strstr(table, "_fts_") != NULL;
}

/* A function that looks like a table: it reads its argument. */
static bool is_function(const char *table)
{
        return g_strcmp0(table, "json_each") == 0;
}

static bool may_read(const Db *db, const char *table, const char *database, const char *accessor)
{
        if (!db->views)
                return true;
        if (starts(table, "sqlite_"))
                return false;
        if (is_function(table))
                return true;
        /* No database: count(*) or the like of a name without one, which is the view of that name. */
        if (!database || g_str_equal(database, "temp"))
                return true;
        return (accessor && (g_hash_table_contains(db->views, accessor) ||
                             starts(accessor, VIEW_EXPRESSIONS))) ||
               g_strcmp0(g_hash_table_lookup(db->views, table), "1") == 0 || is_shadow(table);
}

static int judge_reader(const Db *db, int action, const char *first, const char *second,
                        const char *database, const char *accessor)
{
        switch (action) {
        case SQLITE_SELECT:
        case SQLITE_RECURSIVE:
                return SQLITE_OK;
        case SQLITE_FUNCTION:
                return is_harmless_function(second) ? SQLITE_OK : SQLITE_DENY;
        case SQLITE_PRAGMA:
                return !db->views && is_harmless_pragma(first) ? SQLITE_OK : SQLITE_DENY;
        case SQLITE_READ:
                return may_read(db, first, database, accessor) ? SQLITE_OK : SQLITE_DENY;
        default:
                return SQLITE_DENY;
        }
}

static bool is_protected(const Db *db, const char *table)
{
        return starts(table, "sqlite_") || g_strcmp0(table, "mutations") == 0 ||
               g_strcmp0(table, "writes") == 0 || g_strcmp0(table, "table_kinds") == 0 ||
               (g_strcmp0(table, "redactions") == 0 && !db->importing) ||
               g_strcmp0(table, "erasures") == 0;
}

/* accessor is the trigger: journal_append() and its like may be called by those only. */
static int judge_writer(const Db *db, int action, const char *first, const char *second,
                        const char *database, const char *accessor)
{
        switch (action) {
        case SQLITE_SELECT:
        case SQLITE_RECURSIVE:
        case SQLITE_READ:
        case SQLITE_SAVEPOINT:
                return SQLITE_OK;
        case SQLITE_FUNCTION:
                if (starts(second, "journal_") && !starts(accessor, "journal_"))
                        return SQLITE_DENY;
                return is_harmless_function(second) ? SQLITE_OK : SQLITE_DENY;
        case SQLITE_PRAGMA:
                return is_harmless_pragma(first) ? SQLITE_OK : SQLITE_DENY;
        case SQLITE_INSERT:
        case SQLITE_UPDATE:
        case SQLITE_DELETE:
                return is_protected(db, first) ? SQLITE_DENY : SQLITE_OK;
        default: /* transactions, schema, attaching: none of a room's business */
                return SQLITE_DENY;
        }
}

static int judge(void *data, int action, const char *first, const char *second,
                 const char *database, const char *accessor)
{
        Db *db = data;

        if (!db->guarded)
                return SQLITE_OK;
        int verdict = db->role == DB_READER
                              ? judge_reader(db, action, first, second, database, accessor)
                              : judge_writer(db, action, first, second, database, accessor);
        db->denied |= verdict == SQLITE_DENY;
        return verdict;
}

void db_authorize(Db *db)
{
        if (db->role != DB_PLAIN)
                (void)sqlite3_set_authorizer(db->sqlite, judge, db);
}
