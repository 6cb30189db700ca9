/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon, over D-Bus. Calls start it if it does not run; every failure is an error of our own table, with
 * words that say what to do. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

#include "base/base.h"

typedef struct Client Client;

/* Connects to the session or the system bus. OFFLINE if there is none. */
Client *client_new(Instance instance, GError **error);
Client *client_free(Client *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Client, client_free)

/* Lets polkit ask the person on this terminal for a password, as systemctl does. Does nothing where there
 * is no terminal, for root, or without pkttyagent. */
void client_allow_questions(Client *client);

/* Lets a call be made once more if the daemon ended under it: for those who only ask. */
void client_allow_retry(Client *client);

/* Calls a tool; takes args (NULL: {}). */
JsonObject *client_tool(Client *client, const char *tool, JsonObject *args, GError **error);

/* Calls a method that takes strings only (NULL: none). The answer as JSON: null for none, one value, or
 * an array of several. Interface is without its prefix: "Manager". */
JsonNode *client_call(Client *client, const char *interface, const char *member,
                      const char *const *strings, GError **error);

/* The same with arguments of the types s, a{sv} and aa{sv}, one element of values for each. */
JsonNode *client_call_json(Client *client, const char *interface, const char *member,
                           const char *signature, JsonArray *values, GError **error);

/* The next client_call() or client_call_json() passes this descriptor before its arguments; it stays the caller's. */
void client_carry(Client *client, int fd);

/* The same, behind its arguments. */
void client_carry_behind(Client *client, int fd);

/* The properties of an interface. */
JsonObject *client_properties(Client *client, const char *interface, GError **error);

/* A signal of the root object; interface has no prefix if it is one of ours. Calls heard with a signal's arguments, as client_call() gives them, whenever one comes while a call or
 * client_wait() is under way. */
typedef void (*ClientHeard)(JsonNode *arguments, void *data);
bool client_listen(Client *client, const char *interface, const char *member, ClientHeard heard,
                   void *data, GError **error);

/* Waits for a signal, at most timeout_ms. False when the connection is lost. */
bool client_wait(Client *client, unsigned timeout_ms, GError **error);

/* Called now and then (every 200 ms) while a call takes its time; NULL: none. */
void client_set_tick(Client *client, void (*tick)(void *data), void *data);
