/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "form.h"

#define TEXT_HEIGHT 96

AdwPreferencesGroup *form_group(const char *title)
{
        AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP(adw_preferences_group_new());

        adw_preferences_group_set_title(group, title);
        return group;
}

void form_add_fact(AdwPreferencesGroup *group, const char *title, const char *text)
{
        g_autofree char *escaped = g_markup_escape_text(text, -1);
        GtkWidget *row = adw_action_row_new();

        if (*text == '\0') {
                g_object_ref_sink(row);
                g_object_unref(row);
                return;
        }
        adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), title);
        adw_action_row_set_subtitle(ADW_ACTION_ROW(row), escaped);
        adw_action_row_set_subtitle_lines(ADW_ACTION_ROW(row), 0);
        adw_preferences_group_add(group, row);
}

AdwEntryRow *form_add_entry(AdwPreferencesGroup *group, const char *title, const char *text)
{
        GtkWidget *row = adw_entry_row_new();

        adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), title);
        gtk_editable_set_text(GTK_EDITABLE(row), text);
        adw_preferences_group_add(group, row);
        return ADW_ENTRY_ROW(row);
}

GtkTextView *form_add_text(AdwPreferencesGroup *group, const char *title, const char *text,
                           gboolean editable)
{
        GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6), *label = gtk_label_new(title);
        GtkWidget *scrolled = gtk_scrolled_window_new(), *view = gtk_text_view_new();
        GtkTextView *text_view = GTK_TEXT_VIEW(view);

        gtk_text_buffer_set_text(gtk_text_view_get_buffer(text_view), text, -1);
        gtk_text_view_set_editable(text_view, editable);
        gtk_text_view_set_accepts_tab(text_view, FALSE);
        gtk_text_view_set_wrap_mode(text_view, GTK_WRAP_WORD_CHAR);
        gtk_text_view_set_monospace(text_view, !editable);
        gtk_text_view_set_left_margin(text_view, 8);
        gtk_text_view_set_top_margin(text_view, 6);
        gtk_accessible_update_property(GTK_ACCESSIBLE(view), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                       -1);
        gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), view);
        gtk_scrolled_window_set_min_content_height(GTK_SCROLLED_WINDOW(scrolled), TEXT_HEIGHT);
        gtk_widget_add_css_class(scrolled, "card");
        gtk_widget_set_halign(label, GTK_ALIGN_START);
        gtk_widget_set_margin_top(box, 12);
        gtk_box_append(GTK_BOX(box), label);
        gtk_box_append(GTK_BOX(box), scrolled);
        adw_preferences_group_add(group, box);
        return text_view;
}

char *form_text(GtkTextView *view)
{
        GtkTextBuffer *buffer = gtk_text_view_get_buffer(view);
        GtkTextIter begin, end;

        gtk_text_buffer_get_bounds(buffer, &begin, &end);
        return gtk_text_buffer_get_text(buffer, &begin, &end, /* include_hidden_chars= */ FALSE);
}

char **form_lines(GtkTextView *view)
{
        g_autofree char *text = form_text(view);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        g_autoptr(GStrvBuilder) kept = g_strv_builder_new();

        for (char **line = lines; *line; line++)
                if (*g_strstrip(*line))
                        g_strv_builder_add(kept, *line);
        return g_strv_builder_end(kept);
}

GtkWidget *form_box(AdwPreferencesPage *page)
{
        GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);

        gtk_widget_set_vexpand(GTK_WIDGET(page), TRUE);
        gtk_box_append(GTK_BOX(box), GTK_WIDGET(page));
        return box;
}

GtkWidget *form_add_buttons(GtkWidget *box)
{
        GtkWidget *buttons = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);

        gtk_widget_set_halign(buttons, GTK_ALIGN_CENTER);
        gtk_widget_set_margin_top(buttons, 12);
        gtk_widget_set_margin_bottom(buttons, 12);
        gtk_box_append(GTK_BOX(box), buttons);
        return buttons;
}

GtkWidget *form_add_button(GtkWidget *buttons, const char *label, const char *style,
                           GCallback clicked, gpointer data)
{
        GtkWidget *button = gtk_button_new_with_label(label);

        gtk_widget_add_css_class(button, "pill");
        if (style)
                gtk_widget_add_css_class(button, style);
        g_signal_connect(button, "clicked", clicked, data);
        gtk_box_append(GTK_BOX(buttons), button);
        return button;
}

char *form_time(const char *iso)
{
        g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(iso, NULL);
        g_autoptr(GDateTime) local = time ? g_date_time_to_local(time) : NULL;

        return local ? g_date_time_format(local, "%x %H:%M") : g_strdup(iso);
}
