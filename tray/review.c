/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "review.h"

#include <json-glib/json-glib.h>

#include "remote.h"
#include "terms.h"

typedef struct Review {
        GDBusConnection *bus;
        GCancellable *cancellable; /* ends with the page */
        GVariant *row;
        JsonObject *asked;
        ReviewHandlers handlers;
        Terms *terms;                  /* of a request for a connection, else NULL */
        AdwEntryRow *answer;           /* to a question, else NULL */
        GtkTextView *payload, *edited; /* what was asked for; what is carried out, of other kinds */
        GtkWidget *approve, *deny;
        const char *said; /* once it is decided */
} Review;

static void review_free(gpointer data)
{
        Review *review = data;

        g_cancellable_cancel(review->cancellable);
        g_object_unref(review->cancellable);
        g_object_unref(review->bus);
        g_variant_unref(review->row);
        json_object_unref(review->asked);
        g_free(review);
}

static gboolean is_kind(const Review *review, const char *kind)
{
        return g_str_equal(remote_text(review->row, "kind"), kind);
}

/* ---- JSON ---- */

/* An empty object for what is none. */
static JsonObject *parse(const char *text, GError **error)
{
        g_autoptr(JsonParser) parser = json_parser_new();

        if (!json_parser_load_from_data(parser, text, -1, error))
                return NULL;
        JsonNode *root = json_parser_get_root(parser);
        if (root && JSON_NODE_HOLDS_OBJECT(root))
                return json_object_ref(json_node_get_object(root));
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                            "The payload must be a JSON object");
        return NULL;
}

static char *print(JsonObject *object, gboolean pretty)
{
        g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);

        return json_to_string(node, pretty);
}

/* What the person has made of it; NULL with an error. */
static JsonObject *payload_of(Review *review, GError **error)
{
        g_autofree char *text = print(review->asked, /* pretty= */ FALSE);
        g_autoptr(JsonObject) payload = parse(text, error);

        if (!payload)
                return NULL;
        if (review->terms && !terms_read(review->terms, payload, error))
                return NULL;
        if (review->answer)
                json_object_set_string_member(payload, "answer",
                                              gtk_editable_get_text(GTK_EDITABLE(review->answer)));
        if (review->edited) {
                g_autofree char *given = form_text(review->edited);
                return parse(given, error);
        }
        return g_steal_pointer(&payload);
}

/* ---- deciding ---- */

static void on_resolved(GVariant *answer, const GError *error, gpointer data)
{
        Review *review = data;

        if (answer) {
                review->handlers.decided(review->said, review->handlers.data);
                return;
        }
        gtk_widget_set_sensitive(review->approve, TRUE);
        gtk_widget_set_sensitive(review->deny, TRUE);
        review->handlers.failed(error->message, review->handlers.data);
}

/* payload: "" for none. */
static void resolve(Review *review, gboolean approve, const char *payload)
{
        review->said = approve ? "Approved" : "Denied";
        gtk_widget_set_sensitive(review->approve, FALSE);
        gtk_widget_set_sensitive(review->deny, FALSE);
        remote_call(review->bus,
                    &(RemoteCall){.interface = "Approvals",
                                  .member = "Resolve",
                                  .args = g_variant_new(
                                          "(sbs@a{sv})", remote_text(review->row, "approval_id"),
                                          approve, payload,
                                          g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0)),
                                  .interactive = TRUE,
                                  .cancellable = review->cancellable,
                                  .done = on_resolved,
                                  .data = review});
}

static void on_approve(GtkButton *button, gpointer data)
{
        Review *review = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) payload = payload_of(review, &error);

        if (!payload) {
                review->handlers.failed(error->message, review->handlers.data);
                return;
        }
        g_autofree char *text = print(payload, /* pretty= */ FALSE);
        resolve(review, /* approve= */ TRUE, text);
}

static void on_deny(GtkButton *button, gpointer data)
{
        resolve(data, /* approve= */ FALSE, "");
}

/* ---- the page ---- */

static void add_asker(Review *review, AdwPreferencesPage *page)
{
        AdwPreferencesGroup *group = form_group("Who asks");
        g_autofree char *created = form_time(remote_text(review->row, "created"));
        g_autofree char *expires = form_time(remote_text(review->row, "expires"));

        form_add_fact(group, "Asked by", remote_text(review->row, "asked_by"));
        form_add_fact(group, "What", remote_text(review->row, "title"));
        form_add_fact(group, "Asked on", created);
        form_add_fact(group, "Withdrawn unless decided by", expires);
        adw_preferences_page_add(page, group);
}

static void add_payload(Review *review, AdwPreferencesPage *page)
{
        AdwPreferencesGroup *group = form_group("What is asked for");
        g_autofree char *text = print(review->asked, /* pretty= */ TRUE);

        review->payload = form_add_text(group, "Payload", text, /* editable= */ FALSE);
        if (is_kind(review, "question"))
                review->answer = form_add_entry(group, "Answer", "");
        else if (!is_kind(review, "connection"))
                review->edited = form_add_text(group, "What will be carried out", text,
                                               /* editable= */ TRUE);
        adw_preferences_page_add(page, group);
        if (is_kind(review, "connection"))
                review->terms = terms_add(page, review->asked);
}

static void add_buttons(Review *review, GtkWidget *box)
{
        GtkWidget *buttons = form_add_buttons(box);

        review->deny =
                form_add_button(buttons, "Deny", "destructive-action", G_CALLBACK(on_deny), review);
        review->approve = form_add_button(buttons, "Approve", "suggested-action",
                                          G_CALLBACK(on_approve), review);
}

/* After map: a focus that is set before makes the window a "filler" to those who cannot see it. */
static void on_map(GtkWidget *page, gpointer data)
{
        gtk_widget_grab_focus(GTK_WIDGET(((Review *)data)->payload));
}

GtkWidget *review_new(GDBusConnection *bus, GVariant *row, const ReviewHandlers *handlers)
{
        AdwPreferencesPage *page = ADW_PREFERENCES_PAGE(adw_preferences_page_new());
        JsonObject *asked = parse(remote_text(row, "payload"), NULL);
        Review *review = g_new0(Review, 1);

        *review = (Review){
                .bus = g_object_ref(bus),
                .cancellable = g_cancellable_new(),
                .row = g_variant_ref(row),
                .asked = asked ? asked : json_object_new(),
                .handlers = *handlers,
        };
        add_asker(review, page);
        add_payload(review, page);
        GtkWidget *box = form_box(page);
        add_buttons(review, box);
        g_object_set_data_full(G_OBJECT(box), "review", review, review_free);
        g_signal_connect_after(box, "map", G_CALLBACK(on_map), review);
        return box;
}

const char *review_id(GtkWidget *page)
{
        const Review *review = g_object_get_data(G_OBJECT(page), "review");

        return review ? remote_text(review->row, "approval_id") : NULL;
}

gboolean review_is_deciding(GtkWidget *page)
{
        const Review *review = g_object_get_data(G_OBJECT(page), "review");

        return !gtk_widget_get_sensitive(review->approve);
}
