/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page on which one thing that waits is looked at, changed and decided. */
#pragma once

#include <adwaita.h>

typedef struct ReviewHandlers {
        void (*decided)(const char *said, gpointer data);   /* the page is of no more use */
        void (*failed)(const char *message, gpointer data); /* it still waits */
        gpointer data;
} ReviewHandlers;

/* row: a{sv} of Approvals.List. The first focus is on what is asked for, never on a button: a key that was meant for
 * something else decides nothing. */
GtkWidget *review_new(GDBusConnection *bus, GVariant *row, const ReviewHandlers *handlers);

/* The approval that a page is about; NULL for a page of another kind. */
const char *review_id(GtkWidget *page);

/* Has the person decided, and is the daemon still to answer? */
gboolean review_is_deciding(GtkWidget *page);
