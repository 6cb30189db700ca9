/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The icon in the panel: org.kde.StatusNotifierItem, which every panel knows that has a tray, with a menu by
 * com.canonical.dbusmenu. No toolkit is involved. */
#pragma once

#include <gio/gio.h>

typedef struct Item Item;

/* actions gets "open", "review" (s: an approval), "stop" and "quit"; it must outlive the item. */
Item *item_new(GDBusConnection *bus, GActionGroup *actions);
void item_free(Item *item);

/* rows: aa{sv} of Approvals.List, as "approval_id" and "title" are looked at. */
void item_set_waiting(Item *item, GVariant *rows);

/* What the tooltip and the menu say instead, if the daemon cannot be asked; NULL: it can. */
void item_set_problem(Item *item, const char *problem);
