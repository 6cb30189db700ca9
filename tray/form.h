/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts that the window's pages are made of. Texts of others are escaped here: libadwaita takes titles for markup. */
#pragma once

#include <adwaita.h>

/* A group with a heading; title is ours. */
AdwPreferencesGroup *form_group(const char *title);

/* A line that is read: title (ours) above text (of anybody). Nothing is added for an empty text. */
void form_add_fact(AdwPreferencesGroup *group, const char *title, const char *text);

/* A line that is written. */
AdwEntryRow *form_add_entry(AdwPreferencesGroup *group, const char *title, const char *text);

/* Several lines under a label. */
GtkTextView *form_add_text(AdwPreferencesGroup *group, const char *title, const char *text,
                           gboolean editable);

/* What stands in it; the caller frees. */
char *form_text(GtkTextView *view);

/* Its lines, trimmed, without empty ones; the caller frees. */
char **form_lines(GtkTextView *view);

/* A box with the page in it. */
GtkWidget *form_box(AdwPreferencesPage *page);

/* A row for buttons below what the box has, which stays there while the page is scrolled; and a button, whose style may
 * be NULL. */
GtkWidget *form_add_buttons(GtkWidget *box);
GtkWidget *form_add_button(GtkWidget *buttons, const char *label, const char *style,
                           GCallback clicked, gpointer data);

/* A time in ISO 8601 as people here read it; another text as it is. The caller frees. */
char *form_time(const char *iso);
