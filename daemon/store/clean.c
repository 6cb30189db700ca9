/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cleaning up after an erasure. The row in erasures stands since the commit that deleted; it is done when no file of ours
 * holds what is gone. Each step can be done again, so that a stop in between costs nothing but time. */
#include "store/clean.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/copy.h"
#include "store/replace.h"

#define STRIDE_STEPS 100000 /* virtual machine steps between two calls of progress */
#define SUFFIX       ".erase"

/* ---- files that rows named ---- */

/* Something may have come to need the file since. */
static bool is_used(Db *db, JsonObject *file, bool *ret, GError **error)
{
        g_autoptr(sqlite3_stmt) query = NULL;
        char *sql = sqlite3_mprintf("SELECT 1 FROM main.\"%w\" WHERE \"%w\" = %Q LIMIT 1",
                                    json_member_string(file, "table", ""),
                                    json_member_string(file, "column", ""),
                                    json_member_string(file, "value", ""));
        int r = sqlite3_prepare_v2(db->sqlite, sql, -1, &query, NULL);

        sqlite3_free(sql);
        if (r == SQLITE_OK)
                r = sqlite3_step(query);
        *ret = r == SQLITE_ROW;
        if (r == SQLITE_ROW || r == SQLITE_DONE)
                return true;
        db_set_error(db, error, "look who needs a file");
        return false;
}

static bool remove_file(const char *path, GError **error)
{
        if (g_unlink(path) == 0)
                return file_sync_folder(path, error);
        if (errno == ENOENT)
                return true;
        error_set_errno(error, errno, "cannot remove %s", path);
        return false;
}

static bool remove_listed(const Cleaning *cleaning, Db *db, const char *json, GError **error)
{
        g_autoptr(JsonParser) parser = json_parser_new();
        JsonArray *files = NULL;

        if (!json_parser_load_from_data(parser, json, -1, error))
                return false;
        files = json_node_get_array(json_parser_get_root(parser));
        for (unsigned i = 0; cleaning->store->files && i < json_array_get_length(files); i++) {
                JsonObject *file = json_array_get_object_element(files, i);
                g_autofree char *path = g_build_filename(
                        cleaning->store->files, json_member_string(file, "path", ""), NULL);
                bool used;

                if (!is_used(db, file, &used, error) || (!used && !remove_file(path, error)))
                        return false;
        }
        return true;
}

static bool remove_files(const Cleaning *cleaning, Db *db, GError **error)
{
        Statement *list =
                db_own_statement(db, "SELECT files FROM main.erasures WHERE done = 0", error);
        StepResult r;

        if (!list)
                return false;
        while ((r = statement_step(list, error)) == STEP_ROW)
                if (!remove_listed(cleaning, db, statement_text(list, 0), error))
                        break;
        (void)sqlite3_reset(statement_sqlite(list));
        return r == STEP_DONE;
}

/* ---- the database ---- */

typedef struct Watch {
        const Cleaning *cleaning;
        const char *path; /* that grows */
        int64_t expected;
} Watch;

static bool report(const Cleaning *cleaning, double fraction)
{
        return !cleaning->progress || cleaning->progress(fraction, cleaning->data);
}

static int64_t size_of(const char *path)
{
        struct stat st;

        return stat(path, &st) == 0 ? st.st_size : 0;
}

static int tick(void *data)
{
        const Watch *watch = data;
        double part = (double)size_of(watch->path) / (double)MAX(watch->expected, 1);

        return !report(watch->cleaning, 0.1 + 0.8 * MIN(part, 1));
}

/* A copy of the content, row by row: what is in no row does not come along. It has the key of the file itself. */
static bool write_clean(const Store *store, Db *db, const char *path, void *data, GError **error)
{
        const Cleaning *cleaning = data;
        Watch watch = {cleaning, path, size_of(store->path)};
        char *sql = sqlite3_mprintf("VACUUM INTO %Q", path);

        db_drop_statements(db);
        sqlite3_progress_handler(db->sqlite, STRIDE_STEPS, tick, &watch);
        bool ok = copy_make_file(path, error) && db_run(db, sql, error) && copy_sync(path, error);
        sqlite3_progress_handler(db->sqlite, 0, NULL, NULL);
        sqlite3_free(sql);
        return ok;
}

static bool stopped(GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                    "the cleaning was stopped; it is finished when the vault is opened next");
        return false;
}

bool clean_up(Cleaning *cleaning, Db **db, GError **error)
{
        Replacement replacement = {.store = cleaning->store,
                                   .suffix = SUFFIX,
                                   .write = write_clean,
                                   .data = cleaning,
                                   .old_key = cleaning->key,
                                   .key = cleaning->key,
                                   .readers_go_on = true,
                                   .no_readers = cleaning->no_readers};

        if (!report(cleaning, 0))
                return stopped(error);
        if (!remove_files(cleaning, *db, error))
                return false;
        if (!report(cleaning, 0.1))
                return stopped(error);
        bool ok = replace_file(&replacement, db, error);
        cleaning->lost = replacement.lost;
        if (!ok)
                return false;
        if (!report(cleaning, 0.9))
                return stopped(error);
        return db_run(*db, "UPDATE main.erasures SET done = 1, files = '[]' WHERE done = 0",
                      error) &&
               (report(cleaning, 1), true);
}

bool erase_finish_at_start(Store *store, Db **db, const uint8_t key[STORE_KEY_BYTES],
                           GError **error)
{
        Cleaning cleaning = {.store = store, .key = key, .no_readers = true};
        g_autofree char *half_made = g_strconcat(store->path, SUFFIX, NULL);
        g_autoptr(GError) failed = NULL;
        int64_t waiting;

        copy_remove(half_made);
        if (!db_query_int(*db, "SELECT count(*) FROM main.erasures WHERE done = 0", &waiting,
                          error)) {
                *db = db_close(*db);
                return false;
        }
        if (waiting == 0 || clean_up(&cleaning, db, &failed))
                return true;
        if (cleaning.lost) {
                g_propagate_error(error, g_steal_pointer(&failed));
                return false;
        }
        log_event(LOG_WORK_FAILED_EVENT, LOG_ERR, NULL, failed,
                  "What was deleted for good is still in the files of %s; cleaning them is tried "
                  "again at the next start",
                  store->path);
        return true;
}

/* ---- copies ---- */

/* PATH.before-…, and what is half made while something is under way, which nothing is now. */
static bool is_copy(const char *name, const char *base)
{
        static const char *const ends[] = {".backup", ".partial", ".restore", ".rekey",
                                           ".new",    SUFFIX,     NULL};
        size_t length = strlen(base);

        if (strncmp(name, base, length) != 0)
                return false;
        if (g_str_has_prefix(name + length, ".before-"))
                return true;
        for (unsigned i = 0; ends[i]; i++)
                if (g_str_has_prefix(name + length, ends[i]))
                        return true;
        return false;
}

char **clean_list_copies(const Store *store)
{
        g_autofree char *folder = g_path_get_dirname(store->path);
        g_autofree char *base = g_path_get_basename(store->path);
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        GPtrArray *list = g_ptr_array_new();
        const char *name;

        while (dir && (name = g_dir_read_name(dir)))
                if (is_copy(name, base))
                        g_ptr_array_add(list, g_build_filename(folder, name, NULL));
        g_ptr_array_add(list, NULL);
        return (char **)g_ptr_array_free(list, /* free_seg= */ FALSE);
}

bool clean_remove_copies(const Store *store, GError **error)
{
        g_auto(GStrv) copies = clean_list_copies(store);

        for (char **copy = copies; *copy; copy++)
                if (!remove_file(*copy, error))
                        return false;
        return true;
}
