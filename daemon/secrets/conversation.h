/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One bounded conversation with the Secret Service. libsecret's blocking calls have no time limit (a hung
 * keyring holds them for minutes), so its asynchronous ones are used, each waited for on a context that
 * is private to the calling worker and shared with no loop. */
#pragma once

#include <gio/gio.h>
#include <libsecret/secret.h>
#include <stdbool.h>

#include "secrets/secrets.h"

typedef struct Conversation {
        GMainContext *context;
        GCancellable *cancellable; /* pass it to every call */
        GSource *limit;
        GAsyncResult *result; /* what conversation_done() was given */
        bool expired;
} Conversation;

/* Begins; from here all waits together take at most limit_ms. */
Conversation *conversation_new(unsigned limit_ms);
Conversation *conversation_free(Conversation *talk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Conversation, conversation_free)

/* The callback to pass to a call, with the conversation as its data. */
void conversation_done(GObject *source, GAsyncResult *result, gpointer data);

/* Waits for the call just made; the result is borrowed until the next wait. */
GAsyncResult *conversation_wait(Conversation *talk);

/* What a failed call says about the keyring: LOCKED, ABSENT or HUNG. */
KeyState conversation_state(const Conversation *talk, const GError *error);
