/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an access does with its exchange, which may be NULL: see the functions access_*() of gate.h. */
#pragma once

#include "gate/gate.h"

bool exchange_check_cancelled(const Exchange *exchange, GError **error);
void exchange_progress(const Exchange *exchange, double done, double total, const char *message);
void exchange_say(const Exchange *exchange, int level, const char *text);
bool exchange_can_wait(const Exchange *exchange);
bool exchange_can_ask(const Exchange *exchange, AskKind kind);
JsonObject *exchange_reply(const Exchange *exchange, const char *key);
const char *exchange_old_note(const Exchange *exchange);
void exchange_ask(Exchange *exchange, const char *key, AskKind kind, JsonObject *params);
void exchange_await(Exchange *exchange, const char *approval, int64_t wait_us);
bool exchange_pause(Exchange *exchange, const char *note, GError **error);
