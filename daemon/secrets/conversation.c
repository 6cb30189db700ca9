/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "secrets/conversation.h"

static gboolean limit_reached(gpointer data)
{
        Conversation *talk = data;
        talk->expired = true;
        g_cancellable_cancel(talk->cancellable);
        return G_SOURCE_REMOVE;
}

Conversation *conversation_new(unsigned limit_ms)
{
        Conversation *talk = g_new0(Conversation, 1);
        talk->context = g_main_context_new();
        talk->cancellable = g_cancellable_new();
        talk->limit = g_timeout_source_new(limit_ms);
        g_source_set_callback(talk->limit, limit_reached, talk, NULL);
        g_source_attach(talk->limit, talk->context);
        g_main_context_push_thread_default(talk->context);
        return talk;
}

Conversation *conversation_free(Conversation *talk)
{
        if (!talk)
                return NULL;
        g_source_destroy(talk->limit);
        g_source_unref(talk->limit);
        g_clear_object(&talk->result); /* it holds the object that it came from */
        /* What was cancelled or unreferenced still has callbacks due here; they hold objects. */
        while (g_main_context_iteration(talk->context, /* may_block= */ FALSE))
                ;
        g_main_context_pop_thread_default(talk->context);
        g_object_unref(talk->cancellable);
        g_main_context_unref(talk->context);
        g_free(talk);
        return NULL;
}

void conversation_done(GObject *source, GAsyncResult *result, gpointer data)
{
        Conversation *talk = data;
        g_set_object(&talk->result, result);
}

GAsyncResult *conversation_wait(Conversation *talk)
{
        while (!talk->result)
                g_main_context_iteration(talk->context, /* may_block= */ TRUE);
        return talk->result;
}

static bool is_absent(const GError *error)
{
        return g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
               g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
               g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_EXEC_FAILED) ||
               g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_CHILD_EXITED) ||
               g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_FAILED) ||
               g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND) ||
               g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_FILE_INVALID) ||
               g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
               g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

KeyState conversation_state(const Conversation *talk, const GError *error)
{
        if (talk->expired)
                return KEY_HUNG;
        if (g_error_matches(error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
                return KEY_LOCKED;
        /* Anything else unknown counts as no usable answer: never a reason to make another key. */
        return is_absent(error) ? KEY_ABSENT : KEY_HUNG;
}
