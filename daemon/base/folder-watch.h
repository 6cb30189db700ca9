/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inotify: which paths below which roots have changed. Folders are added by whoever reads them (before
 * he does, so nothing slips between), events arrive on the loop. A root is any name. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <systemd/sd-event.h>

typedef struct FolderWatch FolderWatch;

/* A path has changed; NULL root: events were lost, anything may have. Loop thread. */
typedef void (*FolderWatchChanged)(const char *root_id, const char *path, void *data);

FolderWatch *folder_watch_new(sd_event *loop, FolderWatchChanged changed, void *data,
                              GError **error);
FolderWatch *folder_watch_free(FolderWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FolderWatch, folder_watch_free)

/* Watches the folder open as dir_fd, at path below a root ("" is the root). Any thread. False when the
 * kernel's limit of watches is reached (fs.inotify.max_user_watches); other failures are ignored. */
bool folder_watch_add(FolderWatch *watch, const char *root_id, const char *path, int dir_fd);

/* Stops watching path and what is below it; path "" means the whole root. Any thread. */
void folder_watch_forget(FolderWatch *watch, const char *root_id, const char *path);
