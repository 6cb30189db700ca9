/* SPDX-License-Identifier: GPL-3.0-or-later */
/* org.ouroboros.Ouroboros1.Settings: every declared key of base/config.c as a property, "DaemonIdleExitSec", made out
 * of that table; changed by Set, because the setter of a property cannot wait for polkit. */
#include <string.h>

#include "bus/bus-private.h"

static const BusMethod methods[] = {
        {
                .member = "All",
                .action = "read",
                .tool = "list_settings",
                .answers = {{ANSWER_ROWS, "settings"}},
        },
        {
                .member = "Set",
                .action = "settings.change",
                .tool = "change_setting",
                .args = {{ARG_TEXT, "name"}, {ARG_TEXT, "value"}},
                .answers = {{ANSWER_DICT, NULL}},
        },
        {NULL},
};

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("All", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", settings),
                                bus_on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Set", SD_BUS_ARGS("s", name, "s", value),
                                SD_BUS_RESULT("a{sv}", setting), bus_on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

/* The name of its property; never freed, since there are as many as keys. */
static const char *property_name(const ConfigKey *key)
{
        g_autofree char *name = g_strconcat(key->group, key->key, NULL);

        return g_intern_string(name);
}

static const ConfigKey *find_property(const char *name)
{
        unsigned count;
        const ConfigKey *keys = config_keys(&count);

        for (unsigned i = 0; i < count; i++) {
                size_t group = strlen(keys[i].group);
                if (strncmp(name, keys[i].group, group) == 0 &&
                    g_str_equal(name + group, keys[i].key))
                        return &keys[i];
        }
        return NULL;
}

static int get_property(sd_bus *connection, const char *path, const char *interface,
                        const char *property, sd_bus_message *reply, void *data,
                        sd_bus_error *error)
{
        const Config *config = ((Door *)data)->bus->settings;
        const ConfigKey *key = find_property(property);

        if (key->type == CONFIG_BOOL) {
                int value = config_bool(config, key->group, key->key);
                return sd_bus_message_append_basic(reply, 'b', &value);
        }
        if (key->type == CONFIG_INT) {
                int64_t value = config_int(config, key->group, key->key);
                return sd_bus_message_append_basic(reply, 'x', &value);
        }
        return sd_bus_message_append_basic(reply, 's', config_text(config, key->group, key->key));
}

static sd_bus_vtable *make_vtable(void)
{
        unsigned count;
        const ConfigKey *keys = config_keys(&count);
        sd_bus_vtable *made = g_new0(sd_bus_vtable, count + G_N_ELEMENTS(vtable));

        made[0] = vtable[0];
        for (unsigned i = 0; i < count; i++) {
                const char *type = keys[i].type == CONFIG_BOOL  ? "b"
                                   : keys[i].type == CONFIG_INT ? "x"
                                                                : "s";
                made[1 + i] =
                        (sd_bus_vtable)SD_BUS_PROPERTY(property_name(&keys[i]), type, get_property,
                                                       0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE);
        }
        memcpy(made + 1 + count, vtable + 1, sizeof(vtable) - sizeof(*vtable));
        return made;
}

const BusInterface bus_settings = {BUS_NAME ".Settings", .methods = methods,
                                   .make_vtable = make_vtable};

void bus_settings_changed(Bus *bus)
{
        g_autoptr(Config) before = g_steal_pointer(&bus->settings);
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        unsigned count;
        const ConfigKey *keys = config_keys(&count);

        bus->settings = settings_config(bus->options.settings);
        for (unsigned i = 0; i < count; i++)
                if (!g_str_equal(config_text(before, keys[i].group, keys[i].key),
                                 config_text(bus->settings, keys[i].group, keys[i].key)))
                        g_ptr_array_add(names, (char *)property_name(&keys[i]));
        if (names->len == 0)
                return;
        g_ptr_array_add(names, NULL);
        int r = sd_bus_emit_properties_changed_strv(bus->bus, BUS_PATH, bus_settings.name,
                                                    (char **)names->pdata);
        if (r < 0)
                log_debug("Cannot send PropertiesChanged: %s, ignoring", g_strerror(-r));
}
