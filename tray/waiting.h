/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of what waits. */
#pragma once

#include <adwaita.h>

typedef struct Waiting Waiting;

/* chosen(id, data): the person wants to look at it. The widget is waiting_widget(); both end together. */
Waiting *waiting_new(void (*chosen)(const char *approval, gpointer data), gpointer data);
GtkWidget *waiting_widget(Waiting *waiting);

/* rows: aa{sv} of Approvals.List; NULL: problem says why they could not be had. */
void waiting_show(Waiting *waiting, GVariant *rows, const char *problem);

/* The row of an approval that is shown, borrowed; NULL if it does not wait any more. */
GVariant *waiting_find(Waiting *waiting, const char *approval);
