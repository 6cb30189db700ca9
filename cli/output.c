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
        FILE *stream;
        GPid pager;
        bool json, colours, terminal;
        unsigned width;
};

static const char *const style_codes[STYLE_COUNT] = {
        [STYLE_BOLD] = "\033[1m",   [STYLE_DIM] = "\033[2m",     [STYLE_RED] = "\033[31m",
        [STYLE_GREEN] = "\033[32m", [STYLE_YELLOW] = "\033[33m", [STYLE_BLUE] = "\033[34m",
};

bool output_wants_colours(int fd)
{
        const char *wanted = g_getenv("SYSTEMD_COLORS");
        if (wanted && *wanted)
                return strcmp(wanted, "0") != 0 && g_ascii_strcasecmp(wanted, "no") != 0 &&
                       g_ascii_strcasecmp(wanted, "false") != 0;
        const char *none = g_getenv("NO_COLOR");
        if (none && *none)
                return false;
        const char *term = g_getenv("TERM");
        return isatty(fd) && term && strcmp(term, "dumb") != 0;
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

/* The pager's command line, NULL for none. */
static char **pager_command(void)
{
        const char *pager = g_getenv("SYSTEMD_PAGER");
        if (!pager)
                pager = g_getenv("PAGER");
        if (!pager)
                pager = "less";
        char **argv = NULL;
        if (!*pager || strcmp(pager, "cat") == 0 || !g_shell_parse_argv(pager, NULL, &argv, NULL))
                return NULL;
        return argv;
}

static void start_pager(Output *output)
{
        g_auto(GStrv) argv = pager_command();
        g_auto(GStrv) environment = g_get_environ();
        int in = -1;
        if (!argv)
                return;
        const char *options = g_getenv("SYSTEMD_LESS");
        environment = g_environ_setenv(environment, "LESS", options ? options : "FRSXMK", TRUE);
        environment = g_environ_setenv(environment, "LESSCHARSET", "utf-8", FALSE);
        /* A pager run with more rights than the person has must not start other programs. */
        if (g_getenv("SUDO_UID") || g_getenv("PKEXEC_UID"))
                environment = g_environ_setenv(environment, "LESSSECURE", "1", TRUE);
        if (!g_spawn_async_with_pipes(NULL, argv, environment,
                                      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                              G_SPAWN_CHILD_INHERITS_STDIN,
                                      NULL, NULL, &output->pager, &in, NULL, NULL, NULL))
                return;
        output->stream = fdopen(in, "w");
}

Output *output_new(bool json, bool pager)
{
        Output *output = g_new0(Output, 1);
        output->stream = stdout;
        output->json = json;
        output->terminal = isatty(STDOUT_FILENO);
        output->colours = output_wants_colours(STDOUT_FILENO);
        output->width = find_width();
        if (pager && output->terminal)
                start_pager(output);
        return output;
}

Output *output_free(Output *output)
{
        if (!output)
                return NULL;
        if (output->stream == stdout) {
                (void)fflush(stdout);
        } else {
                (void)fclose(output->stream);
                while (waitpid(output->pager, NULL, 0) < 0 && errno == EINTR)
                        ;
        }
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
        (void)vfprintf(output->stream, format, list);
        va_end(list);
}

void output_styled(Output *output, Style style, const char *format, ...)
{
        va_list list;
        va_start(list, format);
        if (output->colours)
                (void)fputs(style_codes[style], output->stream);
        (void)vfprintf(output->stream, format, list);
        if (output->colours)
                (void)fputs("\033[0m", output->stream);
        va_end(list);
}

void output_json(Output *output, JsonNode *node)
{
        g_autofree char *text = json_to_string(node, output->terminal);
        (void)fprintf(output->stream, "%s\n", text);
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
