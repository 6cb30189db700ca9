/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command does, or which room it would take that there is not. */
#include "http/command.h"

#include <microhttpd.h>
#include <string.h>
#include <unistd.h>

#define PANIC_USEC ((uint64_t)50 * 1000) /* so that the answer is out */

typedef struct Command {
        const char *name, *what;
        const char *room; /* which it needs and there is not, or NULL */
        void (*start)(const HttpOptions *options, const Connection *connection, CommandDone done,
                      void *data);
} Command;

static void start_help(const HttpOptions *options, const Connection *connection, CommandDone done,
                       void *data);

static void answer_text(const char *cmd, const char *text, CommandDone done, void *data)
{
        g_autoptr(JsonObject) answer = json_object_new();

        json_object_set_string_member(answer, "cmd", cmd);
        json_object_set_string_member(answer, "text", text);
        done(MHD_HTTP_OK, answer, NULL, data);
}

static void start_status(const HttpOptions *options, const Connection *connection, CommandDone done,
                         void *data)
{
        g_autofree char *reason = NULL;
        VaultState state = care_state(options->care, &reason);
        g_autofree char *text = g_strdup_printf(
                "The vault is %s. You are \"%s\" (%s).", vault_state_to_string(state),
                connection_terms(connection)->name, connection_id(connection));

        answer_text("/status", text, done, data);
}

/* ---- the end ---- */

static int on_panic(sd_event_source *source, uint64_t usec, void *data)
{
        _exit(SERVICE_EXIT_PANIC);
}

/* Does not wait for anything: what was acknowledged is on disk, and the rest is to be stopped. */
static void start_panic(const HttpOptions *options, const Connection *connection, CommandDone done,
                        void *data)
{
        int r = sd_event_add_time_relative(service_loop(options->service), NULL, CLOCK_MONOTONIC,
                                           PANIC_USEC, /* accuracy= */ 1, on_panic, NULL);

        if (r < 0)
                _exit(SERVICE_EXIT_PANIC);
        answer_text("/panic", "Everything stops now", done, data);
}

/* ---- what the human decides ---- */

typedef struct Asking {
        Gate *gate;
        Access *access;
        char *kind, *title, *id;
        JsonObject *payload;
        GError *error;
        CommandDone done;
        void *data;
} Asking;

static void ask(void *job)
{
        Asking *asking = job;
        Approval approval = {
                .kind = asking->kind, .title = asking->title, .payload = asking->payload};

        asking->id = gate_request(asking->gate, asking->access, &approval, &asking->error);
}

static void on_asked(void *job)
{
        Asking *asking = job;
        g_autoptr(JsonObject) answer = json_object_new();

        if (asking->id) {
                json_object_set_string_member(answer, "approval_id", asking->id);
                json_object_set_string_member(answer, "state", "pending");
                json_object_set_string_member(answer, "text", "The human decides");
        }
        asking->done(MHD_HTTP_ACCEPTED, asking->id ? answer : NULL, asking->error, asking->data);
        access_unref(asking->access);
        json_object_unref(asking->payload);
        g_clear_error(&asking->error);
        g_free(asking->kind);
        g_free(asking->title);
        g_free(asking->id);
        g_free(asking);
}

void command_request(const HttpOptions *options, const Connection *connection,
                     const Approval *approval, CommandDone done, void *data)
{
        g_autofree char *session = gate_session(options->gate, connection_id(connection));
        Asking *asking = g_new0(Asking, 1);

        *asking = (Asking){.gate = options->gate,
                           .access = access_new_connection(connection, session),
                           .kind = g_strdup(approval->kind),
                           .title = g_strdup(approval->title),
                           /* a copy: references are not counted atomically */
                           .payload = json_copy_object(approval->payload),
                           .done = done,
                           .data = data};
        worker_pool_push(options->pool, ask, on_asked, asking);
}

static void start_restart(const HttpOptions *options, const Connection *connection,
                          CommandDone done, void *data)
{
        g_autoptr(JsonObject) payload = json_object_new();
        Approval approval = {.kind = (char *)"restart",
                             .title = (char *)"Restart the daemon",
                             .payload = payload};

        command_request(options, connection, &approval, done, data);
}

/* ---- the table ---- */

static const Command commands[] = {
        {"/help", "says what there is", NULL, start_help},
        {"/status", "says how the daemon is, and who you are to it", NULL, start_status},
        {"/panic", "stops everything at once", NULL, start_panic},
        {"/restart", "restarts the daemon, if the human agrees", NULL, start_restart},
        {"/review", "has code reviewed", "agent", NULL},
        {"/evolve", "turns evolution on or off", "evolve", NULL},
        {"/bg", "turns background thinking on or off", "agent", NULL},
};

static void start_help(const HttpOptions *options, const Connection *connection, CommandDone done,
                       void *data)
{
        g_autoptr(GString) text = g_string_new(NULL);

        for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++)
                if (!commands[i].room)
                        g_string_append_printf(text, "%s %s\n", commands[i].name, commands[i].what);
        answer_text("/help", text->str, done, data);
}

static const Command *find(const char *cmd)
{
        size_t length = strcspn(cmd, " \t\r\n");

        for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++)
                if (strlen(commands[i].name) == length &&
                    strncmp(commands[i].name, cmd, length) == 0)
                        return &commands[i];
        return NULL;
}

void command_start(const HttpOptions *options, const Connection *connection, const char *cmd,
                   CommandDone done, void *data)
{
        const Command *command = find(cmd);
        g_autoptr(GError) error = NULL;

        if (command && command->start) {
                command->start(options, connection, done, data);
                return;
        }
        if (command)
                g_set_error(&error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "%s needs the room %s, which this daemon does not have", command->name,
                            command->room);
        else
                g_set_error_literal(&error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                                    "There is no such command; /help says which there are");
        done(0, NULL, error, data);
}
