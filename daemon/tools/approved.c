/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings and restarts that agents asked for. */
#include "tools/approved.h"

struct Approved {
        ApprovedOptions options;
        Mailbox *mailbox;
};

/* All that is asked for, before any of it is done: files are not taken back with the transaction. */
static bool check(JsonObject *settings, GList *names, GError **error)
{
        for (; names; names = names->next) {
                const char *value = json_member_string(settings, names->data, NULL);
                const ConfigKey *key = config_find(names->data, error);

                if (key && value && config_check(key, value, error))
                        continue;
                if (key && !value)
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "The value of %s must be text", (const char *)names->data);
                return false;
        }
        return true;
}

static bool change(Approved *approved, JsonObject *settings, const char *name, GError **error)
{
        return settings_change(approved->options.settings, name,
                               json_member_string(settings, name, ""), error);
}

static JsonObject *approve_setting(Db *db, const Approval *approval, JsonObject *payload,
                                   void *data, GError **error)
{
        JsonObject *settings = json_member_object(payload, "settings");
        g_autoptr(GList) names = settings ? json_object_get_members(settings) : NULL;

        if (!names) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "The payload of a setting is {\"settings\": {name: value}}");
                return NULL;
        }
        if (!check(settings, names, error))
                return NULL;
        for (GList *name = names; name; name = name->next) {
                if (!change(data, settings, name->data, error))
                        return NULL;
                log_event(LOG_SETTING_CHANGED_EVENT, LOG_NOTICE, NULL, NULL,
                          "%s is now \"%s\", asked for by %s", (const char *)name->data,
                          json_member_string(settings, name->data, ""),
                          approval->asked_by ? approval->asked_by : "somebody");
        }
        return json_object_ref(payload);
}

static void on_restart(void *data)
{
        Approved *approved = data;

        approved->options.exit(SERVICE_EXIT_RESTART, approved->options.data);
}

static JsonObject *approve_restart(Db *db, const Approval *approval, JsonObject *payload,
                                   void *data, GError **error)
{
        mailbox_post(((Approved *)data)->mailbox, on_restart, data);
        return json_object_new();
}

Approved *approved_new(const ApprovedOptions *options, GError **error)
{
        g_autoptr(Approved) approved = g_new0(Approved, 1);

        approved->options = *options;
        approved->mailbox = mailbox_new(options->loop, error);
        if (!approved->mailbox)
                return NULL;
        gate_add_approval_kind(options->gate, "setting", approve_setting, approved);
        gate_add_approval_kind(options->gate, "restart", approve_restart, approved);
        return g_steal_pointer(&approved);
}

Approved *approved_free(Approved *approved)
{
        if (!approved)
                return NULL;
        mailbox_free(approved->mailbox);
        g_free(approved);
        return NULL;
}
