/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros: the window in which a person decides. Started by its bus name, ended with its window. All that it does goes
 * over org.ouroboros.Ouroboros1, where polkit asks the person. */
#include <adwaita.h>

#include "agent.h"
#include "connections.h"
#include "remote.h"
#include "review.h"
#include "waiting.h"

#define WINDOW_ID "org.ouroboros.Ouroboros"
#define WIDTH     640
#define HEIGHT    720

typedef struct Window {
        AdwApplication *application;
        GDBusConnection *bus;
        GCancellable *cancellable;
        GtkWidget *window, *pages, *overview, *back, *detail; /* NULL while there is none */
        AdwToastOverlay *toasts;
        AdwViewStack *views;
        Waiting *waiting;
        RemoteWatch *watch;
        char *wanted; /* an approval to be shown once it is known that it waits */
        gboolean listed;
} Window;

static void say(const char *text, gpointer data)
{
        g_autofree char *escaped = g_markup_escape_text(text, -1);

        adw_toast_overlay_add_toast(((Window *)data)->toasts, adw_toast_new(escaped));
}

/* ---- pages ---- */

static void show_overview(Window *window)
{
        if (window->detail)
                gtk_stack_remove(GTK_STACK(window->pages), window->detail);
        window->detail = NULL;
        gtk_stack_set_visible_child(GTK_STACK(window->pages), window->overview);
        gtk_widget_set_visible(window->back, FALSE);
}

static void show_detail(Window *window, GtkWidget *page)
{
        show_overview(window);
        window->detail = page;
        gtk_stack_add_child(GTK_STACK(window->pages), page);
        gtk_stack_set_visible_child(GTK_STACK(window->pages), page);
        gtk_widget_set_visible(window->back, TRUE);
}

static void on_back(GtkButton *button, gpointer data)
{
        show_overview(data);
}

static void on_decided(const char *said, gpointer data)
{
        Window *window = data;

        show_overview(window);
        say(said, window);
        remote_watch_refresh(window->watch);
}

static void show_review(Window *window, GVariant *row)
{
        const ReviewHandlers handlers = {on_decided, say, window};

        adw_view_stack_set_visible_child_name(window->views, "waiting");
        show_detail(window, review_new(window->bus, row, &handlers));
}

static void on_waiting_chosen(const char *approval, gpointer data)
{
        Window *window = data;
        GVariant *row = waiting_find(window->waiting, approval);

        if (row)
                show_review(window, row);
}

static void on_connection(GVariant *answer, const GError *error, gpointer data)
{
        Window *window = data;
        const AgentHandlers handlers = {on_decided, say, window};

        if (error) {
                say(error->message, window);
                return;
        }
        g_autoptr(GVariant) row = g_variant_get_child_value(answer, 0);
        show_detail(window, agent_new(window->bus, row, &handlers));
}

static void on_connection_chosen(const char *connection, gpointer data)
{
        Window *window = data;

        remote_call(window->bus, &(RemoteCall){.interface = "Gate",
                                               .member = "Connection",
                                               .args = g_variant_new("(s)", connection),
                                               .cancellable = window->cancellable,
                                               .done = on_connection,
                                               .data = window});
}

/* ---- what waits ---- */

static void show_wanted(Window *window)
{
        g_autofree char *wanted = g_steal_pointer(&window->wanted);
        GVariant *row = waiting_find(window->waiting, wanted);

        if (row)
                show_review(window, row);
        else
                say("It was decided already", window);
}

/* A page about something that is decided elsewhere meanwhile goes: what is on it could not be said any more. */
static void on_told(GVariant *rows, const GError *error, gpointer data)
{
        Window *window = data;
        const char *open = window->detail ? review_id(window->detail) : NULL;

        waiting_show(window->waiting, rows, error ? error->message : NULL);
        window->listed = TRUE;
        if (rows && open && !review_is_deciding(window->detail) &&
            !waiting_find(window->waiting, open)) {
                show_overview(window);
                say("It was decided elsewhere", window);
        }
        if (rows && window->wanted)
                show_wanted(window);
}

/* ---- the window ---- */

static GtkWidget *header_of(Window *window)
{
        GtkWidget *header = adw_header_bar_new(), *switcher = adw_view_switcher_title_new();

        adw_view_switcher_title_set_stack(ADW_VIEW_SWITCHER_TITLE(switcher), window->views);
        adw_view_switcher_title_set_title(ADW_VIEW_SWITCHER_TITLE(switcher), "Ouroboros");
        adw_header_bar_set_title_widget(ADW_HEADER_BAR(header), switcher);
        window->back = gtk_button_new_from_icon_name("go-previous-symbolic");
        gtk_widget_set_visible(window->back, FALSE);
        gtk_accessible_update_property(GTK_ACCESSIBLE(window->back), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Back", -1);
        g_signal_connect(window->back, "clicked", G_CALLBACK(on_back), window);
        adw_header_bar_pack_start(ADW_HEADER_BAR(header), window->back);
        return header;
}

static void add_view(Window *window, GtkWidget *view, const char *name, const char *title,
                     const char *icon)
{
        AdwViewStackPage *page = adw_view_stack_add_titled(window->views, view, name, title);

        adw_view_stack_page_set_icon_name(page, icon);
}

static GtkWidget *content_of(Window *window)
{
        GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
        GtkWidget *toasts = adw_toast_overlay_new();

        window->views = ADW_VIEW_STACK(adw_view_stack_new());
        window->waiting = waiting_new(on_waiting_chosen, window);
        add_view(window, waiting_widget(window->waiting), "waiting", "Decisions",
                 "dialog-question-symbolic");
        add_view(window,
                 connections_widget(connections_new(window->bus, on_connection_chosen, window)),
                 "connections", "Connections", "network-server-symbolic");
        window->overview = GTK_WIDGET(window->views);
        window->pages = gtk_stack_new();
        gtk_stack_add_child(GTK_STACK(window->pages), window->overview);
        window->toasts = ADW_TOAST_OVERLAY(toasts);
        adw_toast_overlay_set_child(window->toasts, window->pages);
        gtk_widget_set_vexpand(toasts, TRUE);
        gtk_box_append(GTK_BOX(box), header_of(window));
        gtk_box_append(GTK_BOX(box), toasts);
        return box;
}

static void on_destroy(GtkWidget *widget, gpointer data)
{
        Window *window = data;

        g_cancellable_cancel(window->cancellable);
        g_clear_object(&window->cancellable);
        g_clear_pointer(&window->watch, remote_watch_free);
        window->window = window->detail = NULL;
        window->listed = FALSE;
}

static void open_window(Window *window)
{
        window->cancellable = g_cancellable_new();
        window->window = adw_application_window_new(GTK_APPLICATION(window->application));
        gtk_window_set_title(GTK_WINDOW(window->window), "Ouroboros");
        gtk_window_set_default_size(GTK_WINDOW(window->window), WIDTH, HEIGHT);
        adw_application_window_set_content(ADW_APPLICATION_WINDOW(window->window),
                                           content_of(window));
        g_signal_connect(window->window, "destroy", G_CALLBACK(on_destroy), window);
        window->watch = remote_watch_new(window->bus, on_told, window);
}

static void present(Window *window)
{
        if (!window->window)
                open_window(window);
        gtk_window_present(GTK_WINDOW(window->window));
}

/* ---- life ---- */

static void on_activate(GApplication *application, gpointer data)
{
        present(data);
}

static void on_review(GSimpleAction *action, GVariant *parameter, gpointer data)
{
        Window *window = data;

        present(window);
        g_free(window->wanted);
        window->wanted = g_variant_dup_string(parameter, NULL);
        if (window->listed)
                remote_watch_refresh(window->watch); /* it may have come just now */
}

static void on_startup(GApplication *application, gpointer data)
{
        static const GActionEntry actions[] = {{"review", on_review, "s", NULL, NULL, {0}}};
        Window *window = data;

        window->bus = g_application_get_dbus_connection(application);
        g_action_map_add_action_entries(G_ACTION_MAP(application), actions, G_N_ELEMENTS(actions),
                                        window);
}

int main(int argc, char **argv)
{
        g_autoptr(AdwApplication) application =
                adw_application_new(WINDOW_ID, G_APPLICATION_DEFAULT_FLAGS);
        Window window = {.application = application};

        g_set_application_name("Ouroboros");
        g_signal_connect(application, "startup", G_CALLBACK(on_startup), &window);
        g_signal_connect(application, "activate", G_CALLBACK(on_activate), &window);
        int status = g_application_run(G_APPLICATION(application), argc, argv);
        g_free(window.wanted);
        return status;
}
