/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page about one agent that may connect: its name, what it sees, its end. */
#pragma once

#include <adwaita.h>

typedef struct AgentHandlers {
        void (*done)(const char *said, gpointer data);      /* the page is of no more use */
        void (*failed)(const char *message, gpointer data); /* nothing was changed */
        gpointer data;
} AgentHandlers;

/* row: a{sv} of Gate.Connection. */
GtkWidget *agent_new(GDBusConnection *bus, GVariant *row, const AgentHandlers *handlers);
