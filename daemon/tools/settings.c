/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings as tools: list_settings for whoever may read, change_setting for the human. */
#include "tools/settings.h"

struct Settings {
        Instance instance;
        Mailbox *mailbox;
        void (*changed)(void *data); /* loop thread */
        void *data;
        Config *running; /* what the rooms were built with */
        GMutex lock;     /* guards what is below, and the file of changes */
        Config *current; /* what the files said when they were last read */
};

Settings *settings_new(Instance instance, Config *config, sd_event *loop, GError **error)
{
        g_autoptr(Settings) settings = g_new0(Settings, 1);

        settings->instance = instance;
        settings->running = config_ref(config);
        settings->current = config_ref(config);
        g_mutex_init(&settings->lock);
        settings->mailbox = mailbox_new(loop, error);
        return settings->mailbox ? g_steal_pointer(&settings) : NULL;
}

Settings *settings_free(Settings *settings)
{
        if (!settings)
                return NULL;
        settings->changed = NULL;
        mailbox_free(settings->mailbox);
        config_unref(settings->running);
        config_unref(settings->current);
        g_mutex_clear(&settings->lock);
        g_free(settings);
        return NULL;
}

void settings_set_handler(Settings *settings, void (*changed)(void *data), void *data)
{
        settings->changed = changed;
        settings->data = data;
}

Config *settings_read(Settings *settings)
{
        Config *config = config_load(settings->instance);

        g_mutex_lock(&settings->lock);
        config_unref(settings->current);
        settings->current = config_ref(config);
        g_mutex_unlock(&settings->lock);
        return config;
}

Config *settings_config(Settings *settings)
{
        g_mutex_lock(&settings->lock);
        Config *config = config_ref(settings->current);
        g_mutex_unlock(&settings->lock);
        return config;
}

static void on_changed(void *data)
{
        Settings *settings = data;

        if (settings->changed)
                settings->changed(settings->data);
}

bool settings_change(Settings *settings, const char *name, const char *value, GError **error)
{
        const ConfigKey *key = config_find(name, error);

        if (!key)
                return false;
        g_mutex_lock(&settings->lock);
        bool done = config_change(settings->instance, key, value, error);
        g_mutex_unlock(&settings->lock);
        if (!done)
                return false;
        config_unref(settings_read(settings));
        mailbox_post(settings->mailbox, on_changed, settings);
        return true;
}

/* ---- the tools ---- */

static const char *type_to_string(const ConfigKey *key)
{
        return key->type == CONFIG_BOOL ? "bool" : key->type == CONFIG_INT ? "int" : "string";
}

static JsonObject *describe(const Settings *settings, const Config *config, const ConfigKey *key)
{
        const char *value = config_text(config, key->group, key->key);
        g_autofree char *name = g_strconcat(key->group, ".", key->key, NULL);
        JsonObject *row = json_object_new();

        json_object_set_string_member(row, "name", name);
        json_object_set_string_member(row, "type", type_to_string(key));
        json_object_set_string_member(row, "value", value);
        json_object_set_string_member(row, "default", key->fallback);
        json_object_set_string_member(row, "source", config_source(config, key->group, key->key));
        json_object_set_boolean_member(
                row, "in_force",
                key->live ||
                        g_str_equal(value, config_text(settings->running, key->group, key->key)));
        json_object_set_string_member(row, "summary", key->summary);
        if (key->type == CONFIG_INT) {
                json_object_set_int_member(row, "minimum", key->min);
                json_object_set_int_member(row, "maximum", key->max);
        }
        return row;
}

static JsonObject *list_settings(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_autoptr(Config) config = settings_config(room);
        unsigned count;
        const ConfigKey *keys = config_keys(&count);
        JsonArray *rows = json_array_new();
        JsonObject *answer = json_object_new();

        for (unsigned i = 0; i < count; i++)
                json_array_add_object_element(rows, describe(room, config, &keys[i]));
        json_object_set_array_member(answer, "settings", rows);
        return answer;
}

static JsonObject *change_setting(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        const char *name = args_string(args, "name");

        if (!settings_change(room, name, json_member_string(args, "value", ""), error))
                return NULL;
        g_autoptr(Config) config = settings_config(room);
        const ConfigKey *key = config_find(name, error);
        log_event(LOG_SETTING_CHANGED_EVENT, LOG_NOTICE, NULL, NULL, "%s is now \"%s\", set by %s",
                  name, config_text(config, key->group, key->key), access_actor(access)->name);
        return describe(room, config, key);
}

static const Tool settings_table[] = {
        {"list_settings", TOOL_READ, TOOL_INSTANT, list_settings},
        {"change_setting", TOOL_HUMAN, TOOL_CHEAP, change_setting, .action = "settings.change"},
        {NULL},
};

ToolTable settings_tools(Settings *settings)
{
        return (ToolTable){.tools = settings_table, .room = settings};
}
