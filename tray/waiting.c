/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "waiting.h"

#include "form.h"
#include "remote.h"

struct Waiting {
        GtkWidget *stack, *page, *empty;
        AdwPreferencesGroup *group;
        GPtrArray *shown; /* GtkWidget, of the group */
        GHashTable *rows; /* id → GVariant */
        void (*chosen)(const char *approval, gpointer data);
        gpointer data;
};

static void waiting_free(gpointer data)
{
        Waiting *waiting = data;

        g_ptr_array_unref(waiting->shown);
        g_hash_table_unref(waiting->rows);
        g_free(waiting);
}

Waiting *waiting_new(void (*chosen)(const char *approval, gpointer data), gpointer data)
{
        Waiting *waiting = g_new0(Waiting, 1);

        waiting->chosen = chosen;
        waiting->data = data;
        waiting->shown = g_ptr_array_new();
        waiting->rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify)g_variant_unref);
        waiting->stack = gtk_stack_new();
        waiting->page = adw_preferences_page_new();
        waiting->empty = adw_status_page_new();
        waiting->group = form_group("These wait for you");
        adw_preferences_page_add(ADW_PREFERENCES_PAGE(waiting->page), waiting->group);
        adw_status_page_set_icon_name(ADW_STATUS_PAGE(waiting->empty), "object-select-symbolic");
        gtk_stack_add_child(GTK_STACK(waiting->stack), waiting->empty);
        gtk_stack_add_child(GTK_STACK(waiting->stack), waiting->page);
        g_object_set_data_full(G_OBJECT(waiting->stack), "waiting", waiting, waiting_free);
        return waiting;
}

GtkWidget *waiting_widget(Waiting *waiting)
{
        return waiting->stack;
}

static void on_review(GtkButton *button, gpointer data)
{
        Waiting *waiting = data;

        waiting->chosen(g_object_get_data(G_OBJECT(button), "approval"), waiting->data);
}

static void add(Waiting *waiting, GVariant *row)
{
        GtkWidget *line = adw_action_row_new(), *button = gtk_button_new_with_label("Review…");
        const char *id = remote_text(row, "approval_id");
        g_autofree char *title = g_markup_escape_text(remote_text(row, "title"), -1);
        g_autofree char *time = form_time(remote_text(row, "created"));
        g_autofree char *asked =
                g_strdup_printf("Asked by %s, %s", remote_text(row, "asked_by"), time);
        g_autofree char *subtitle = g_markup_escape_text(asked, -1);

        adw_preferences_row_set_title(ADW_PREFERENCES_ROW(line), title);
        adw_action_row_set_subtitle(ADW_ACTION_ROW(line), subtitle);
        gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
        g_object_set_data_full(G_OBJECT(button), "approval", g_strdup(id), g_free);
        g_signal_connect(button, "clicked", G_CALLBACK(on_review), waiting);
        adw_action_row_add_suffix(ADW_ACTION_ROW(line), button);
        adw_action_row_set_activatable_widget(ADW_ACTION_ROW(line), button);
        adw_preferences_group_add(waiting->group, line);
        g_ptr_array_add(waiting->shown, line);
        g_hash_table_insert(waiting->rows, g_strdup(id), g_variant_ref(row));
}

static void say(Waiting *waiting, const char *title, const char *description)
{
        g_autofree char *escaped = g_markup_escape_text(description, -1);

        adw_status_page_set_title(ADW_STATUS_PAGE(waiting->empty), title);
        adw_status_page_set_description(ADW_STATUS_PAGE(waiting->empty), escaped);
        gtk_stack_set_visible_child(GTK_STACK(waiting->stack), waiting->empty);
}

void waiting_show(Waiting *waiting, GVariant *rows, const char *problem)
{
        for (guint i = 0; i < waiting->shown->len; i++)
                adw_preferences_group_remove(waiting->group, g_ptr_array_index(waiting->shown, i));
        g_ptr_array_set_size(waiting->shown, 0);
        g_hash_table_remove_all(waiting->rows);
        for (gsize i = 0; rows && i < g_variant_n_children(rows); i++) {
                g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
                add(waiting, row);
        }
        if (problem)
                say(waiting, "It cannot be told what waits", problem);
        else if (waiting->shown->len == 0)
                say(waiting, "Nothing waits for you", "");
        else
                gtk_stack_set_visible_child(GTK_STACK(waiting->stack), waiting->page);
}

GVariant *waiting_find(Waiting *waiting, const char *approval)
{
        return g_hash_table_lookup(waiting->rows, approval);
}
