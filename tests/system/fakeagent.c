/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A polkit authentication agent that answers as told, for tests without a screen:
 *   fakeagent SESSION pw:PASSWORD | cancel | hang
 * pw: gives the password to polkit's own set-uid helper, which asks PAM; cancel: dismisses the dialog;
 * hang: never answers. Prints READY, then one line for each request and each prompt. */
#include <glib.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#define HELPER "/usr/lib/polkit-1/polkit-agent-helper-1"
#define AUTHORITY                                                                                  \
        "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",                     \
                "org.freedesktop.PolicyKit1.Authority"

typedef struct Agent {
        sd_bus *bus;
        const char *answer;
} Agent;

static void say(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void say(const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        vprintf(format, arguments);
        va_end(arguments);
        putchar('\n');
        fflush(stdout);
}

/* Talks to the helper's standard streams: the cookie first, then the password for each prompt. */
static bool converse(FILE *to, FILE *from, const char *cookie, const char *password)
{
        char line[1024];
        bool granted = false;
        fprintf(to, "%s\n", cookie);
        fflush(to);
        while (fgets(line, sizeof line, from)) {
                g_strchomp(line);
                say("helper: %s", line);
                if (g_str_has_prefix(line, "PAM_PROMPT_ECHO_O")) {
                        fprintf(to, "%s\n", password);
                        fflush(to);
                } else if (g_str_equal(line, "SUCCESS")) {
                        granted = true;
                }
        }
        return granted;
}

static bool authenticate(const char *user, const char *cookie, const char *password)
{
        int to[2], from[2];
        if (pipe(to) < 0 || pipe(from) < 0)
                return false;
        pid_t child = fork();
        if (child == 0) {
                dup2(to[0], STDIN_FILENO);
                dup2(from[1], STDOUT_FILENO);
                close(to[1]);
                close(from[0]);
                execl(HELPER, HELPER, user, NULL);
                _exit(127);
        }
        close(to[0]);
        close(from[1]);
        FILE *writer = fdopen(to[1], "w"), *reader = fdopen(from[0], "r");
        bool granted = converse(writer, reader, cookie, password);
        fclose(writer);
        fclose(reader);
        waitpid(child, NULL, 0);
        return granted;
}

/* The uid of the first identity polkit offers, from a(sa{sv}). */
static uint32_t first_identity(sd_bus_message *message)
{
        uint32_t uid = UINT32_MAX;
        const char *key;
        sd_bus_message_enter_container(message, 'a', "(sa{sv})");
        while (uid == UINT32_MAX && sd_bus_message_enter_container(message, 'r', "sa{sv}") > 0) {
                sd_bus_message_skip(message, "s");
                sd_bus_message_enter_container(message, 'a', "{sv}");
                while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
                        sd_bus_message_read(message, "s", &key);
                        if (g_str_equal(key, "uid"))
                                sd_bus_message_read(message, "v", "u", &uid);
                        else
                                sd_bus_message_skip(message, "v");
                        sd_bus_message_exit_container(message);
                }
                sd_bus_message_exit_container(message);
                sd_bus_message_exit_container(message);
        }
        return uid;
}

static int begin(sd_bus_message *message, void *data, sd_bus_error *error)
{
        Agent *agent = data;
        const char *action, *text, *cookie;
        sd_bus_message_read(message, "sss", &action, &text, NULL);
        sd_bus_message_skip(message, "a{ss}");
        sd_bus_message_read(message, "s", &cookie);
        uint32_t uid = first_identity(message);
        say("BEGIN %s \"%s\" identity=%u", action, text, uid);
        if (g_str_equal(agent->answer, "hang"))
                return 1;
        if (g_str_equal(agent->answer, "cancel"))
                return sd_bus_reply_method_errorf(
                        message, "org.freedesktop.PolicyKit1.Error.Cancelled", "no");
        struct passwd *user = getpwuid(uid);
        if (!user || !authenticate(user->pw_name, cookie, agent->answer + strlen("pw:")))
                return sd_bus_reply_method_errorf(
                        message, "org.freedesktop.PolicyKit1.Error.Failed", "refused");
        return sd_bus_reply_method_return(message, "");
}

static int cancelled(sd_bus_message *message, void *data, sd_bus_error *error)
{
        say("CANCEL");
        return sd_bus_reply_method_return(message, "");
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("BeginAuthentication", "sssa{ss}sa(sa{sv})", "", begin,
                      SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("CancelAuthentication", "s", "", cancelled, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

int main(int argc, char **argv)
{
        Agent agent = {.answer = argc == 3 ? argv[2] : ""};
        sd_bus_error error = SD_BUS_ERROR_NULL;
        if (argc != 3 || sd_bus_open_system(&agent.bus) < 0)
                return 1;
        sd_bus_add_object_vtable(agent.bus, NULL, "/fakeagent",
                                 "org.freedesktop.PolicyKit1.AuthenticationAgent", vtable, &agent);
        int result = sd_bus_call_method(agent.bus, AUTHORITY, "RegisterAuthenticationAgent", &error,
                                        NULL, "(sa{sv})ss", "unix-session", 1, "session-id", "s",
                                        argv[1], "en_US.UTF-8", "/fakeagent");
        if (result < 0) {
                say("%s: %s", error.name, error.message);
                return 1;
        }
        say("READY");
        while (result >= 0) {
                result = sd_bus_process(agent.bus, NULL);
                if (result == 0)
                        result = sd_bus_wait(agent.bus, UINT64_MAX);
        }
        return 1;
}
