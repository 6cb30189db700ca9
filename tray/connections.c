/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connections.h"

#include "form.h"
#include "remote.h"

struct Connections {
        GDBusConnection *bus;
        GCancellable *cancellable;
        guint changed; /* subscription */
        GtkWidget *stack, *page, *empty;
        AdwPreferencesGroup *group;
        GPtrArray *shown; /* GtkWidget, of the group */
        void (*chosen)(const char *connection, gpointer data);
        gpointer data;
};

static void connections_free(gpointer data)
{
        Connections *connections = data;

        g_cancellable_cancel(connections->cancellable);
        g_dbus_connection_signal_unsubscribe(connections->bus, connections->changed);
        g_object_unref(connections->cancellable);
        g_object_unref(connections->bus);
        g_ptr_array_unref(connections->shown);
        g_free(connections);
}

static void on_change(GtkButton *button, gpointer data)
{
        Connections *connections = data;

        connections->chosen(g_object_get_data(G_OBJECT(button), "connection"), connections->data);
}

/* "read-only · 2 entities · ends on 3 May"; the caller frees. */
static char *summary_of(GVariant *row)
{
        const char *expires = remote_text(row, "expires");
        g_autofree char *until = form_time(expires);
        g_autofree char *sees = remote_flag(row, "scoped")
                                        ? g_strdup_printf("sees %" G_GINT64_FORMAT " entities",
                                                          remote_number(row, "entity_count"))
                                        : g_strdup("sees everything");

        return *expires ? g_strdup_printf("%s · %s · ends on %s", remote_text(row, "profile"), sees,
                                          until)
                        : g_strdup_printf("%s · %s", remote_text(row, "profile"), sees);
}

static void add(Connections *connections, GVariant *row)
{
        GtkWidget *line = adw_action_row_new(), *button = gtk_button_new_with_label("Change…");
        g_autofree char *name = g_markup_escape_text(remote_text(row, "name"), -1);
        g_autofree char *summary = summary_of(row);
        g_autofree char *subtitle = g_markup_escape_text(summary, -1);

        adw_preferences_row_set_title(ADW_PREFERENCES_ROW(line), name);
        adw_action_row_set_subtitle(ADW_ACTION_ROW(line), subtitle);
        gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
        g_object_set_data_full(G_OBJECT(button), "connection",
                               g_strdup(remote_text(row, "connection_id")), g_free);
        g_signal_connect(button, "clicked", G_CALLBACK(on_change), connections);
        adw_action_row_add_suffix(ADW_ACTION_ROW(line), button);
        adw_action_row_set_activatable_widget(ADW_ACTION_ROW(line), button);
        adw_preferences_group_add(connections->group, line);
        g_ptr_array_add(connections->shown, line);
}

static void show(Connections *connections, GVariant *rows, const char *problem)
{
        g_autofree char *description = g_markup_escape_text(problem ? problem : "", -1);

        for (guint i = 0; i < connections->shown->len; i++)
                adw_preferences_group_remove(connections->group,
                                             g_ptr_array_index(connections->shown, i));
        g_ptr_array_set_size(connections->shown, 0);
        for (gsize i = 0; rows && i < g_variant_n_children(rows); i++) {
                g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
                add(connections, row);
        }
        adw_status_page_set_title(ADW_STATUS_PAGE(connections->empty),
                                  problem ? "It cannot be told who may connect"
                                          : "No agent may connect");
        adw_status_page_set_description(ADW_STATUS_PAGE(connections->empty), description);
        gtk_stack_set_visible_child(GTK_STACK(connections->stack), connections->shown->len > 0
                                                                           ? connections->page
                                                                           : connections->empty);
}

static void on_listed(GVariant *answer, const GError *error, gpointer data)
{
        g_autoptr(GVariant) rows = answer ? g_variant_get_child_value(answer, 0) : NULL;

        show(data, rows, error ? error->message : NULL);
}

static void refresh(Connections *connections)
{
        remote_call(connections->bus,
                    &(RemoteCall){.interface = "Gate",
                                  .member = "Connections",
                                  .args = g_variant_new(
                                          "(us@a{sv})", REMOTE_CONNECTIONS, "",
                                          g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0)),
                                  .cancellable = connections->cancellable,
                                  .done = on_listed,
                                  .data = connections});
}

static void on_changed(GDBusConnection *bus, const char *sender, const char *path,
                       const char *interface, const char *member, GVariant *args, gpointer data)
{
        refresh(data);
}

Connections *connections_new(GDBusConnection *bus,
                             void (*chosen)(const char *connection, gpointer data), gpointer data)
{
        Connections *connections = g_new0(Connections, 1);

        connections->bus = g_object_ref(bus);
        connections->cancellable = g_cancellable_new();
        connections->chosen = chosen;
        connections->data = data;
        connections->shown = g_ptr_array_new();
        connections->stack = gtk_stack_new();
        connections->page = adw_preferences_page_new();
        connections->empty = adw_status_page_new();
        connections->group = form_group("These may connect");
        adw_preferences_page_add(ADW_PREFERENCES_PAGE(connections->page), connections->group);
        adw_status_page_set_icon_name(ADW_STATUS_PAGE(connections->empty),
                                      "network-offline-symbolic");
        gtk_stack_add_child(GTK_STACK(connections->stack), connections->empty);
        gtk_stack_add_child(GTK_STACK(connections->stack), connections->page);
        g_object_set_data_full(G_OBJECT(connections->stack), "connections", connections,
                               connections_free);
        connections->changed = g_dbus_connection_signal_subscribe(
                bus, REMOTE_NAME, REMOTE_NAME ".Gate", "Changed", REMOTE_PATH, NULL,
                G_DBUS_SIGNAL_FLAGS_NONE, on_changed, connections, NULL);
        refresh(connections);
        return connections;
}

GtkWidget *connections_widget(Connections *connections)
{
        return connections->stack;
}
