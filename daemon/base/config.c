/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of settings, and reading ouroboros.conf with its drop-ins. A wrong line costs that line only:
 * the daemon starts with the default and says in the journal which line it was. */
#include "base/config.h"

#include <config.h> /* the build's; "config.h" would be this room's own */

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

#include <string.h>

#define FILE_BYTES_MAX (1024 * 1024) /* longest configuration file read */
#define NEAREST_SHOWN  3             /* names offered for one that is unknown */

static const ConfigKey keys[] = {
        {"Daemon", "IdleExitSec", CONFIG_INT, "60", 0, 86400,
         "Seconds without a client, a watched root or work after which the daemon ends; 0: never",
         .live = true},
        {"Daemon", "WorkerThreads", CONFIG_INT, "4", 1, 64, "Calls carried out at the same time"},
        {"Daemon", "LogLevel", CONFIG_STRING, "info", 0, 0,
         "Least grave messages that are logged: err, warning, notice, info or debug", .live = true},
        {"Store", "CacheMB", CONFIG_INT, "64", 1, 4096,
         "Page cache of the database's writer, in MiB"},
        {"Store", "CheckDelaySec", CONFIG_INT, "300", 1, 86400,
         "Seconds from the opening of the vault to a check of it in the background, if one is due"},
        {"Store", "CheckEverySec", CONFIG_INT, "86400", 0, 31536000,
         "Seconds between two checks of the vault in the background; 0: never"},
        {"Documents", "MaxFileMB", CONFIG_INT, "200", 1, 16384,
         "Larger files are listed but not read, in MiB; a root may set its own"},
        {"Documents", "ExtractProcesses", CONFIG_INT, "0", 0, 64,
         "Processes that read documents, and as many that read source code; 0: one for each processor"},
        {"Documents", "RescanMinutes", CONFIG_INT, "60", 0, 10080,
         "Minutes between full walks over the roots, which find what watching missed; 0: never"},
        {"Documents", "Watch", CONFIG_BOOL, "true", 0, 0,
         "Follow changes of the roots as they happen"},
        {"Code", "MaxSourceFileKB", CONFIG_INT, "4096", 1, 8192,
         "Larger source files are listed but not read, in KiB"},
        {"Code", "SweepMinutes", CONFIG_INT, "5", 0, 10080,
         "Minutes between looks at all repositories, which find what watching missed; 0: never"},
        {"Code", "Watch", CONFIG_BOOL, "true", 0, 0,
         "Follow changes of the repositories as they happen"},
        {"Gate", "ReadLogDays", CONFIG_INT, "90", 1, 36500,
         "Days for which it is kept what agents called and were shown"},
        {"Gate", "ReadLogRowsMax", CONFIG_INT, "1000000", 1000, 100000000,
         "Calls of agents that are kept at most; the oldest go first"},
};

typedef struct Value {
        char *text;
        char *source; /* file it came from, NULL: the default */
        int64_t number;
} Value;

struct Config {
        int references; /* atomic */
        Value values[G_N_ELEMENTS(keys)];
};

const ConfigKey *config_keys(unsigned *ret_count)
{
        *ret_count = G_N_ELEMENTS(keys);
        return keys;
}

static int find_key(const char *group, const char *name)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
                if (strcmp(keys[i].group, group) == 0 && strcmp(keys[i].key, name) == 0)
                        return (int)i;
        return -1;
}

/* The words that systemd takes for yes and no. */
static bool parse_bool(const char *text, int64_t *ret)
{
        static const char *const words[] = {"1", "yes", "y", "true",  "t", "on",
                                            "0", "no",  "n", "false", "f", "off"};

        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
                if (g_ascii_strcasecmp(words[i], text) == 0) {
                        *ret = i < G_N_ELEMENTS(words) / 2;
                        return true;
                }
        return false;
}

/* NULL: good; else what is wrong with the text, for the caller to free. */
static char *parse_value(const ConfigKey *key, const char *text, int64_t *ret)
{
        g_autoptr(GError) error = NULL;

        if (key->type == CONFIG_BOOL && !parse_bool(text, ret))
                return g_strdup("must be yes or no");
        if (key->type == CONFIG_INT &&
            !g_ascii_string_to_signed(text, 10, key->min, key->max, ret, &error))
                return g_strdup_printf("must be a whole number from %" G_GINT64_FORMAT
                                       " to %" G_GINT64_FORMAT,
                                       key->min, key->max);
        if (key->type == CONFIG_STRING && strcmp(key->key, "LogLevel") == 0 &&
            log_level_from_string(text) < 0)
                return g_strdup("must be err, warning, notice, info or debug");
        return NULL;
}

static void value_set(Value *value, const char *text, const char *source, int64_t number)
{
        g_free(value->text);
        g_free(value->source);
        *value = (Value){g_strdup(text), g_strdup(source), number};
}

static void set_default(Config *config, unsigned i)
{
        int64_t number = 0;
        g_autofree char *wrong = parse_value(&keys[i], keys[i].fallback, &number);

        g_assert(!wrong);
        value_set(&config->values[i], keys[i].fallback, /* source= */ NULL, number);
}

typedef struct Place {
        const char *file;
        unsigned line;
} Place;

static void complain(const Place *place, const char *what, const char *why)
{
        g_autofree char *field = g_strconcat("OUROBOROS_PATH=", place->file, NULL);
        const char *fields[] = {field, NULL};

        log_event(LOG_CONFIG_IGNORED_EVENT, LOG_WARNING, fields, NULL, "%s:%u: %.100s %s, ignoring",
                  place->file, place->line, what, why);
}

static void set_from_line(Config *config, const Place *place, const char *group, const char *name,
                          const char *text)
{
        int i = find_key(group, name);
        int64_t number = 0;

        if (i < 0) {
                complain(place, name, "is no known setting of its section");
                return;
        }
        if (!*text) { /* as in systemd's files: back to the default */
                set_default(config, (unsigned)i);
                return;
        }
        g_autofree char *wrong = parse_value(&keys[i], text, &number);
        if (wrong)
                complain(place, name, wrong);
        else
                value_set(&config->values[i], text, place->file, number);
}

/* One line; group is the section it stands in, changed by a section's head. */
static void read_line(Config *config, const Place *place, char *line, char **group)
{
        char *equals;
        size_t length;

        g_strstrip(line);
        length = strlen(line);
        if (length == 0 || *line == '#' || *line == ';')
                return;
        if (*line == '[' && line[length - 1] == ']') {
                g_free(*group);
                *group = g_strndup(line + 1, length - 2);
                return;
        }
        equals = strchr(line, '=');
        if (!equals || !*group) {
                complain(place, line, *group ? "is no assignment" : "stands before any [Section]");
                return;
        }
        *equals = '\0';
        set_from_line(config, place, *group, g_strstrip(line), g_strstrip(equals + 1));
}

static void read_file(Config *config, const char *path)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL, *group = NULL;
        Place place = {.file = path};
        gsize length;

        if (!g_file_get_contents(path, &text, &length, &error)) {
                if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
                        complain(&place, "the file", error->message);
                return;
        }
        if (length > FILE_BYTES_MAX || !g_utf8_validate(text, (gssize)length, NULL)) {
                complain(&place, "the file", "is no text of at most 1 MiB (FILE_BYTES_MAX)");
                return;
        }
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (unsigned i = 0; lines[i]; i++) {
                place.line = i + 1;
                read_line(config, &place, lines[i], &group);
        }
}

char *config_changes_file(Instance instance)
{
        g_autofree char *folder = paths_data(instance);

        return g_build_filename(folder, "settings.conf", NULL);
}

/* The folders searched, least important first. */
static char **folders_of(Instance instance)
{
        const char *replaced = g_getenv("OUROBOROS_CONFIG_PATH");
        const char *xdg = g_getenv("XDG_CONFIG_HOME"), *home = g_getenv("HOME");
        g_autoptr(GStrvBuilder) folders = g_strv_builder_new();

        if (replaced)
                return g_strsplit(replaced, ":", -1);
        g_strv_builder_add(folders, OUROBOROS_PREFIXLIBDIR "/ouroboros");
        g_strv_builder_add(folders, OUROBOROS_SYSCONFDIR "/ouroboros");
        if (instance == INSTANCE_USER) {
                g_autofree char *base =
                        xdg && *xdg == '/'
                                ? g_strdup(xdg)
                                : g_build_filename(home ? home : g_get_home_dir(), ".config", NULL);
                g_autofree char *folder = g_build_filename(base, "ouroboros", NULL);

                g_strv_builder_add(folders, folder);
        }
        return g_strv_builder_end(folders);
}

/* Drop-ins of a folder into the table name → path, over those of the folders before. */
static void find_drop_ins(GHashTable *drop_ins, const char *folder)
{
        g_autofree char *path = g_build_filename(folder, "ouroboros.conf.d", NULL);
        g_autoptr(GDir) dir = g_dir_open(path, 0, NULL); /* not there: nothing to read, ignoring */
        const char *name;

        while (dir && (name = g_dir_read_name(dir)))
                if (g_str_has_suffix(name, ".conf") && *name != '.')
                        g_hash_table_replace(drop_ins, g_strdup(name),
                                             g_build_filename(path, name, NULL));
}

static void read_drop_ins(Config *config, char **folders)
{
        g_autoptr(GHashTable) drop_ins =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

        for (; *folders; folders++)
                find_drop_ins(drop_ins, *folders);
        g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(drop_ins), (GCompareFunc)strcmp);
        for (GList *name = names; name; name = name->next)
                read_file(config, g_hash_table_lookup(drop_ins, name->data));
}

Config *config_load(Instance instance)
{
        Config *config = g_new0(Config, 1);
        g_auto(GStrv) folders = folders_of(instance);

        config->references = 1;
        for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
                set_default(config, i);
        for (unsigned i = 0; folders[i]; i++) {
                g_autofree char *path = g_build_filename(folders[i], "ouroboros.conf", NULL);

                read_file(config, path);
        }
        read_drop_ins(config, folders);
        g_autofree char *changes = config_changes_file(instance);
        read_file(config, changes);
        return config;
}

Config *config_ref(Config *config)
{
        g_atomic_int_inc(&config->references);
        return config;
}

Config *config_unref(Config *config)
{
        if (!config || !g_atomic_int_dec_and_test(&config->references))
                return NULL;
        for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
                g_free(config->values[i].text);
                g_free(config->values[i].source);
        }
        g_free(config);
        return NULL;
}

static const Value *value_of(const Config *config, const char *group, const char *key, int type)
{
        int i = find_key(group, key);

        if (i < 0 || (type >= 0 && (int)keys[i].type != type))
                g_error("%s.%s is not declared with this type in base/config.c", group, key);
        return &config->values[i];
}

bool config_bool(const Config *config, const char *group, const char *key)
{
        return value_of(config, group, key, CONFIG_BOOL)->number != 0;
}

int64_t config_int(const Config *config, const char *group, const char *key)
{
        return value_of(config, group, key, CONFIG_INT)->number;
}

const char *config_string(const Config *config, const char *group, const char *key)
{
        return value_of(config, group, key, CONFIG_STRING)->text;
}

const char *config_text(const Config *config, const char *group, const char *key)
{
        return value_of(config, group, key, /* type= */ -1)->text;
}

const char *config_source(const Config *config, const char *group, const char *key)
{
        const Value *value = value_of(config, group, key, /* type= */ -1);

        return value->source ? value->source : "default";
}

/* ---- changes ---- */

static bool is_name_of(const ConfigKey *key, const char *name)
{
        size_t length = strlen(key->group);

        return strncmp(name, key->group, length) == 0 && name[length] == '.' &&
               strcmp(name + length + 1, key->key) == 0;
}

const ConfigKey *config_find(const char *name, GError **error)
{
        const char *names[G_N_ELEMENTS(keys) + 1] = {NULL};
        g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);

        for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
                if (is_name_of(&keys[i], name))
                        return &keys[i];
                names[i] = g_strconcat(keys[i].group, ".", keys[i].key, NULL);
                g_ptr_array_add(owned, (char *)names[i]);
        }
        g_autofree char *nearest = text_nearest(name, names, NEAREST_SHOWN);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                    "There is no setting \"%.80s\"%s%s", name,
                    nearest ? "; near it: " : "; ouroboros.conf(5) has them all",
                    nearest ? nearest : "");
        return NULL;
}

bool config_check(const ConfigKey *key, const char *value, GError **error)
{
        int64_t number;

        if (!*value)
                return true;
        if (!text_check("value", value, CONFIG_VALUE_CHARS_MAX, "CONFIG_VALUE_CHARS_MAX", error))
                return false;
        g_autofree char *wrong = strpbrk(value, "\r\n") ? g_strdup("must be one line")
                                                        : parse_value(key, value, &number);
        if (!wrong)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "%s.%s %s, not \"%.80s\"",
                    key->group, key->key, wrong, value);
        return false;
}

/* What was changed so far; nothing if the file is not there. */
static GKeyFile *read_changes(const char *path, GError **error)
{
        g_autoptr(GKeyFile) changes = g_key_file_new();
        g_autoptr(GError) problem = NULL;

        if (g_key_file_load_from_file(changes, path, G_KEY_FILE_KEEP_COMMENTS, &problem) ||
            g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
                return g_steal_pointer(&changes);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                    "%s cannot be read: %s; mend or remove it", path, problem->message);
        return NULL;
}

bool config_change(Instance instance, const ConfigKey *key, const char *value, GError **error)
{
        g_autofree char *path = config_changes_file(instance), *text = NULL;
        gsize length;

        if (!config_check(key, value, error))
                return false;
        g_autoptr(GKeyFile) changes = read_changes(path, error);
        if (!changes)
                return false;
        if (*value)
                g_key_file_set_value(changes, key->group, key->key, value);
        else
                (void)g_key_file_remove_key(changes, key->group, key->key, NULL); /* or never set */
        text = g_key_file_to_data(changes, &length, NULL);
        return g_file_set_contents_full(
                path, text, (gssize)length,
                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}
