/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FolderWatch descriptors stand for inodes, not paths: a folder moved within its root keeps its descriptor and
 * gets its new path when the next scan adds it again. */
#include "base/folder-watch.h"

#include "base/error.h"
#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define WATCH_MASK                                                                                 \
        (IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB |        \
         IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK)
#define WATCH_BUFFER 65536

typedef struct Place {
        char *root_id, *path;
} Place;

struct FolderWatch {
        int fd;
        sd_event_source *source;
        FolderWatchChanged changed;
        void *data;
        GMutex lock;
        GHashTable *places; /* watch descriptor → Place; guarded by lock */
};

static void place_free(void *data)
{
        Place *place = data;
        g_free(place->root_id);
        g_free(place->path);
        g_free(place);
}

static char *path_join(const char *folder, const char *name)
{
        return *folder ? g_strdup_printf("%s/%s", folder, name) : g_strdup(name);
}

/* The place of an event, copied; false if the descriptor is not known (any more). */
static bool place_of(FolderWatch *watch, const struct inotify_event *event, char **ret_root_id,
                     char **ret_path)
{
        g_mutex_lock(&watch->lock);
        const Place *place = g_hash_table_lookup(watch->places, GINT_TO_POINTER(event->wd));
        if (place) {
                *ret_root_id = g_strdup(place->root_id);
                *ret_path =
                        event->len ? path_join(place->path, event->name) : g_strdup(place->path);
        }
        bool known = place;
        if (known && event->mask & IN_IGNORED)
                (void)g_hash_table_remove(watch->places, GINT_TO_POINTER(event->wd));
        g_mutex_unlock(&watch->lock);
        return known;
}

static void folder_watch_event(FolderWatch *watch, const struct inotify_event *event)
{
        if (event->mask & IN_Q_OVERFLOW) {
                watch->changed(NULL, NULL, watch->data);
                return;
        }
        g_autofree char *root_id = NULL;
        g_autofree char *path = NULL;
        if (!place_of(watch, event, &root_id, &path) || event->mask & IN_IGNORED)
                return;
        /* Of the folder itself only the root's own fate is news; others are told by their parent. */
        if (event->len == 0 && *path)
                return;
        watch->changed(root_id, path, watch->data);
}

static int on_events(sd_event_source *source, int fd, uint32_t revents, void *data)
{
        FolderWatch *watch = data;
        _Alignas(struct inotify_event) char buffer[WATCH_BUFFER];
        ssize_t n = read(fd, buffer, sizeof(buffer));
        if (n < 0 && errno != EAGAIN && errno != EINTR)
                log_debug("cannot read inotify events: %s, ignoring", g_strerror(errno));
        for (ssize_t i = 0; i < n;) {
                const struct inotify_event *event = (const struct inotify_event *)(buffer + i);
                folder_watch_event(watch, event);
                i += (ssize_t)(sizeof(*event) + event->len);
        }
        return 0;
}

FolderWatch *folder_watch_new(sd_event *loop, FolderWatchChanged changed, void *data,
                              GError **error)
{
        g_autoptr(FolderWatch) watch = g_new0(FolderWatch, 1);
        g_mutex_init(&watch->lock);
        watch->changed = changed;
        watch->data = data;
        watch->places = g_hash_table_new_full(NULL, NULL, NULL, place_free);
        watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (watch->fd < 0) {
                error_set_errno(error, errno, "cannot watch folders");
                return NULL;
        }
        int r = sd_event_add_io(loop, &watch->source, watch->fd, EPOLLIN, on_events, watch);
        if (r < 0) {
                error_set_errno(error, -r, "cannot watch folders");
                return NULL;
        }
        return g_steal_pointer(&watch);
}

FolderWatch *folder_watch_free(FolderWatch *watch)
{
        if (!watch)
                return NULL;
        sd_event_source_disable_unref(watch->source);
        if (watch->fd >= 0)
                (void)close(watch->fd);
        g_hash_table_unref(watch->places);
        g_mutex_clear(&watch->lock);
        g_free(watch);
        return NULL;
}

bool folder_watch_add(FolderWatch *watch, const char *root_id, const char *path, int dir_fd)
{
        char name[64];
        (void)g_snprintf(name, sizeof(name), "/proc/self/fd/%d", dir_fd);
        g_mutex_lock(&watch->lock); /* an event must not come before its place is known */
        int wd = inotify_add_watch(watch->fd, name, WATCH_MASK);
        int errnum = errno;
        if (wd >= 0) {
                Place *place = g_new(Place, 1);
                *place = (Place){g_strdup(root_id), g_strdup(path)};
                (void)g_hash_table_replace(watch->places, GINT_TO_POINTER(wd), place);
        }
        g_mutex_unlock(&watch->lock);
        if (wd < 0 && errnum != ENOSPC)
                log_debug("cannot watch %s: %s, ignoring", path, g_strerror(errnum));
        return wd >= 0 || errnum != ENOSPC;
}

static bool place_is_below(const Place *place, const char *root_id, const char *path)
{
        size_t length = strlen(path);
        return g_str_equal(place->root_id, root_id) &&
               (length == 0 || (strncmp(place->path, path, length) == 0 &&
                                (place->path[length] == '/' || !place->path[length])));
}

void folder_watch_forget(FolderWatch *watch, const char *root_id, const char *path)
{
        GHashTableIter iter;
        void *wd, *place;
        g_mutex_lock(&watch->lock);
        g_hash_table_iter_init(&iter, watch->places);
        while (g_hash_table_iter_next(&iter, &wd, &place)) {
                if (!place_is_below(place, root_id, path))
                        continue;
                (void)inotify_rm_watch(watch->fd, GPOINTER_TO_INT(wd));
                g_hash_table_iter_remove(&iter);
        }
        g_mutex_unlock(&watch->lock);
}
