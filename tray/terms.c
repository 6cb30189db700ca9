/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "terms.h"

#include <gio/gio.h>
#include <string.h>

static const char *const profiles[] = {"full", "read-only", "custom", NULL};

struct Terms {
        AdwEntryRow *name, *expires, *calls, *bytes;
        AdwComboRow *profile;
        GtkTextView *tools, *entities;
        GtkSwitch *observer;
        GtkLabel *meaning;
};

/* ---- reading JSON ---- */

static const char *text_of(JsonObject *object, const char *name, const char *fallback)
{
        JsonNode *node = json_object_get_member(object, name);

        return node && JSON_NODE_HOLDS_VALUE(node) &&
                               json_node_get_value_type(node) == G_TYPE_STRING
                       ? json_node_get_string(node)
                       : fallback;
}

static gint64 number_of(JsonObject *object, const char *name)
{
        JsonNode *node = json_object_get_member(object, name);

        return node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_int(node) : 0;
}

static gboolean flag_of(JsonObject *object, const char *name)
{
        JsonNode *node = json_object_get_member(object, name);

        return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_boolean(node);
}

static JsonArray *array_of(JsonObject *object, const char *name)
{
        JsonNode *node = json_object_get_member(object, name);

        return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

/* The strings of an array, put between others. */
static char *joined(JsonArray *array, const char *between)
{
        g_autoptr(GString) text = g_string_new(NULL);

        for (guint i = 0; array && i < json_array_get_length(array); i++) {
                JsonNode *node = json_array_get_element(array, i);
                if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
                        g_string_append_printf(text, "%s%s", text->len > 0 ? between : "",
                                               json_node_get_string(node));
        }
        return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- meaning ---- */

static void say_calls(GString *text, JsonObject *terms)
{
        const char *profile = text_of(terms, "profile", "full");
        g_autofree char *tools = joined(array_of(terms, "tools"), ", ");

        if (g_str_equal(profile, "read-only"))
                g_string_append(text, "It may read, and write nothing.");
        else if (g_str_equal(profile, "custom"))
                g_string_append_printf(text, "It may call: %s.", *tools ? tools : "nothing");
        else
                g_string_append(text, "It may read and write: everything but what needs you.");
}

static void say_scope(GString *text, JsonObject *terms)
{
        JsonArray *entities = array_of(terms, "entities");
        g_autofree char *names = joined(entities, ", ");

        if (!entities)
                g_string_append(text, " It sees everything that is remembered.");
        else if (*names)
                g_string_append_printf(text, " It sees only: %s.", names);
        else
                g_string_append(text, " It sees nothing that is about anybody.");
        if (flag_of(terms, "observer"))
                g_string_append(text, " It also reads the log and the figures, which tell of other "
                                      "agents.");
}

char *terms_meaning(JsonObject *terms)
{
        const char *expires = text_of(terms, "expires", NULL);
        g_autofree char *until = form_time(expires ? expires : "");
        gint64 calls = number_of(terms, "calls_per_day"), bytes = number_of(terms, "bytes_per_day");
        GString *text = g_string_new(NULL);

        say_calls(text, terms);
        say_scope(text, terms);
        if (calls > 0)
                g_string_append_printf(text, " At most %" G_GINT64_FORMAT " calls a day.", calls);
        if (bytes > 0)
                g_string_append_printf(text, " At most %" G_GINT64_FORMAT " bytes a day.", bytes);
        if (expires)
                g_string_append_printf(text, " It ends on %s.", until);
        else
                g_string_append(text, " It does not end by itself.");
        return g_string_free(text, FALSE);
}

/* ---- reading the form ---- */

static gboolean wrong(GError **error, const char *what)
{
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, what);
        return FALSE;
}

static char *entry_text(AdwEntryRow *row)
{
        return g_strstrip(g_strdup(gtk_editable_get_text(GTK_EDITABLE(row))));
}

static gboolean read_number(AdwEntryRow *row, JsonObject *object, const char *member,
                            GError **error)
{
        g_autofree char *text = entry_text(row);
        guint64 number = 0;

        if (*text && !g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64 / 1024, &number, NULL)) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                            "%s: a whole number, or nothing for no limit",
                            adw_preferences_row_get_title(ADW_PREFERENCES_ROW(row)));
                return FALSE;
        }
        json_object_set_int_member(object, member, (gint64)number);
        return TRUE;
}

static void set_lines(JsonObject *object, const char *member, char **lines)
{
        JsonArray *array = json_array_new();

        for (char **line = lines; *line; line++)
                json_array_add_string_element(array, *line);
        json_object_set_array_member(object, member, array);
}

static void read_scope(Terms *terms, JsonObject *object)
{
        g_auto(GStrv) entities = form_lines(terms->entities);

        if (*entities)
                set_lines(object, "entities", entities);
        else
                json_object_set_null_member(object, "entities");
}

gboolean terms_read(Terms *terms, JsonObject *object, GError **error)
{
        g_autofree char *name = entry_text(terms->name), *expires = entry_text(terms->expires);
        const char *profile = profiles[adw_combo_row_get_selected(terms->profile)];
        g_auto(GStrv) tools = form_lines(terms->tools);

        if (*name == '\0')
                return wrong(error, "Name: it needs one");
        json_object_set_string_member(object, "name", name);
        json_object_set_string_member(object, "profile", profile);
        if (g_str_equal(profile, "custom"))
                set_lines(object, "tools", tools);
        else
                json_object_remove_member(object, "tools");
        read_scope(terms, object);
        if (*expires && g_ascii_strcasecmp(expires, "never") != 0)
                json_object_set_string_member(object, "expires", expires);
        else
                json_object_set_null_member(object, "expires");
        json_object_set_boolean_member(object, "observer", gtk_switch_get_active(terms->observer));
        return read_number(terms->calls, object, "calls_per_day", error) &&
               read_number(terms->bytes, object, "bytes_per_day", error);
}

/* ---- the form ---- */

static void on_edited(GObject *source, GParamSpec *property, gpointer data)
{
        Terms *terms = data;
        g_autoptr(JsonObject) now = json_object_new();
        g_autoptr(GError) error = NULL;
        g_autofree char *meaning =
                terms_read(terms, now, &error) ? terms_meaning(now) : g_strdup(error->message);

        gtk_label_set_text(terms->meaning, meaning);
        gtk_widget_set_sensitive(GTK_WIDGET(terms->tools),
                                 adw_combo_row_get_selected(terms->profile) == 2);
}

static AdwComboRow *add_profile(AdwPreferencesGroup *group, const char *profile)
{
        g_autoptr(GtkStringList) names = gtk_string_list_new(profiles);
        GtkWidget *row = adw_combo_row_new();

        adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), "Profile");
        adw_combo_row_set_model(ADW_COMBO_ROW(row), G_LIST_MODEL(names));
        for (guint i = 0; profiles[i]; i++)
                if (g_str_equal(profiles[i], profile))
                        adw_combo_row_set_selected(ADW_COMBO_ROW(row), i);
        adw_preferences_group_add(group, row);
        return ADW_COMBO_ROW(row);
}

static GtkSwitch *add_observer(AdwPreferencesGroup *group, gboolean active)
{
        GtkWidget *row = adw_action_row_new(), *toggle = gtk_switch_new();

        adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), "Observer");
        adw_action_row_set_subtitle(ADW_ACTION_ROW(row),
                                    "May also read the log and the figures of others");
        gtk_switch_set_active(GTK_SWITCH(toggle), active);
        gtk_widget_set_valign(toggle, GTK_ALIGN_CENTER);
        adw_action_row_add_suffix(ADW_ACTION_ROW(row), toggle);
        adw_action_row_set_activatable_widget(ADW_ACTION_ROW(row), toggle);
        adw_preferences_group_add(group, row);
        return GTK_SWITCH(toggle);
}

static AdwEntryRow *add_number(AdwPreferencesGroup *group, const char *title, gint64 number)
{
        g_autofree char *text = number > 0 ? g_strdup_printf("%" G_GINT64_FORMAT, number) : NULL;

        return form_add_entry(group, title, text ? text : "");
}

static void listen(Terms *terms)
{
        AdwEntryRow *entries[] = {terms->name, terms->expires, terms->calls, terms->bytes};
        GtkTextView *views[] = {terms->tools, terms->entities};

        for (gsize i = 0; i < G_N_ELEMENTS(entries); i++)
                g_signal_connect(entries[i], "notify::text", G_CALLBACK(on_edited), terms);
        for (gsize i = 0; i < G_N_ELEMENTS(views); i++)
                g_signal_connect(gtk_text_view_get_buffer(views[i]), "notify::text",
                                 G_CALLBACK(on_edited), terms);
        g_signal_connect(terms->profile, "notify::selected", G_CALLBACK(on_edited), terms);
        g_signal_connect(terms->observer, "notify::active", G_CALLBACK(on_edited), terms);
}

Terms *terms_add(AdwPreferencesPage *page, JsonObject *asked)
{
        AdwPreferencesGroup *group = form_group("What it will be allowed");
        GtkWidget *meaning = gtk_label_new(NULL);
        g_autofree char *tools = joined(array_of(asked, "tools"), "\n");
        g_autofree char *entities = joined(array_of(asked, "entities"), "\n");
        Terms *terms = g_new0(Terms, 1);

        terms->name = form_add_entry(group, "Name", text_of(asked, "name", ""));
        terms->profile = add_profile(group, text_of(asked, "profile", "full"));
        terms->expires =
                form_add_entry(group, "Ends on (a date, or never)", text_of(asked, "expires", ""));
        terms->calls = add_number(group, "Calls a day", number_of(asked, "calls_per_day"));
        terms->bytes = add_number(group, "Bytes a day", number_of(asked, "bytes_per_day"));
        terms->observer = add_observer(group, flag_of(asked, "observer"));
        terms->entities =
                form_add_text(group, "Entities that it sees, one a line (none: everything)",
                              entities, /* editable= */ TRUE);
        terms->tools = form_add_text(group, "Tools of the profile custom, one a line", tools,
                                     /* editable= */ TRUE);
        terms->meaning = GTK_LABEL(meaning);
        gtk_label_set_wrap(terms->meaning, TRUE);
        gtk_label_set_xalign(terms->meaning, 0);
        gtk_widget_add_css_class(meaning, "heading");
        gtk_widget_set_margin_top(meaning, 12);
        adw_preferences_group_add(group, meaning);
        adw_preferences_page_add(page, group);
        g_object_set_data_full(G_OBJECT(group), "terms", terms, g_free);
        listen(terms);
        on_edited(NULL, NULL, terms);
        return terms;
}
