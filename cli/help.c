/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "render.h"

#define HELP_COLUMN 28
#define HELP_WIDTH  88

static void title(const char *text)
{
        bool colours = output_wants_colours(STDOUT_FILENO);
        printf("\n%s%s%s\n", colours ? "\033[1m" : "", text, colours ? "\033[0m" : "");
}

static void entry(const char *left, const char *right)
{
        g_autofree char *indent = g_strdup_printf("%*s", HELP_COLUMN, "");
        g_autofree char *wrapped = render_wrap(right, HELP_WIDTH - HELP_COLUMN, indent);
        unsigned width = render_width(left) + 2;
        printf("  %s", left);
        if (width + 2 > HELP_COLUMN)
                printf("\n%s%s\n", indent, wrapped);
        else
                printf("%*s%s\n", (int)(HELP_COLUMN - width), "", wrapped);
}

static void options(const Option *option)
{
        for (; option && option->name; option++) {
                g_autofree char *letter =
                        option->letter ? g_strdup_printf("-%c, ", option->letter) : g_strdup("");
                g_autofree char *left = g_strdup_printf(
                        "%s--%s%s%s", letter, option->name, option->kind == OPTION_FLAG ? "" : "=",
                        option->kind == OPTION_FLAG ? "" : option->value);
                entry(left, option->help);
        }
}

static void verb_entry(const Verb *verb)
{
        g_autofree char *left = g_strconcat(verb->name, *verb->words ? " " : "", verb->words, NULL);
        entry(left, verb->summary);
}

void cli_help_family(const char *family)
{
        g_autofree char *prefix = g_strconcat(family, " ", NULL);
        printf("ouroborosctl %s VERB [WORDS…]\n", family);
        title("Verbs");
        for (const Verb *const *verb = cli_verbs(); *verb; verb++)
                if (g_str_has_prefix((*verb)->name, prefix))
                        verb_entry(*verb);
        printf("\n\"ouroborosctl %s VERB --help\" tells more about one. See ouroborosctl(1).\n",
               family);
}

void cli_help(void)
{
        printf("ouroborosctl [OPTIONS…] VERB [WORDS…]\n\n"
               "Ask and direct ouroborosd: documents, facts with their quotes, the journal.\n");
        title("Verbs");
        for (const Verb *const *verb = cli_verbs(); *verb; verb++)
                verb_entry(*verb);
        title("Options");
        options(cli_options);
        printf("\n\"ouroborosctl VERB --help\" tells more about a verb. See ouroborosctl(1).\n");
}

void cli_help_verb(const Verb *verb)
{
        printf("ouroborosctl %s%s%s%s\n\n%s\n", verb->name, verb->options ? " [OPTIONS…]" : "",
               *verb->words ? " " : "", verb->words, verb->summary);
        g_auto(GStrv) paragraphs = g_strsplit(verb->details ? verb->details : "", "\n", -1);
        for (char **text = paragraphs; *text; text++) {
                g_autofree char *wrapped = render_wrap(*text, HELP_WIDTH, "");
                printf("\n%s\n", wrapped);
        }
        if (verb->options) {
                title("Options of this verb");
                options(verb->options);
        }
        title("Options of every verb");
        options(cli_options);
}
