/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks polkit, without blocking.
 *
 * User instance: the subject is the calling process {pid, start time, uid}. The pid is the bus's word from when
 * the caller connected, and stays so if that process ends and a child keeps the connection. A bus that
 * hands out a pidfd (dbus 1.15.8) lets us know the process for certain. With an older one the start time is
 * taken at the peer's first call, must not be later than the connection, and must be the same at each question;
 * a process that has ended is refused. What is left there: a name older than this daemon is only known to
 * be older than that, so a pid that was taken anew between its connecting and our start is not noticed.
 * No details: polkit takes them from owners of the action only.
 * System instance: the subject is the sender's name on the same bus, and polkit finds the process itself. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bus/bus-private.h"

#define ANSWER_USEC      ((int64_t)5 * G_USEC_PER_SEC)   /* for polkit itself */
#define INTERACTIVE_USEC ((int64_t)120 * G_USEC_PER_SEC) /* for a person to type a password */

#define POLKIT           "org.freedesktop.PolicyKit1"
#define POLKIT_PATH      "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE "org.freedesktop.PolicyKit1.Authority"

struct Polkit {
        sd_event *loop;
        Instance instance;
        sd_bus *bus;        /* where the callers are */
        sd_bus *system;     /* where polkit is; NULL until needed */
        GHashTable *checks; /* set of Check* under way */
};

typedef struct Check {
        Polkit *polkit;
        char *action, *sender, *method;
        uid_t uid;
        pid_t pid;
        uint64_t start_time;
        int64_t asked_us; /* when the question was sent, 0: it was not */
        bool interactive;
        sd_bus_slot *slot;
        PolkitDone done;
        void *data;
} Check;

static void check_free(void *data)
{
        Check *check = data;

        sd_bus_slot_unref(check->slot);
        g_free(check->action);
        g_free(check->sender);
        g_free(check->method);
        g_free(check);
}

Polkit *polkit_new(sd_event *loop, sd_bus *bus, Instance instance)
{
        Polkit *polkit = g_new0(Polkit, 1);

        polkit->loop = sd_event_ref(loop);
        polkit->bus = sd_bus_ref(bus);
        polkit->instance = instance;
        polkit->checks = g_hash_table_new_full(NULL, NULL, check_free, NULL);
        if (instance == INSTANCE_SYSTEM)
                polkit->system = sd_bus_ref(bus);
        return polkit;
}

Polkit *polkit_free(Polkit *polkit)
{
        if (!polkit)
                return NULL;
        g_hash_table_unref(polkit->checks);
        if (polkit->instance == INSTANCE_USER)
                polkit->system = sd_bus_flush_close_unref(polkit->system);
        sd_bus_unref(polkit->system);
        sd_bus_unref(polkit->bus);
        sd_event_unref(polkit->loop);
        g_free(polkit);
        return NULL;
}

char *polkit_action_id(Instance instance, const char *action)
{
        return g_strconcat(instance == INSTANCE_SYSTEM ? "org.ouroboros.system." : "org.ouroboros.",
                           action, NULL);
}

static void finish(Check *check, const GError *error)
{
        PolkitDone done = check->done;
        void *data = check->data;

        g_hash_table_remove(check->polkit->checks, check);
        done(error, data);
}

static void finish_with(Check *check, OuroborosError code, const char *format, ...)
        G_GNUC_PRINTF(3, 4);

static void finish_with(Check *check, OuroborosError code, const char *format, ...)
{
        va_list list;

        va_start(list, format);
        g_autofree char *text = g_strdup_vprintf(format, list);
        va_end(list);
        g_autoptr(GError) error = g_error_new_literal(OUROBOROS_ERROR, code, text);
        finish(check, error);
}

/* ---- polkit's answer ---- */

static int64_t answer_limit(const Check *check)
{
        return check->interactive ? INTERACTIVE_USEC : ANSWER_USEC;
}

/* That the time is over is told by the clock: a connection that ends has the same error name. */
static void on_refusal(Check *check, const sd_bus_error *error)
{
        if (g_get_monotonic_time() - check->asked_us >= answer_limit(check)) {
                if (check->interactive)
                        finish_with(check, OUROBOROS_ERROR_TIMEOUT,
                                    "Nobody answered the question for %s within 120 seconds",
                                    check->action);
                else
                        finish_with(check, OUROBOROS_ERROR_UNAVAILABLE,
                                    "polkit did not answer within 5 seconds whether %s is allowed",
                                    check->action);
                return;
        }
        finish_with(check, OUROBOROS_ERROR_UNAVAILABLE,
                    "polkit cannot say whether %s is allowed: %s", check->action, error->message);
}

static bool read_dismissed(sd_bus_message *message)
{
        const char *name, *value;
        bool dismissed = false;

        if (sd_bus_message_enter_container(message, 'a', "{ss}") < 0)
                return false;
        while (sd_bus_message_read(message, "{ss}", &name, &value) > 0)
                dismissed |= g_str_equal(name, "polkit.dismissed");
        return dismissed;
}

static int on_answer(sd_bus_message *message, void *data, sd_bus_error *ret)
{
        Check *check = data;
        int authorised = 0, challenge = 0;

        if (sd_bus_message_get_error(message)) {
                on_refusal(check, sd_bus_message_get_error(message));
                return 0;
        }
        if (sd_bus_message_enter_container(message, 'r', "bba{ss}") < 0 ||
            sd_bus_message_read(message, "bb", &authorised, &challenge) < 0)
                finish_with(check, OUROBOROS_ERROR_UNAVAILABLE,
                            "polkit gave an answer about %s that makes no sense", check->action);
        else if (authorised)
                finish(check, NULL);
        else if (read_dismissed(message))
                finish_with(check, OUROBOROS_ERROR_DENIED, "The question for %s was dismissed",
                            check->action);
        else if (challenge && !check->interactive)
                finish_with(check, OUROBOROS_ERROR_DENIED,
                            "%s needs a password: call with interactive authorization allowed",
                            check->action);
        else if (challenge)
                finish_with(check, OUROBOROS_ERROR_DENIED,
                            "%s needs a password, and there is no agent to ask for it "
                            "(pkttyagent, or the desktop's)",
                            check->action);
        else
                finish_with(check, OUROBOROS_ERROR_DENIED, "polkit does not allow %s",
                            check->action);
        return 0;
}

/* ---- the question ---- */

static int append_subject(sd_bus_message *message, const Check *check)
{
        if (check->polkit->instance == INSTANCE_SYSTEM)
                return sd_bus_message_append(message, "(sa{sv})", "system-bus-name", 1, "name", "s",
                                             check->sender);
        return sd_bus_message_append(message, "(sa{sv})", "unix-process", 3, "pid", "u",
                                     (uint32_t)check->pid, "start-time", "t", check->start_time,
                                     "uid", "i", (int32_t)check->uid);
}

static int append_details(sd_bus_message *message, const Check *check)
{
        if (check->polkit->instance == INSTANCE_SYSTEM)
                return sd_bus_message_append(message, "a{ss}", 1, "method", check->method);
        return sd_bus_message_append(message, "a{ss}", 0);
}

/* Answers no longer come over a connection that is given up. */
static void fail_pending(Polkit *polkit)
{
        g_autoptr(GList) checks = g_hash_table_get_keys(polkit->checks);

        for (GList *item = checks; item; item = item->next) {
                Check *check = item->data;
                if (check->asked_us != 0)
                        finish_with(check, OUROBOROS_ERROR_UNAVAILABLE,
                                    "The system bus ended before polkit said whether %s is allowed",
                                    check->action);
        }
}

/* A connection that has ended is opened anew at the next question. */
static int connect_system(Polkit *polkit)
{
        if (polkit->instance == INSTANCE_SYSTEM)
                return 0;
        if (polkit->system && sd_bus_is_open(polkit->system) > 0)
                return 0;
        fail_pending(polkit);
        polkit->system = sd_bus_close_unref(polkit->system);
        int r = sd_bus_open_system(&polkit->system);
        return r < 0 ? r
                     : sd_bus_attach_event(polkit->system, polkit->loop, SD_EVENT_PRIORITY_NORMAL);
}

static int send_question(Check *check, sd_bus_message **message)
{
        int r = connect_system(check->polkit);

        if (r < 0)
                return r;
        r = sd_bus_message_new_method_call(check->polkit->system, message, POLKIT, POLKIT_PATH,
                                           POLKIT_INTERFACE, "CheckAuthorization");
        if (r < 0 || (r = append_subject(*message, check)) < 0 ||
            (r = sd_bus_message_append_basic(*message, 's', check->action)) < 0 ||
            (r = append_details(*message, check)) < 0 ||
            (r = sd_bus_message_append(*message, "us", check->interactive ? 1u : 0u, "")) < 0)
                return r;
        r = sd_bus_call_async(check->polkit->system, &check->slot, *message, on_answer, check,
                              (uint64_t)answer_limit(check));
        if (r >= 0)
                check->asked_us = g_get_monotonic_time();
        return r;
}

static void ask(Check *check)
{
        sd_bus_message *message = NULL;
        int r = send_question(check, &message);

        sd_bus_message_unref(message);
        if (r < 0)
                finish_with(check, OUROBOROS_ERROR_UNAVAILABLE,
                            "polkit cannot be asked whether %s is allowed: %s", check->action,
                            g_strerror(-r));
}

/* polkit would accept a start time of 0 and then not look at it; process_check() refuses it. */
static void identify(Check *check, const Process *process)
{
        g_autoptr(GError) error = NULL;

        if (process_check(process, &error))
                ask(check);
        else
                finish_with(check, OUROBOROS_ERROR_DENIED, "%s is refused: %s", check->action,
                            error->message);
}

void polkit_check(Polkit *polkit, const PolkitQuery *query, PolkitDone done, void *data)
{
        Check *check = g_new0(Check, 1);

        *check = (Check){
                .polkit = polkit,
                .action = polkit_action_id(polkit->instance, query->action),
                .sender = g_strdup(query->peer->name),
                .method = g_strdup(query->method),
                .uid = query->peer->uid,
                .pid = query->peer->process.pid,
                .start_time = query->peer->process.start_time,
                .interactive = query->interactive,
                .done = done,
                .data = data,
        };
        g_hash_table_add(polkit->checks, check);
        if (polkit->instance == INSTANCE_SYSTEM)
                ask(check);
        else
                identify(check, &query->peer->process);
}
