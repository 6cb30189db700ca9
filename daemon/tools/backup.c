/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Backup into a folder and restore from it.
 *
 * A backup is: vault.db and ops.db (still encrypted with the vault's key, which is not part of it), the files
 * sha256/ab/<sha256>, SHA256SUMS over all of these (`sha256sum -c` reads it), and, written last,
 * manifest.json. A folder without a manifest is no backup. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "tools/care-private.h"
#include "tools/vault-walk.h"

#define BACKUP_FORMAT      1
#define MANIFEST_FILE      "manifest.json"
#define SUMS_FILE          "SHA256SUMS"
#define FOLDER_BYTES_MAX   4096
#define SUMS_LINE_MAX      256
#define MANIFEST_BYTES_MAX ((size_t)64 * 1024)

static const char *const databases[] = {CARE_VAULT_FILE, CARE_OPS_FILE, NULL};

static bool check_folder_name(const char *folder, GError **error)
{
        if (!text_check("The folder", folder, FOLDER_BYTES_MAX, "FOLDER_BYTES_MAX", error))
                return false;
        if (g_path_is_absolute(folder))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "The folder must be an absolute path, \"%s\" is not", folder);
        return false;
}

/* Makes the folder, or takes an empty one. */
static bool make_folder(const char *folder, GError **error)
{
        if (g_mkdir(folder, 0700) == 0)
                return true;
        if (errno != EEXIST) {
                error_set_errno(error, errno, "Cannot make the folder %s", folder);
                return false;
        }
        g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
        if (!dir)
                return false;
        if (!g_dir_read_name(dir))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "The folder %s is not empty; a backup needs a new or an empty one", folder);
        return false;
}

/* Removes what a failed backup left. Only names that a backup makes, in a folder that was empty. */
static void remove_remains(const char *folder)
{
        g_autofree char *sha256 = g_build_filename(folder, "sha256", NULL);
        const char *const names[] = {CARE_VAULT_FILE, CARE_OPS_FILE, SUMS_FILE, MANIFEST_FILE,
                                     NULL};

        for (size_t i = 0; names[i]; i++) {
                g_autofree char *path = g_build_filename(folder, names[i], NULL);
                (void)unlink(path);
        }
        for (int i = 0; i < 256; i++) {
                g_autofree char *shard = g_strdup_printf("%s/%02x", sha256, i);
                g_autoptr(GDir) dir = g_dir_open(shard, 0, NULL);
                const char *name;
                while (dir && (name = g_dir_read_name(dir))) {
                        g_autofree char *path = g_build_filename(shard, name, NULL);
                        (void)unlink(path);
                }
                (void)rmdir(shard);
        }
        (void)rmdir(sha256);
        (void)rmdir(folder);
}

/* What people call the folder: an open one is known by its descriptor only. */
static char *folder_name(const char *folder)
{
        char *name =
                g_str_has_prefix(folder, "/proc/self/fd/") ? g_file_read_link(folder, NULL) : NULL;

        return name ? name : g_strdup(folder);
}

static char *hash_of(const char *folder, const char *name, GError **error)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);
        int fd = file_open(AT_FDCWD, path, error);

        if (fd < 0)
                return NULL;
        char *hash = file_sha256(fd, error);
        close(fd);
        return hash;
}

/* Moves a file into a folder that may be on another file system. */
static bool move_file(const char *path, const char *folder, const char *name, GError **error)
{
        g_autofree char *target = g_build_filename(folder, name, NULL);
        int from = file_open(AT_FDCWD, path, error);
        bool copied = from >= 0 && file_copy(from, AT_FDCWD, target, error);

        if (from >= 0)
                close(from);
        (void)unlink(path);
        return copied;
}

/* SQLite writes its copy beside the original, a place that is the daemon's for certain. */
static bool copy_database(Care *care, Store *store, const char *folder, const char *name,
                          GError **error)
{
        g_autofree char *staging = g_strconcat(name, ".backup", NULL);
        g_autofree char *path = care_file(care, staging);

        if (unlink(path) < 0 && errno != ENOENT) {
                error_set_errno(error, errno, "Cannot remove %s", path);
                return false;
        }
        return store_backup(store, path, error) && move_file(path, folder, name, error);
}

static bool copy_databases(Care *care, const char *folder, FILE *sums, GError **error)
{
        Store *const stores[] = {care->options.vault, care->options.ops};

        for (size_t i = 0; databases[i]; i++) {
                if (care_is_stopping(care, error) ||
                    !copy_database(care, stores[i], folder, databases[i], error))
                        return false;
                g_autofree char *hash = hash_of(folder, databases[i], error);
                if (!hash)
                        return false;
                fprintf(sums, "%s  %s\n", hash, databases[i]);
                care_report(care, "backup", 0.25 * (double)(i + 1));
        }
        return true;
}

static FILE *make_sums(const char *folder, GError **error)
{
        g_autofree char *path = g_build_filename(folder, SUMS_FILE, NULL);
        FILE *sums = fopen(path, "wxe");

        if (!sums)
                error_set_errno(error, errno, "Cannot make %s", path);
        return sums;
}

static FILE *open_sums(const char *folder, GError **error)
{
        g_autofree char *path = g_build_filename(folder, SUMS_FILE, NULL);
        int fd = file_open(AT_FDCWD, path, error);

        return fd < 0 ? NULL : fdopen(fd, "re");
}

/* Flushes and syncs, and closes whatever came of it. */
static bool close_sums(FILE *sums, GError **error)
{
        bool written = fflush(sums) == 0 && !ferror(sums) && fsync(fileno(sums)) == 0;

        if (!written)
                error_set_errno(error, errno, "Cannot write " SUMS_FILE);
        fclose(sums);
        return written;
}

static bool write_manifest(Care *care, const char *folder, JsonObject *answer, GError **error)
{
        g_autofree char *path = g_build_filename(folder, MANIFEST_FILE, NULL);
        g_autofree char *sums = hash_of(folder, SUMS_FILE, error);
        g_autofree char *key_id = secrets_key_id(care->options.secrets);
        g_autoptr(JsonObject) manifest = json_object_new();

        if (!sums)
                return false;
        json_object_set_int_member(manifest, "format", BACKUP_FORMAT);
        json_object_set_string_member(manifest, "version", OUROBOROS_VERSION);
        json_set_time(manifest, "created", clock_now());
        json_object_set_string_member(manifest, "key_source",
                                      key_source_to_string(care_key_source(care)));
        json_set_string(manifest, "key_id", key_id);
        json_object_set_int_member(manifest, "files", json_member_int(answer, "files", 0));
        json_object_set_int_member(manifest, "bytes", json_member_int(answer, "bytes", 0));
        json_object_set_int_member(manifest, "entries", json_member_int(answer, "entries", 0));
        json_object_set_string_member(manifest, "sums_sha256", sums);
        g_autofree char *text = json_print_object(manifest);
        return g_file_set_contents_full(
                path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                error);
}

static bool fill_folder(Care *care, const char *folder, VaultTally *files, GError **error)
{
        FILE *sums = make_sums(folder, error);

        if (!sums)
                return false;
        /* the databases first: a file taken in meanwhile is one too many in the copy, never one
         * too few */
        bool filled = copy_databases(care, folder, sums, error) &&
                      vault_walk_copy(care->options.paths->vault, folder, sums, files, error);
        return close_sums(sums, filled ? error : NULL) && filled;
}

static void add_damaged(JsonObject *answer, const VaultTally *files)
{
        JsonArray *names = json_array_new();
        g_autofree char *problem = NULL;

        for (unsigned i = 0; files->damaged && i < files->damaged->len; i++)
                json_array_add_string_element(names, files->damaged->pdata[i]);
        if (files->bad > 0)
                problem = g_strdup_printf(
                        "%" G_GINT64_FORMAT
                        " damaged files of the vault are not in the backup; all else is. To heal one, "
                        "delete it, touch the original document and rescan its folder",
                        files->bad);
        json_object_set_int_member(answer, "files_bad", files->bad);
        json_object_set_array_member(answer, "damaged", names);
        json_set_string(answer, "problem", problem);
}

static JsonObject *backup(Care *care, const char *folder, GError **error)
{
        g_autoptr(JsonObject) answer = json_object_new();
        StoreStatus status = {0};
        VaultTally files = {0};

        if (!store_status(care->options.vault, &status, error) || !make_folder(folder, error))
                return NULL;
        bool done = fill_folder(care, folder, &files, error);
        json_object_set_int_member(answer, "files", files.count);
        json_object_set_int_member(answer, "bytes", files.bytes);
        json_object_set_int_member(answer, "entries", status.entries);
        add_damaged(answer, &files);
        vault_tally_clear(&files);
        if (done && write_manifest(care, folder, answer, error))
                return g_steal_pointer(&answer);
        remove_remains(folder);
        return NULL;
}

/* The same error in our own domain, with the folder as people call it. */
static void name_folder(const GError *problem, const char *folder, const char *name, GError **error)
{
        g_autoptr(GString) text = g_string_new(problem->message);

        g_string_replace(text, folder, name, 0);
        g_set_error_literal(error, OUROBOROS_ERROR, (gint)error_code(problem), text->str);
}

JsonObject *care_backup(void *room, const Access *access, JsonObject *args, GError **error)
{
        Care *care = room;
        const char *folder = json_member_string(args, "folder", "");
        g_autofree char *name = folder_name(folder);
        g_autoptr(GError) problem = NULL;

        if (!check_folder_name(folder, error) || !care_begin(care, "backup", error))
                return NULL;
        JsonObject *answer = backup(care, folder, &problem);
        care_end(care);
        if (!answer) {
                name_folder(problem, folder, name, error);
                return NULL;
        }
        json_object_set_string_member(answer, "folder", name);
        care_report(care, "backup", 1);
        log_event(LOG_BACKUP_DONE_EVENT, LOG_NOTICE, NULL, NULL, "Backed up the vault to %s", name);
        return answer;
}

/* ---- restore: everything is checked before anything is touched ---- */

static bool bad_backup(GError **error, const char *folder, const char *why)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                    "The backup in %s cannot be used: %s", folder, why);
        return false;
}

static char *read_manifest_text(const char *folder, GError **error)
{
        g_autofree char *path = g_build_filename(folder, MANIFEST_FILE, NULL);
        g_autoptr(GError) problem = NULL;
        int fd = file_open(AT_FDCWD, path, &problem);

        if (fd < 0) {
                g_set_error(error, OUROBOROS_ERROR, problem->code, "There is no backup in %s: %s",
                            folder, problem->message);
                return NULL;
        }
        char *text = file_read_text(fd, MANIFEST_BYTES_MAX, "MANIFEST_BYTES_MAX", error);
        close(fd);
        return text;
}

static JsonObject *read_manifest(const char *folder, GError **error)
{
        g_autofree char *text = read_manifest_text(folder, error);
        g_autoptr(JsonObject) manifest = text ? json_parse_object(text, -1, error) : NULL;

        if (!manifest)
                return NULL;
        if (json_member_int(manifest, "format", 0) != BACKUP_FORMAT) {
                bad_backup(error, folder, "it is of a format that this version does not know");
                return NULL;
        }
        return g_steal_pointer(&manifest);
}

/* A name that a backup may list: a database or sha256/ab/<sha256>. */
static bool is_listed_name(const char *name, const char *hash)
{
        if (g_strv_contains(databases, name))
                return true;
        return strlen(name) == strlen("sha256/ab/") + 64 && g_str_has_prefix(name, "sha256/") &&
               name[9] == '/' && strncmp(name + 7, hash, 2) == 0 && g_str_equal(name + 10, hash);
}

static bool check_line(const char *folder, char *line, GError **error)
{
        char *name = line + 66;

        g_strchomp(line);
        if (strlen(line) < 67 || strncmp(line + 64, "  ", 2) != 0)
                return bad_backup(error, folder, "a line of " SUMS_FILE " is malformed");
        line[64] = '\0';
        if (!is_listed_name(name, line))
                return bad_backup(error, folder, SUMS_FILE " names a file that no backup has");
        g_autofree char *hash = hash_of(folder, name, error);
        if (!hash)
                return false;
        if (g_str_equal(hash, line))
                return true;
        g_autofree char *why = g_strdup_printf("%s is damaged", name);
        return bad_backup(error, folder, why);
}

static bool check_sums(Care *care, const char *folder, JsonObject *manifest, GError **error)
{
        int64_t expected = json_member_int(manifest, "files", 0) + 2, checked = 0;
        g_autofree char *hash = hash_of(folder, SUMS_FILE, error);
        char line[SUMS_LINE_MAX];

        if (!hash)
                return false;
        if (!g_str_equal(hash, json_member_string(manifest, "sums_sha256", "")))
                return bad_backup(error, folder, SUMS_FILE " is not the one that it was made with");
        FILE *sums = open_sums(folder, error);
        bool sound = sums != NULL;
        while (sound && fgets(line, sizeof line, sums)) {
                sound = !care_is_stopping(care, error) && check_line(folder, line, error);
                if (++checked % 64 == 0)
                        care_report(care, "restore", 0.5 * (double)checked / (double)expected);
        }
        if (sums)
                fclose(sums);
        if (sound && checked != expected)
                return bad_backup(error, folder, SUMS_FILE " is not complete");
        return sound;
}

/* The names under which the databases are kept that a restore replaces: none that is taken. */
static void name_kept(Care *care, char *ret_kept[2])
{
        g_autofree char *iso = clock_to_iso(clock_now());
        GString *stamp = g_string_new(NULL);
        bool taken = true;

        for (const char *at = iso; *at && *at != '.'; at++)
                if (*at != '-' && *at != ':')
                        g_string_append_c(stamp, *at);
        g_string_append_c(stamp, 'Z');
        for (int i = 2; taken; i++) {
                taken = false;
                for (size_t j = 0; databases[j]; j++) {
                        g_autofree char *name =
                                g_strconcat(databases[j], ".before-restore.", stamp->str, NULL);
                        g_free(ret_kept[j]);
                        ret_kept[j] = care_file(care, name);
                        taken |= access(ret_kept[j], F_OK) == 0;
                }
                if (taken)
                        g_string_append_printf(stamp, "-%d", i);
        }
        g_string_free(stamp, TRUE);
}

static void drop_restore(Care *care)
{
        if (care_is_restoring(care)) /* the next opening needs it */
                return;
        store_drop_restore(care->options.vault);
        store_drop_restore(care->options.ops);
}

/* Both databases of the backup lie ready beside ours, checked and with our key. */
static bool prepare_databases(Care *care, const char *folder, const StoreKeys *keys, GError **error)
{
        g_autofree char *vault = g_build_filename(folder, CARE_VAULT_FILE, NULL);
        g_autofree char *ops = g_build_filename(folder, CARE_OPS_FILE, NULL);

        return store_prepare_restore(care->options.vault, vault, keys, error) &&
               store_prepare_restore(care->options.ops, ops, keys, error);
}

static bool swap(Care *care, char *const kept[2], const uint8_t *key, GError **error)
{
        g_autoptr(GError) closed = g_error_new_literal(OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                                                       "The vault is being restored");
        g_autoptr(GError) problem = NULL;

        store_close(care->options.vault);
        store_close(care->options.ops);
        care_set_state(care, closed);
        bool swapped = care_replace_databases(care, kept, key, error);
        bool opened = care_open_stores(care, &problem);
        care_set_state(care, problem);
        care_announce(care);
        if (swapped && !opened)
                g_propagate_error(error, g_steal_pointer(&problem));
        return swapped && opened;
}

/* The key of the backup's databases: ours, or one that was ours before, or that somebody brought. */
static bool find_backup_key(Care *care, const char *id, const uint8_t *own,
                            uint8_t ret_key[SECRETS_KEY_BYTES], GError **error)
{
        g_autofree char *own_id = secrets_key_id(care->options.secrets);
        g_autoptr(GError) problem = NULL;

        memcpy(ret_key, own, SECRETS_KEY_BYTES);
        if (!id || g_strcmp0(id, own_id) == 0 ||
            secrets_load_by_id(care->options.secrets, id, ret_key, &problem))
                return true;
        if (error_code(problem) == OUROBOROS_ERROR_INVALID)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                            "The backup's " MANIFEST_FILE " makes no sense: %s", problem->message);
        else
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                        "The backup is encrypted with the key %s, which is not known here. Where it was "
                        "made run \"ouroborosctl key export FILE\", here \"ouroborosctl key import FILE\", "
                        "then restore again (%s)",
                        id, problem->message);
        return false;
}

/* With a key that its manifest names, it is the backup that is wrong; without, probably the key. */
static void explain_wrong_key(const char *id, GError *problem, GError **error)
{
        if (error_code(problem) == OUROBOROS_ERROR_INVALID && id)
                problem->code = OUROBOROS_ERROR_CORRUPT;
        else if (error_code(problem) == OUROBOROS_ERROR_INVALID) {
                problem->code = OUROBOROS_ERROR_UNAVAILABLE;
                g_prefix_error(
                        &problem,
                        "The backup is damaged or encrypted with another key than this vault's, "
                        "and its manifest.json names none (\"key_id\"): ");
        }
        g_propagate_error(error, problem);
}

static bool find_keys(Care *care, const char *id, uint8_t own[SECRETS_KEY_BYTES],
                      uint8_t theirs[SECRETS_KEY_BYTES], GError **error)
{
        return care_load_key(care, own, error) && find_backup_key(care, id, own, theirs, error);
}

typedef struct Restore {
        const char *folder, *key_id; /* NULL: the manifest is older than that */
        char *kept[2];               /* where the databases go that are replaced */
        VaultTally files;
} Restore;

/* Nothing of ours is touched before keys and databases have proved good. */
static bool take_backup(Care *care, Restore *restore, GError **error)
{
        uint8_t own[SECRETS_KEY_BYTES], theirs[SECRETS_KEY_BYTES];
        StoreKeys keys = {.backup = theirs, .store = own};
        GError *problem = NULL;

        bool taken = find_keys(care, restore->key_id, own, theirs, error);
        if (taken && !prepare_databases(care, restore->folder, &keys, &problem)) {
                explain_wrong_key(restore->key_id, problem, error);
                taken = false;
        }
        explicit_bzero(theirs, sizeof theirs);
        care_report(care, "restore", 0.6);
        /* files only ever add up: content that is not referred to does no harm */
        taken = taken && vault_walk_copy(restore->folder, care->options.paths->vault, NULL,
                                         &restore->files, error);
        care_report(care, "restore", 0.7);
        taken = taken && swap(care, restore->kept, own, error);
        explicit_bzero(own, sizeof own);
        drop_restore(care);
        return taken;
}

static void add_kept(JsonObject *answer, char *const kept[2])
{
        static const char *const members[] = {"kept", "kept_ops"};

        for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
                if (access(kept[i], F_OK) == 0)
                        json_object_set_string_member(answer, members[i], kept[i]);
}

static JsonObject *restore(Care *care, const char *folder, GError **error)
{
        g_autoptr(JsonObject) manifest = read_manifest(folder, error);
        Restore restore = {.folder = folder};
        JsonObject *answer = NULL;

        if (!manifest || !check_sums(care, folder, manifest, error))
                return NULL;
        restore.key_id = json_member_string(manifest, "key_id", NULL);
        name_kept(care, restore.kept);
        if (take_backup(care, &restore, error)) {
                answer = json_object_new();
                json_object_set_string_member(answer, "folder", folder);
                add_kept(answer, restore.kept);
                json_object_set_int_member(answer, "files", restore.files.count);
                json_object_set_int_member(answer, "entries",
                                           json_member_int(manifest, "entries", 0));
        }
        g_free(restore.kept[0]);
        g_free(restore.kept[1]);
        vault_tally_clear(&restore.files);
        return answer;
}

JsonObject *care_restore(void *room, const Access *access, JsonObject *args, GError **error)
{
        Care *care = room;
        const char *folder = json_member_string(args, "folder", "");
        g_autoptr(GError) problem = NULL;

        if (!check_folder_name(folder, error) || !care_begin(care, "restore", error))
                return NULL;
        JsonObject *answer = restore(care, folder, &problem);
        care_end(care);
        if (!answer) {
                name_folder(problem, folder, folder, error);
                return NULL;
        }
        care_report(care, "restore", 1);
        log_event(LOG_RESTORE_DONE_EVENT, LOG_NOTICE, NULL, NULL,
                  "Restored the vault from %s; what was there before is kept as %s", folder,
                  json_member_string(answer, "kept", "nothing"));
        return answer;
}
