/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroborosctl: what a verb is, and what it is given. One verb (or one small family) per file; verbs.c has the
 * table of them all. */
#pragma once

#include "args.h"
#include "client.h"
#include "output.h"

typedef struct Cli {
        Args *args;
        Instance instance;
        Output *output;
        Client *client; /* NULL for verbs that do not ask the daemon */
} Cli;

typedef struct Verb {
        const char *name;  /* "root add" */
        const char *words; /* what stands behind it: "FOLDER…" */
        unsigned min, max; /* how many words; max G_MAXUINT: any number */
        const char *summary;
        const char *details;   /* paragraphs of the verb's own help, or NULL */
        const Option *options; /* ended by a NULL name; NULL: none */
        bool writes;           /* polkit may ask */
        bool no_pager;         /* short, or shows progress */
        bool no_client;        /* is run without a connection to the bus */
        bool (*run)(Cli *cli, GError **error);
} Verb;

/* What lists take, for the option tables of verbs that list. */
#define CLI_LIST_OPTIONS                                                                           \
        {"limit", 'n', OPTION_NUMBER, "COUNT", "At most so many rows"},                            \
        {                                                                                          \
                "after", 0, OPTION_TEXT, "CURSOR", "Go on where the page before ended"             \
        }

/* The options that every verb has. */
extern const Option cli_options[];

/* All verbs in the order of the help, ended by NULL. */
const Verb *const *cli_verbs(void);

/* The verb that words (NULL-terminated) begin with, and how many of them are its name. INVALID with the
 * nearest names if there is none. */
const Verb *cli_find_verb(const char *const *words, unsigned *ret_used, GError **error);

/* Is it the first word of verbs of two ("root")? */
bool cli_is_family(const char *word);

/* The help texts, on standard output. */
void cli_help(void);
void cli_help_verb(const Verb *verb);
void cli_help_family(const char *family);

/* Runs a command line (argv as main() has it); returns the exit status. */
int cli_run(char *const *argv);

/* ---- for verbs ---- */

/* The absolute path of a folder that was given; the caller frees. INVALID for an empty one, which would be
 * taken for the current folder. */
char *cli_folder(const char *given, GError **error);

/* Has a folder that was taken in gone? Only for one's own instance, which sees the same files. */
bool cli_folder_is_missing(const Cli *cli, const char *path);

/* Calls a tool with args (taken); with --json prints the answer as it is and gives NULL without an
 * error through ret (so that the verb has nothing more to do). */
bool cli_tool(Cli *cli, const char *tool, JsonObject *args, JsonObject **ret, GError **error);

/* An object with the common members of list tools: limit (from --limit, or fallback) and after. */
JsonObject *cli_list_args(const Cli *cli, unsigned fallback);

/* Sets a string member from an option, if it was given. */
void cli_set_option(const Cli *cli, JsonObject *args, const char *member, const char *option);

/* Sets entity_id or entity_name by what was given: an id (ent-…) or a name. */
void cli_set_entity(JsonObject *args, const char *entity);

/* The id of an entity that was given by its id or its name; the caller frees. */
char *cli_entity_id(Cli *cli, const char *entity, GError **error);

/* Sets a member of another type from an option, if it was given: true for a flag, a whole number, an array of strings. */
void cli_set_flag(const Cli *cli, JsonObject *args, const char *member, const char *option);
void cli_set_number(const Cli *cli, JsonObject *args, const char *member, const char *option);
void cli_set_list(const Cli *cli, JsonObject *args, const char *member, const char *option);

/* "facts 2, entities 1" of an object of counts, or of objects of counts, which are added up; "nothing" if there are
 * none. The caller frees. */
char *cli_counts_text(JsonObject *counts);

/* Says how to see the rest if the answer has a next page. */
void cli_say_next(Cli *cli, JsonObject *answer);

/* "1 document", "2 documents"; the caller frees. */
char *cli_count(int64_t count, const char *one, const char *many);

/* A member as text, whatever its type; "" for none. The caller frees. */
char *cli_member_text(JsonObject *object, const char *name);

/* The object at index of an array member, NULL beyond its end. */
JsonObject *cli_element(JsonArray *array, unsigned index);
