/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress.h"

#include <math.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "output.h"
#include "render.h"

#define BAR_WIDTH 30
#define SNAKE     6 /* length of what moves when the fraction is not known */

struct Progress {
        char *label;
        bool shown, colours;
        unsigned step;
};

Progress *progress_new(const char *label, bool quiet)
{
        Progress *progress = g_new0(Progress, 1);
        progress->label = g_strdup(label);
        progress->shown = !quiet && isatty(STDERR_FILENO);
        progress->colours = output_wants_colours(STDERR_FILENO);
        return progress;
}

char *progress_bar(double fraction, unsigned width, unsigned step)
{
        GString *bar = g_string_new(NULL);
        unsigned full = fraction < 0 ? 0 : (unsigned)lround(CLAMP(fraction, 0, 1) * width);
        for (unsigned i = 0; i < width; i++) {
                bool on = fraction < 0 ? (i + width - step % width) % width < SNAKE : i < full;
                g_string_append(bar, on ? "━" : "─");
        }
        return g_string_free(bar, FALSE);
}

static unsigned terminal_width(void)
{
        struct winsize size = {0};
        return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 ? size.ws_col : 80;
}

void progress_set(Progress *progress, double fraction, const char *note)
{
        if (!progress->shown)
                return;
        unsigned width = terminal_width();
        unsigned bar_width = width >= 72 ? BAR_WIDTH : 10;
        g_autofree char *bar = progress_bar(fraction, bar_width, progress->step++);
        g_autofree char *percent =
                fraction < 0 ? g_strdup("    ")
                             : g_strdup_printf("%3d%%", (int)(CLAMP(fraction, 0, 1) * 100));
        unsigned used = render_width(progress->label) + bar_width + 8;
        g_autofree char *tail = render_fit(note ? note : "", width > used ? width - used : 0);
        (void)fprintf(stderr, "\r%s %s%s%s %s %s\033[K", progress->label,
                      progress->colours ? "\033[32m" : "", bar, progress->colours ? "\033[0m" : "",
                      percent, tail);
        (void)fflush(stderr);
}

Progress *progress_free(Progress *progress)
{
        if (!progress)
                return NULL;
        if (progress->shown && progress->step > 0)
                (void)fputs("\r\033[K", stderr);
        g_free(progress->label);
        g_free(progress);
        return NULL;
}
