/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros-tray: stays for the session, shows what waits for the person as an icon with a number and as a notification
 * for each. It decides nothing but a denial: what is to be approved is looked at in the window, a program of its own,
 * which comes when it is called and goes when it is closed. */
#include <gio/gio.h>

#include "item.h"
#include "remote.h"

#define TRAY_ID   "org.ouroboros.Tray"
#define WINDOW_ID "org.ouroboros.Ouroboros"

typedef struct Tray {
        GApplication *application;
        GDBusConnection *bus;
        Item *item;
        RemoteWatch *watch;
        GHashTable *notified; /* approval ids */
} Tray;

/* ---- the window ---- */

static void on_window(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) answer =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

        if (!answer)
                g_warning("The window cannot be opened: %s", error->message);
}

/* The token by which a panel lets a window come to the front. */
static GVariant *platform_data(void)
{
        const char *token = g_getenv("XDG_ACTIVATION_TOKEN");
        GVariantBuilder builder;

        g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
        if (token)
                g_variant_builder_add(&builder, "{sv}", "activation-token",
                                      g_variant_new_string(token));
        g_unsetenv("XDG_ACTIVATION_TOKEN");
        return g_variant_builder_end(&builder);
}

static void call_window(Tray *tray, const char *member, GVariant *args)
{
        g_dbus_connection_call(tray->bus, WINDOW_ID, "/org/ouroboros/Ouroboros",
                               "org.freedesktop.Application", member, args, NULL,
                               G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_window, NULL);
}

static void show_approval(Tray *tray, const char *approval)
{
        GVariantBuilder parameters;

        g_variant_builder_init(&parameters, G_VARIANT_TYPE("av"));
        g_variant_builder_add(&parameters, "v", g_variant_new_string(approval));
        call_window(tray, "ActivateAction",
                    g_variant_new("(sav@a{sv})", "review", &parameters, platform_data()));
}

/* ---- notifications ---- */

static void notify(Tray *tray, GVariant *row)
{
        const char *id = remote_text(row, "approval_id");
        g_autofree char *asked = g_strconcat("Asked by ", remote_text(row, "asked_by"), NULL);
        g_autoptr(GNotification) notification = g_notification_new(remote_text(row, "title"));
        g_autoptr(GIcon) icon = g_themed_icon_new(TRAY_ID);

        g_notification_set_body(notification, asked);
        g_notification_set_icon(notification, icon);
        g_notification_set_priority(notification, G_NOTIFICATION_PRIORITY_HIGH);
        /* no button approves: what is asked for has to be seen first */
        g_notification_set_default_action_and_target(notification, "app.review", "s", id);
        g_notification_add_button_with_target(notification, "Review…", "app.review", "s", id);
        g_notification_add_button_with_target(notification, "Deny", "app.deny", "s", id);
        g_application_send_notification(tray->application, id, notification);
        g_hash_table_add(tray->notified, g_strdup(id));
}

/* What was decided elsewhere is shown no more. */
static void withdraw_others(Tray *tray, GHashTable *waiting)
{
        GHashTableIter iter;
        gpointer id;

        g_hash_table_iter_init(&iter, tray->notified);
        while (g_hash_table_iter_next(&iter, &id, NULL)) {
                if (g_hash_table_contains(waiting, id))
                        continue;
                g_application_withdraw_notification(tray->application, id);
                g_hash_table_iter_remove(&iter);
        }
}

static void on_told(GVariant *rows, const GError *error, gpointer data)
{
        Tray *tray = data;
        g_autoptr(GHashTable) waiting =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        if (!rows) {
                item_set_problem(tray->item, error->message);
                return;
        }
        for (gsize i = 0; i < g_variant_n_children(rows); i++) {
                g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
                const char *id = remote_text(row, "approval_id");
                g_hash_table_add(waiting, g_strdup(id));
                if (!g_hash_table_contains(tray->notified, id))
                        notify(tray, row);
        }
        withdraw_others(tray, waiting);
        item_set_waiting(tray->item, rows);
}

static void say_problem(Tray *tray, const char *title, const char *message)
{
        g_autoptr(GNotification) notification = g_notification_new(title);

        g_notification_set_body(notification, message);
        g_application_send_notification(tray->application, "problem", notification);
}

/* ---- actions ---- */

static void on_denied(GVariant *answer, const GError *error, gpointer data)
{
        if (error)
                say_problem(data, "It was not denied", error->message);
}

static void on_open(GSimpleAction *action, GVariant *parameter, gpointer data)
{
        call_window(data, "Activate", g_variant_new("(@a{sv})", platform_data()));
}

static void on_review(GSimpleAction *action, GVariant *parameter, gpointer data)
{
        show_approval(data, g_variant_get_string(parameter, NULL));
}

static void on_deny(GSimpleAction *action, GVariant *parameter, gpointer data)
{
        Tray *tray = data;

        remote_call(tray->bus,
                    &(RemoteCall){.interface = "Approvals",
                                  .member = "Resolve",
                                  .args = g_variant_new(
                                          "(sbs@a{sv})", g_variant_get_string(parameter, NULL),
                                          /* approve= */ FALSE, "",
                                          g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0)),
                                  .interactive = TRUE,
                                  .done = on_denied,
                                  .data = tray});
}

/* The daemon does not answer this one: it is gone. */
static void on_stop(GSimpleAction *action, GVariant *parameter, gpointer data)
{
        Tray *tray = data;

        remote_call(tray->bus, &(RemoteCall){.interface = "Manager", .member = "Panic"});
}

static void on_quit(GSimpleAction *action, GVariant *parameter, gpointer data)
{
        g_application_quit(((Tray *)data)->application);
}

/* ---- life ---- */

static void on_startup(GApplication *application, gpointer data)
{
        static const GActionEntry actions[] = {
                {"open", on_open, NULL, NULL, NULL, {0}},
                {"review", on_review, "s", NULL, NULL, {0}},
                {"deny", on_deny, "s", NULL, NULL, {0}},
                {"stop", on_stop, NULL, NULL, NULL, {0}},
                {"quit", on_quit, NULL, NULL, NULL, {0}},
        };
        Tray *tray = data;

        g_action_map_add_action_entries(G_ACTION_MAP(application), actions, G_N_ELEMENTS(actions),
                                        tray);
        tray->bus = g_application_get_dbus_connection(application);
        if (!tray->bus) {
                g_warning("There is no session bus");
                return;
        }
        g_application_hold(application);
        tray->item = item_new(tray->bus, G_ACTION_GROUP(application));
        tray->watch = remote_watch_new(tray->bus, on_told, tray);
}

/* Started again by hand while it runs: the person wants to see something. */
static void on_activate(GApplication *application, gpointer data)
{
        if (g_application_get_flags(application) & G_APPLICATION_IS_SERVICE)
                return;
        g_action_group_activate_action(G_ACTION_GROUP(application), "open", NULL);
}

static void on_shutdown(GApplication *application, gpointer data)
{
        Tray *tray = data;

        remote_watch_free(tray->watch);
        item_free(tray->item);
}

int main(int argc, char **argv)
{
        g_autoptr(GApplication) application =
                g_application_new(TRAY_ID, G_APPLICATION_DEFAULT_FLAGS);
        g_autoptr(GHashTable) notified =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        Tray tray = {.application = application, .notified = notified};

        g_set_application_name("Ouroboros");
        g_signal_connect(application, "startup", G_CALLBACK(on_startup), &tray);
        g_signal_connect(application, "activate", G_CALLBACK(on_activate), &tray);
        g_signal_connect(application, "shutdown", G_CALLBACK(on_shutdown), &tray);
        return g_application_run(application, argc, argv);
}
