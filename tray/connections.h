/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of the agents that may connect. */
#pragma once

#include <adwaita.h>

typedef struct Connections Connections;

/* chosen(id, data): the person wants to look at it. The widget is connections_widget(); both end together. It follows what
 * changes by itself. */
Connections *connections_new(GDBusConnection *bus,
                             void (*chosen)(const char *connection, gpointer data), gpointer data);
GtkWidget *connections_widget(Connections *connections);
