/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one file of this room with sd-bus: signals of the Secret Service belong on the loop, where libsecret
 * has no place. A change is only a reason to try again, so every match leads to the same callback. */
#include "secrets/watch.h"

#include <systemd/sd-bus.h>

struct Watch {
        sd_bus *bus;
        void (*changed)(void *data);
        void *data;
};

static int on_owner(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        Watch *watch = userdata;
        const char *name = NULL, *old_owner = NULL, *new_owner = NULL;
        if (sd_bus_message_read(message, "sss", &name, &old_owner, &new_owner) >= 0 && *new_owner)
                watch->changed(watch->data);
        return 0;
}

static int on_change(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
        Watch *watch = userdata;
        watch->changed(watch->data);
        return 0;
}

static int watch_match(Watch *watch)
{
        int r = sd_bus_add_match_async(
                watch->bus, NULL,
                "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',"
                "arg0='org.freedesktop.secrets'",
                on_owner, NULL, watch);
        if (r >= 0)
                r = sd_bus_add_match_async(
                        watch->bus, NULL,
                        "type='signal',sender='org.freedesktop.secrets',"
                        "path_namespace='/org/freedesktop/secrets',member='PropertiesChanged',"
                        "arg0='org.freedesktop.Secret.Collection'",
                        on_change, NULL, watch);
        if (r >= 0)
                r = sd_bus_add_match_async(watch->bus, NULL,
                                           "type='signal',sender='org.freedesktop.secrets',"
                                           "interface='org.freedesktop.Secret.Service'",
                                           on_change, NULL, watch);
        return r;
}

Watch *watch_new(sd_event *loop, void (*changed)(void *data), void *data, GError **error)
{
        g_autoptr(Watch) watch = g_new0(Watch, 1);
        watch->changed = changed;
        watch->data = data;
        int r = sd_bus_open_user(&watch->bus);
        if (r < 0)
                return NULL;
        r = watch_match(watch);
        if (r >= 0)
                r = sd_bus_attach_event(watch->bus, loop, SD_EVENT_PRIORITY_NORMAL);
        if (r < 0) {
                error_set_errno(error, -r, "cannot watch the keyring");
                return NULL;
        }
        return g_steal_pointer(&watch);
}

Watch *watch_free(Watch *watch)
{
        if (!watch)
                return NULL;
        if (watch->bus)
                (void)sd_bus_detach_event(watch->bus);
        sd_bus_flush_close_unref(watch->bus);
        g_free(watch);
        return NULL;
}
