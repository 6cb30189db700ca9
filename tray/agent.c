/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent.h"

#include <json-glib/json-glib.h>

#include "form.h"
#include "remote.h"

typedef struct Agent {
        GDBusConnection *bus;
        GCancellable *cancellable; /* ends with the page */
        char *id;
        AgentHandlers handlers;
        AdwEntryRow *name;
        GtkTextView *entities;
        GtkWidget *buttons;
        const char *said; /* once it is done */
} Agent;

static void agent_free(gpointer data)
{
        Agent *agent = data;

        g_cancellable_cancel(agent->cancellable);
        g_object_unref(agent->cancellable);
        g_object_unref(agent->bus);
        g_free(agent->id);
        g_free(agent);
}

/* ---- changes ---- */

static void on_answer(GVariant *answer, const GError *error, gpointer data)
{
        Agent *agent = data;

        if (answer) {
                agent->handlers.done(agent->said, agent->handlers.data);
                return;
        }
        gtk_widget_set_sensitive(agent->buttons, TRUE);
        agent->handlers.failed(error->message, agent->handlers.data);
}

static void change(Agent *agent, const char *member, GVariant *args, const char *said)
{
        agent->said = said;
        gtk_widget_set_sensitive(agent->buttons, FALSE);
        remote_call(agent->bus, &(RemoteCall){.interface = "Gate",
                                              .member = member,
                                              .args = args,
                                              .interactive = TRUE,
                                              .cancellable = agent->cancellable,
                                              .done = on_answer,
                                              .data = agent});
}

static void on_rename(GtkButton *button, gpointer data)
{
        Agent *agent = data;
        const char *name = gtk_editable_get_text(GTK_EDITABLE(agent->name));

        change(agent, "Rename",
               g_variant_new("(ss@a{sv})", agent->id, name,
                             g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0)),
               "Renamed");
}

static void on_scope(GtkButton *button, gpointer data)
{
        Agent *agent = data;
        g_auto(GStrv) entities = form_lines(agent->entities);
        GVariantBuilder scope;

        g_variant_builder_init(&scope, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&scope, "{sv}", "entities",
                              *entities ? g_variant_new_strv((const char *const *)entities, -1)
                                        : g_variant_new_signature("")); /* everything */
        change(agent, "SetScope", g_variant_new("(sa{sv})", agent->id, &scope),
               "It holds from the agent's next call on");
}

static void on_revoke_said(AdwMessageDialog *dialog, const char *response, gpointer page)
{
        Agent *agent = g_object_get_data(G_OBJECT(page), "agent");

        if (g_str_equal(response, "revoke"))
                change(agent, "Revoke",
                       g_variant_new("(s@a{sv})", agent->id,
                                     g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0)),
                       "Revoked");
}

static void on_revoke(GtkButton *button, gpointer page)
{
        GtkRoot *root = gtk_widget_get_root(GTK_WIDGET(button));
        GtkWidget *widget = adw_message_dialog_new(
                GTK_WINDOW(root), "Revoke this connection?",
                "The agent is let in no more, at once and for good. What it wrote stays.");
        AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG(widget);

        adw_message_dialog_add_responses(dialog, "keep", "Keep", "revoke", "Revoke", NULL);
        adw_message_dialog_set_default_response(dialog, "keep");
        adw_message_dialog_set_close_response(dialog, "keep");
        adw_message_dialog_set_response_appearance(dialog, "revoke", ADW_RESPONSE_DESTRUCTIVE);
        g_signal_connect_object(dialog, "response", G_CALLBACK(on_revoke_said), page, 0);
        gtk_window_present(GTK_WINDOW(dialog));
}

/* ---- the page ---- */

/* The names in the JSON of "entities", one a line; "" for everything. The caller frees. */
static char *entity_names(GVariant *row)
{
        g_autoptr(JsonParser) parser = json_parser_new();
        g_autoptr(GString) names = g_string_new(NULL);
        JsonNode *root = NULL;

        if (json_parser_load_from_data(parser, remote_text(row, "entities"), -1, NULL))
                root = json_parser_get_root(parser);
        JsonArray *array = root && JSON_NODE_HOLDS_ARRAY(root) ? json_node_get_array(root) : NULL;
        for (guint i = 0; array && i < json_array_get_length(array); i++) {
                JsonObject *entity = json_array_get_object_element(array, i);
                const char *id = json_object_get_string_member(entity, "entity_id");
                const char *name = json_object_get_string_member_with_default(entity, "name", id);
                g_string_append_printf(names, "%s%s", i > 0 ? "\n" : "", name ? name : id);
        }
        return g_string_free(g_steal_pointer(&names), FALSE);
}

static GtkWidget *add_buttons(Agent *agent, GtkWidget *page)
{
        GtkWidget *buttons = form_add_buttons(page);

        form_add_button(buttons, "Rename", NULL, G_CALLBACK(on_rename), agent);
        form_add_button(buttons, "Set scope", NULL, G_CALLBACK(on_scope), agent);
        form_add_button(buttons, "Revoke…", "destructive-action", G_CALLBACK(on_revoke), page);
        return buttons;
}

static AdwPreferencesGroup *facts_of(GVariant *row)
{
        AdwPreferencesGroup *group = form_group("This agent may connect");
        g_autofree char *created = form_time(remote_text(row, "created"));
        g_autofree char *expires = form_time(remote_text(row, "expires"));

        form_add_fact(group, "State", remote_text(row, "state"));
        form_add_fact(group, "Profile", remote_text(row, "profile"));
        form_add_fact(group, "Tools", remote_text(row, "tools"));
        form_add_fact(group, "Let in on", created);
        form_add_fact(group, "Ends on", expires);
        form_add_fact(group, "Its bearer is in", remote_text(row, "bearer_file"));
        return group;
}

/* After map, as in the review: no button is the first. */
static void on_map(GtkWidget *page, gpointer data)
{
        gtk_widget_grab_focus(GTK_WIDGET(((Agent *)data)->entities));
}

GtkWidget *agent_new(GDBusConnection *bus, GVariant *row, const AgentHandlers *handlers)
{
        AdwPreferencesPage *page = ADW_PREFERENCES_PAGE(adw_preferences_page_new());
        AdwPreferencesGroup *group = form_group("What you may change");
        g_autofree char *entities = entity_names(row);
        Agent *agent = g_new0(Agent, 1);

        agent->bus = g_object_ref(bus);
        agent->cancellable = g_cancellable_new();
        agent->id = g_strdup(remote_text(row, "connection_id"));
        agent->handlers = *handlers;
        agent->name = form_add_entry(group, "Name", remote_text(row, "name"));
        agent->entities =
                form_add_text(group, "Entities that it sees, one a line (none: everything)",
                              entities, /* editable= */ TRUE);
        adw_preferences_page_add(page, facts_of(row));
        adw_preferences_page_add(page, group);
        GtkWidget *box = form_box(page);
        agent->buttons = add_buttons(agent, box);
        g_object_set_data_full(G_OBJECT(box), "agent", agent, agent_free);
        g_signal_connect_after(box, "map", G_CALLBACK(on_map), agent);
        return box;
}
