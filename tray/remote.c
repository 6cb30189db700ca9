/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remote.h"

#define REFRESH_MS 50 /* signals that come together are one reason to look */

typedef struct Pending {
        RemoteDone done;
        gpointer data;
} Pending;

/* ---- calls ---- */

static void on_answer(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autofree Pending *pending = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) answer =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

        if (!pending->done || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        if (error)
                g_dbus_error_strip_remote_error(error);
        pending->done(answer, error, pending->data);
}

void remote_call(GDBusConnection *bus, const RemoteCall *call)
{
        g_autofree char *interface = g_strconcat(REMOTE_NAME ".", call->interface, NULL);
        Pending *pending = g_new(Pending, 1);

        *pending = (Pending){call->done, call->data};
        g_dbus_connection_call(bus, REMOTE_NAME, REMOTE_PATH, interface, call->member, call->args,
                               NULL,
                               call->interactive ? G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION
                                                 : G_DBUS_CALL_FLAGS_NONE,
                               G_MAXINT, call->cancellable, on_answer, pending);
}

const char *remote_text(GVariant *row, const char *name)
{
        const char *text = "";

        (void)g_variant_lookup(row, name, "&s", &text); /* not there: "" */
        return text;
}

gint64 remote_number(GVariant *row, const char *name)
{
        gint64 number = 0;

        (void)g_variant_lookup(row, name, "x", &number);
        return number;
}

gboolean remote_flag(GVariant *row, const char *name)
{
        gboolean flag = FALSE;

        (void)g_variant_lookup(row, name, "b", &flag);
        return flag;
}

/* ---- what waits ---- */

struct RemoteWatch {
        GDBusConnection *bus;
        RemoteTold told;
        gpointer data;
        GCancellable *cancellable;
        guint objects, vault, name; /* subscriptions */
        guint timer;
        gboolean asking, stale;
};

static void ask(RemoteWatch *watch);

static void on_listed(GVariant *answer, const GError *error, gpointer data)
{
        RemoteWatch *watch = data;
        g_autoptr(GVariant) rows = answer ? g_variant_get_child_value(answer, 0) : NULL;

        watch->asking = FALSE;
        if (watch->stale)
                ask(watch);
        else
                watch->told(rows, error, watch->data);
}

static void ask(RemoteWatch *watch)
{
        watch->stale = watch->asking;
        if (watch->asking)
                return;
        watch->asking = TRUE;
        remote_call(watch->bus,
                    &(RemoteCall){.interface = "Approvals",
                                  .member = "List",
                                  .args = g_variant_new(
                                          "(us@a{sv})", REMOTE_APPROVALS, "",
                                          g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0)),
                                  .cancellable = watch->cancellable,
                                  .done = on_listed,
                                  .data = watch});
}

static gboolean on_timer(gpointer data)
{
        RemoteWatch *watch = data;

        watch->timer = 0;
        ask(watch);
        return G_SOURCE_REMOVE;
}

void remote_watch_refresh(RemoteWatch *watch)
{
        if (watch->timer == 0)
                watch->timer = g_timeout_add(REFRESH_MS, on_timer, watch);
}

static void on_signal(GDBusConnection *bus, const char *sender, const char *path,
                      const char *interface, const char *member, GVariant *args, gpointer data)
{
        remote_watch_refresh(data);
}

static void on_appeared(GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
        remote_watch_refresh(data);
}

RemoteWatch *remote_watch_new(GDBusConnection *bus, RemoteTold told, gpointer data)
{
        RemoteWatch *watch = g_new0(RemoteWatch, 1);

        watch->bus = g_object_ref(bus);
        watch->told = told;
        watch->data = data;
        watch->cancellable = g_cancellable_new();
        watch->objects = g_dbus_connection_signal_subscribe(
                bus, REMOTE_NAME, "org.freedesktop.DBus.ObjectManager", NULL, REMOTE_PATH, NULL,
                G_DBUS_SIGNAL_FLAGS_NONE, on_signal, watch, NULL);
        /* the vault opened: what could not be told before can be now */
        watch->vault = g_dbus_connection_signal_subscribe(
                bus, REMOTE_NAME, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                REMOTE_PATH, REMOTE_NAME ".Manager", G_DBUS_SIGNAL_FLAGS_NONE, on_signal, watch,
                NULL);
        watch->name = g_bus_watch_name_on_connection(
                bus, REMOTE_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared, NULL, watch, NULL);
        ask(watch);
        return watch;
}

void remote_watch_free(RemoteWatch *watch)
{
        if (!watch)
                return;
        g_cancellable_cancel(watch->cancellable);
        g_dbus_connection_signal_unsubscribe(watch->bus, watch->objects);
        g_dbus_connection_signal_unsubscribe(watch->bus, watch->vault);
        g_bus_unwatch_name(watch->name);
        g_clear_handle_id(&watch->timer, g_source_remove);
        g_object_unref(watch->cancellable);
        g_object_unref(watch->bus);
        g_free(watch);
}
