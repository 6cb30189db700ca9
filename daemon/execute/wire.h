/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's end of a snippet's stream: never blocks, keeps what cannot be sent yet. Loop thread. */
#pragma once

#include "base/base.h"
#include "isolate/protocol.h"

#define WIRE_UNSENT_BYTES_MAX (4 * 1024 * 1024) /* from here on no more calls are begun */

typedef struct Wire Wire;

typedef struct WireHandlers {
        /* One frame; text is borrowed. */
        void (*frame)(const IsolateHeader *header, const char *text, void *data);
        /* No more will come: the other end has closed, or (broken) sent what cannot be. Once. */
        void (*closed)(bool broken, void *data);
        /* All that waited has been sent. */
        void (*drained)(void *data);
} WireHandlers;

/* Takes the descriptor, also on failure. Handlers are set later; until then nothing is read. */
Wire *wire_new(sd_event *loop, int fd, GError **error);

/* A handler may do this. */
Wire *wire_free(Wire *wire);
void wire_watch(Wire *wire, const WireHandlers *handlers, void *data);

/* Sends a frame of two parts, now or when the other end has room. */
void wire_send(Wire *wire, const IsolateHeader *header, GBytes *text);
size_t wire_unsent(const Wire *wire);
