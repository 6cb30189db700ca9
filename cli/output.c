/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"

#define TEXT_WIDTH_MAX 100

struct Output {
        FILE *stream; /* NULL until something is said */
        GPid pager;   /* 0: none */
        bool json, colours, terminal, wants_pager;
        int failed; /* errno of the first write that went wrong */
        unsigned width;
};

static const char *const style_codes[STYLE_COUNT] = {
        [STYLE_BOLD] = "\033[1m",   [STYLE_DIM] = "\033[2m",     [STYLE_RED] = "\033[31m",
        [STYLE_GREEN] = "\033[32m", [STYLE_YELLOW] = "\033[33m", [STYLE_BLUE] = "\033[34m",
};

static bool terminal_is_dumb(void)
{
        const char *term = g_getenv("TERM");
        return !term || strcmp(term, "dumb") == 0;
}

bool output_wants_colours(int fd)
{
        const char *wanted = g_getenv("SYSTEMD_COLORS");
        if (wanted && *wanted)
                return strcmp(wanted, "0") != 0 && g_ascii_strcasecmp(wanted, "no") != 0 &&
                       g_ascii_strcasecmp(wanted, "false") != 0;
        const char *none = g_getenv("NO_COLOR");
        if (none && *none)
                return false;
        return isatty(fd) && !terminal_is_dumb();
}

static unsigned find_width(void)
{
        const char *columns = g_getenv("COLUMNS");
        struct winsize size = {0};
        guint64 number = 0;
        if (columns && g_ascii_string_to_unsigned(columns, 10, 20, 10000, &number, NULL))
                return (unsigned)number;
        if (!isatty(STDOUT_FILENO))
                return 0;
        return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 ? size.ws_col : 80;
}

/* Starts a pager; gives what to write to, NULL if it cannot be had. */
static FILE *spawn_pager(const char *command, char **environment, GPid *ret_pid)
{
        g_auto(GStrv) argv = NULL;
        int in = -1;
        if (!*command || strcmp(command, "cat") == 0 ||
            !g_shell_parse_argv(command, NULL, &argv, NULL) ||
            !g_spawn_async_with_pipes(NULL, argv, environment,
                                      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                              G_SPAWN_CLOEXEC_PIPES,
                                      NULL, NULL, ret_pid, &in, NULL, NULL, NULL))
                return NULL;
        FILE *stream = fdopen(in, "w");
        if (!stream)
                close(in); /* the pager sees the end, and goes */
        return stream;
}

static void start_pager(Output *output)
{
        g_auto(GStrv) environment = g_get_environ();
        const char *options = g_getenv("SYSTEMD_LESS");
        environment = g_environ_setenv(environment, "LESS", options ? options : "FRSXMK", TRUE);
        environment = g_environ_setenv(environment, "LESSCHARSET", "utf-8", FALSE);
        /* A pager run with more rights than the person has must not start other programs. */
        if (g_getenv("SUDO_UID") || g_getenv("PKEXEC_UID"))
                environment = g_environ_setenv(environment, "LESSSECURE", "1", TRUE);
        const char *wanted = g_getenv("SYSTEMD_PAGER");
        if (!wanted)
                wanted = g_getenv("PAGER");
        output->stream = spawn_pager(wanted ? wanted : "less", environment, &output->pager);
        if (!output->stream && !wanted)
                output->stream = spawn_pager("more", environment, &output->pager);
}

Output *output_new(bool json, bool pager)
{
        Output *output = g_new0(Output, 1);
        output->json = json;
        output->terminal = isatty(STDOUT_FILENO);
        output->colours = output_wants_colours(STDOUT_FILENO);
        output->width = find_width();
        output->wants_pager = pager && output->terminal && !terminal_is_dumb();
        return output;
}

/* A pager is started with the first word, so that an error or a question never meets an empty one. */
static FILE *stream_of(Output *output)
{
        if (!output->stream && output->wants_pager)
                start_pager(output);
        if (!output->stream)
                output->stream = stdout;
        return output->stream;
}

static void note(Output *output, int result)
{
        if (result < 0 && output->failed == 0)
                output->failed = errno;
}

static bool check_written(int failed, GError **error)
{
        if (failed == 0 || failed == EPIPE) /* who stops reading has seen enough */
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED, "cannot write the answer: %s",
                    g_strerror(failed));
        return false;
}

static int flush(FILE *stream)
{
        errno = 0;
        if (fflush(stream) == 0 && !ferror(stream))
                return 0;
        return errno != 0 ? errno : EIO;
}

bool output_flush_stdout(GError **error)
{
        return check_written(flush(stdout), error);
}

static void wait_for_pager(GPid pager)
{
        while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
                ;
}

bool output_close(Output *output, GError **error)
{
        int failed = output->stream ? flush(output->stream) : 0;
        if (output->failed != 0)
                failed = output->failed;
        if (output->stream && output->stream != stdout)
                (void)fclose(output->stream);
        if (output->pager > 0)
                wait_for_pager(output->pager);
        output->stream = NULL;
        output->pager = 0;
        output->failed = 0;
        return check_written(failed, error);
}

Output *output_free(Output *output)
{
        if (!output)
                return NULL;
        (void)output_close(output, NULL);
        g_free(output);
        return NULL;
}

bool output_is_json(const Output *output)
{
        return output->json;
}

unsigned output_width(const Output *output)
{
        return output->width;
}

unsigned output_text_width(const Output *output)
{
        return output->width == 0 ? TEXT_WIDTH_MAX : MIN(output->width, TEXT_WIDTH_MAX);
}

void output_print(Output *output, const char *format, ...)
{
        va_list list;
        va_start(list, format);
        note(output, vfprintf(stream_of(output), format, list));
        va_end(list);
}

void output_styled(Output *output, Style style, const char *format, ...)
{
        va_list list;
        va_start(list, format);
        if (output->colours)
                note(output, fputs(style_codes[style], stream_of(output)));
        note(output, vfprintf(stream_of(output), format, list));
        if (output->colours)
                note(output, fputs("\033[0m", stream_of(output)));
        va_end(list);
}

void output_flush(Output *output)
{
        int failed = flush(stream_of(output));
        if (output->failed == 0)
                output->failed = failed;
}

void output_json(Output *output, JsonNode *node)
{
        g_autofree char *text = output->terminal ? json_print_pretty(node) : json_print_node(node);
        output_print(output, "%s\n", text);
}

void output_json_object(Output *output, JsonObject *object)
{
        g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
        output_json(output, node);
}

bool output_has_colours(const Output *output)
{
        return output->colours;
}
