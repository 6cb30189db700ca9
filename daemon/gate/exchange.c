/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exchange: what a door lends one call while it runs, and where a handler says what it needs of the client. Made by
 * the door for each round, shared with the thread of the handler by reference; only cancelling crosses threads. */
#include "gate/exchange.h"

struct Exchange {
        gatomicrefcount references;
        ExchangeOptions options; /* replies and note are its own */
        int cancelled;           /* atomic */
        bool paused;
        JsonObject *asks;
        char *awaits, *note;
        int64_t awaits_us; /* 0: no limit of its own */
};

static const char *const methods[] = {
        [ASK_FORM] = "elicitation/create",
        [ASK_URL] = "elicitation/create",
        [ASK_MODEL] = "sampling/createMessage",
        [ASK_ROOTS] = "roots/list",
};

Exchange *exchange_new(const ExchangeOptions *options)
{
        Exchange *exchange = g_new0(Exchange, 1);

        g_atomic_ref_count_init(&exchange->references);
        exchange->options = *options;
        exchange->options.note = g_strdup(options->note);
        if (options->replies)
                json_object_ref(options->replies);
        return exchange;
}

Exchange *exchange_ref(Exchange *exchange)
{
        g_atomic_ref_count_inc(&exchange->references);
        return exchange;
}

Exchange *exchange_unref(Exchange *exchange)
{
        if (!exchange || !g_atomic_ref_count_dec(&exchange->references))
                return NULL;
        g_free((char *)exchange->options.note);
        g_clear_pointer(&exchange->options.replies, json_object_unref);
        g_clear_pointer(&exchange->asks, json_object_unref);
        g_free(exchange->awaits);
        g_free(exchange->note);
        g_free(exchange);
        return NULL;
}

void exchange_cancel(Exchange *exchange)
{
        g_atomic_int_set(&exchange->cancelled, 1);
}

bool exchange_is_paused(const Exchange *exchange)
{
        return exchange && exchange->paused;
}

JsonObject *exchange_asks(const Exchange *exchange)
{
        return exchange->asks;
}

const char *exchange_awaits(const Exchange *exchange)
{
        return exchange->awaits;
}

int64_t exchange_awaits_us(const Exchange *exchange)
{
        return exchange->awaits_us;
}

const char *exchange_note(const Exchange *exchange)
{
        return exchange->note;
}

bool exchange_check_cancelled(const Exchange *exchange, GError **error)
{
        if (!exchange || !g_atomic_int_get(&exchange->cancelled))
                return true;
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                            "The caller cancelled the call");
        return false;
}

void exchange_progress(const Exchange *exchange, double done, double total, const char *message)
{
        if (exchange && exchange->options.progress)
                exchange->options.progress(done, total, message, exchange->options.data);
}

void exchange_say(const Exchange *exchange, int level, const char *text)
{
        if (exchange && exchange->options.say)
                exchange->options.say(level, text, exchange->options.data);
}

bool exchange_can_wait(const Exchange *exchange)
{
        return exchange && exchange->options.can_wait;
}

bool exchange_can_ask(const Exchange *exchange, AskKind kind)
{
        return exchange && (exchange->options.can_ask & (1u << kind));
}

JsonObject *exchange_reply(const Exchange *exchange, const char *key)
{
        return exchange && exchange->options.replies
                       ? json_member_object(exchange->options.replies, key)
                       : NULL;
}

const char *exchange_old_note(const Exchange *exchange)
{
        return exchange ? exchange->options.note : NULL;
}

void exchange_ask(Exchange *exchange, const char *key, AskKind kind, JsonObject *params)
{
        JsonObject *ask;

        if (!exchange)
                return;
        if (!exchange->asks)
                exchange->asks = json_object_new();
        ask = json_object_new();
        json_object_set_string_member(ask, "method", methods[kind]);
        json_object_set_object_member(ask, "params", json_object_ref(params));
        json_object_set_object_member(exchange->asks, key, ask);
}

void exchange_await(Exchange *exchange, const char *approval, int64_t wait_us)
{
        if (!exchange)
                return;
        g_free(exchange->awaits);
        exchange->awaits = g_strdup(approval);
        exchange->awaits_us = wait_us;
}

bool exchange_pause(Exchange *exchange, const char *note, GError **error)
{
        if (exchange && (exchange->asks || exchange->awaits)) {
                exchange->paused = true;
                g_free(exchange->note);
                exchange->note = g_strdup(note);
        }
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "This needs an answer of the client, who cannot be asked here");
        return false;
}
