/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The moment of a restore in which two files are replaced, which must look like one step.
 *
 * Both databases of the backup lie ready beside ours, checked, before the file "restoring" is written: it has one line
 * for each of the databases, the name under which the old one is kept. From then on the restore counts as done, and
 * whatever stops the daemon, the next opening carries out the rest. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tools/care-private.h"

#define RESTORING_FILE      "restoring"
#define RESTORING_BYTES_MAX ((size_t)1024)

static bool write_marker(Care *care, char *const kept[2], GError **error)
{
        g_autofree char *path = care_file(care, RESTORING_FILE);
        g_autofree char *vault = g_path_get_basename(kept[0]);
        g_autofree char *ops = g_path_get_basename(kept[1]);
        g_autofree char *text = g_strdup_printf("%s\n%s\n", vault, ops);

        return g_file_set_contents_full(
                       path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                       0600, error) &&
               file_sync_folder(path, error);
}

static bool remove_marker(Care *care, GError **error)
{
        g_autofree char *path = care_file(care, RESTORING_FILE);

        if (unlink(path) == 0)
                return file_sync_folder(path, error);
        error_set_errno(error, errno, "Cannot remove %s", path);
        return false;
}

/* Ends the restore one way or the other; what lies ready is not needed any more. */
static bool end(Care *care, GError **error)
{
        if (!remove_marker(care, error))
                return false;
        store_drop_restore(care->options.vault);
        store_drop_restore(care->options.ops);
        return true;
}

/* Skips what has its place already. */
static bool replace_both(Care *care, char *const kept[2], const uint8_t *key, GError **error)
{
        Store *const stores[] = {care->options.vault, care->options.ops};

        for (size_t i = 0; i < G_N_ELEMENTS(stores); i++)
                if (store_has_restore(stores[i]) && !store_restore(stores[i], kept[i], key, error))
                        return false;
        return true;
}

bool care_is_restoring(Care *care)
{
        g_autofree char *path = care_file(care, RESTORING_FILE);

        return access(path, F_OK) == 0;
}

bool care_replace_databases(Care *care, char *const kept[2], const uint8_t *key, GError **error)
{
        if (!write_marker(care, kept, error))
                return false;
        if (replace_both(care, kept, key, error))
                return end(care, error);
        /* nothing replaced, or it can be taken back: as it was; else the next opening goes on */
        if (store_has_restore(care->options.vault) ||
            store_undo_restore(care->options.vault, kept[0], NULL))
                (void)end(care, NULL);
        return false;
}

/* The names in the marker; NULL without an error: there is none. */
static char **read_marker(Care *care, GError **error)
{
        g_autofree char *path = care_file(care, RESTORING_FILE);
        g_autoptr(GError) problem = NULL;
        int fd = file_open(AT_FDCWD, path, &problem);

        if (fd < 0) {
                if (error_code(problem) != OUROBOROS_ERROR_NOT_FOUND)
                        g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        g_autofree char *text =
                file_read_text(fd, RESTORING_BYTES_MAX, "RESTORING_BYTES_MAX", error);
        close(fd);
        g_auto(GStrv) names = text ? g_strsplit(text, "\n", 3) : NULL;
        if (!names)
                return NULL;
        if (g_strv_length(names) == 3 && !strchr(names[0], '/') && !strchr(names[1], '/'))
                return g_steal_pointer(&names);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                    "%s does not say which restore was under way", path);
        return NULL;
}

bool care_finish_restore(Care *care, const uint8_t *key, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_auto(GStrv) names = read_marker(care, &problem);

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (!names)
                return true;
        g_autofree char *vault = care_file(care, names[0]);
        g_autofree char *ops = care_file(care, names[1]);
        if (!replace_both(care, (char *const[]){vault, ops}, key, error) || !end(care, error))
                return false;
        log_event(LOG_RESTORE_DONE_EVENT, LOG_NOTICE, NULL, NULL,
                  "Finished a restore that was interrupted; what was there before is kept as %s",
                  vault);
        return true;
}
