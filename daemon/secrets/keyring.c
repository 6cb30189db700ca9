/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys in the Secret Service. Its simple lookup says the same for "locked" and for "missing", so items are
 * searched for without unlocking and each is asked whether it is locked; what is not found in a locked
 * collection counts as locked. Nothing here prompts but keyring_unlock(). */
#include "secrets/place.h"

#include <string.h>
#include <sodium.h>
#include <unistd.h>

#include "secrets/conversation.h"

#define UNLOCK_TIMEOUT_MS 120000 /* a person types a password */

static const SecretSchema schema = {
        "org.ouroboros.VaultKey",
        SECRET_SCHEMA_NONE,
        {{"vault", SECRET_SCHEMA_ATTRIBUTE_STRING},
         {"key-id", SECRET_SCHEMA_ATTRIBUTE_STRING},
         {NULL, 0}},
};

typedef GList ItemList;
static void item_list_free(ItemList *list)
{
        g_list_free_full(list, g_object_unref);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ItemList, item_list_free)

static KeyState refuse(const Conversation *talk, const GError *error, const char *step,
                       char **ret_detail)
{
        KeyState state = conversation_state(talk, error);
        if (state == KEY_HUNG && talk->expired)
                *ret_detail = g_strdup_printf("the keyring gave no answer while %s", step);
        else
                *ret_detail = g_strdup_printf("the keyring failed while %s: %s", step,
                                              error ? error->message : "no reason given");
        return state;
}

/* Without an address GLib would try to start a bus by itself. */
static bool bus_is_named(void)
{
        g_autofree char *socket = g_build_filename(g_get_user_runtime_dir(), "bus", NULL);
        return g_getenv("DBUS_SESSION_BUS_ADDRESS") || access(socket, F_OK) == 0;
}

static KeyState connect_service(Conversation *talk, SecretService **ret, char **ret_detail)
{
        g_autoptr(GError) error = NULL;
        if (!bus_is_named()) {
                *ret_detail = g_strdup("there is no session bus");
                return KEY_ABSENT;
        }
        g_clear_object(&talk->result);
        g_bus_get(G_BUS_TYPE_SESSION, talk->cancellable, conversation_done, talk);
        g_autoptr(GDBusConnection) bus = g_bus_get_finish(conversation_wait(talk), &error);
        if (!bus)
                return refuse(talk, error, "connecting to the session bus", ret_detail);
        /* GLib's default would end the daemon when the bus goes away. */
        g_dbus_connection_set_exit_on_close(bus, FALSE);

        g_clear_object(&talk->result);
        secret_service_open(SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_OPEN_SESSION,
                            talk->cancellable, conversation_done, talk);
        SecretService *service = secret_service_open_finish(conversation_wait(talk), &error);
        if (!service)
                return refuse(talk, error, "opening a session", ret_detail);
        *ret = service;
        return KEY_FOUND;
}

/* The default collection if it is there and unlocked. */
static KeyState open_collection(Conversation *talk, SecretService *service, SecretCollection **ret,
                                char **ret_detail)
{
        g_autoptr(GError) error = NULL;
        g_clear_object(&talk->result);
        secret_collection_for_alias(service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                                    talk->cancellable, conversation_done, talk);
        g_autoptr(SecretCollection) found =
                secret_collection_for_alias_finish(conversation_wait(talk), &error);
        if (error)
                return refuse(talk, error, "looking for the default collection", ret_detail);
        if (!found || secret_collection_get_locked(found)) {
                *ret_detail = g_strdup(found ? "the default collection is locked"
                                             : "the keyring has no default collection yet");
                return KEY_LOCKED;
        }
        if (ret)
                *ret = g_steal_pointer(&found);
        return KEY_FOUND;
}

static GHashTable *attributes_new(const KeyQuery *query, bool with_key)
{
        GHashTable *attributes = g_hash_table_new(g_str_hash, g_str_equal);
        g_hash_table_insert(attributes, (gpointer) "vault", (gpointer)query->vault);
        if (with_key)
                g_hash_table_insert(attributes, (gpointer) "key-id", (gpointer)query->key_id);
        return attributes;
}

static KeyState search(Conversation *talk, SecretService *service, GHashTable *attributes,
                       ItemList **ret, char **ret_detail)
{
        g_autoptr(GError) error = NULL;
        g_clear_object(&talk->result);
        secret_service_search(service, &schema, attributes, SECRET_SEARCH_ALL, talk->cancellable,
                              conversation_done, talk);
        *ret = secret_service_search_finish(service, conversation_wait(talk), &error);
        return error ? refuse(talk, error, "searching", ret_detail) : KEY_FOUND;
}

/* Retired keys lie beside the vault's own: each item says which key it has, without being read. */
static bool item_is_other(SecretItem *item, const KeyQuery *query)
{
        g_autoptr(GHashTable) attributes = secret_item_get_attributes(item);
        const char *id = attributes ? g_hash_table_lookup(attributes, "key-id") : NULL;
        return id && !g_str_equal(id, query->key_id);
}

static KeyState load_item(Conversation *talk, SecretItem *item, const KeyQuery *query, Key *ret_key,
                          char **ret_detail)
{
        g_autoptr(GError) error = NULL;
        if (item_is_other(item, query)) {
                *ret_detail = g_strdup_printf("the keyring has keys of this vault, but not %s",
                                              query->key_id);
                return KEY_WRONG;
        }
        g_clear_object(&talk->result);
        secret_item_load_secret(item, talk->cancellable, conversation_done, talk);
        if (!secret_item_load_secret_finish(item, conversation_wait(talk), &error))
                return refuse(talk, error, "reading the key", ret_detail);
        g_autoptr(SecretValue) value = secret_item_get_secret(item);
        gsize size = 0;
        const char *text = value ? secret_value_get(value, &size) : NULL;
        g_autoptr(Key) key = key_new();
        if (!text || !key_parse(text, size, key) || !key_has_id(key, query->key_id)) {
                *ret_detail =
                        g_strdup_printf("the keyring's key for this vault is another one than "
                                        "%s, with which it was made",
                                        query->key_id);
                return KEY_WRONG;
        }
        memcpy(ret_key, key, SECRETS_KEY_BYTES);
        return KEY_FOUND;
}

/* The best that any item offers: found, else why not. */
static KeyState load_any(Conversation *talk, ItemList *items, const KeyQuery *query, Key *ret_key,
                         char **ret_detail)
{
        KeyState best = KEY_MISSING;
        for (GList *l = items; l; l = l->next) {
                g_autofree char *detail = NULL;
                KeyState state = KEY_LOCKED;
                if (secret_item_get_locked(l->data))
                        detail = g_strdup("the key is in a locked collection");
                else
                        state = load_item(talk, l->data, query, ret_key, &detail);
                if (state == KEY_FOUND || state == KEY_HUNG || best == KEY_MISSING ||
                    state == KEY_LOCKED) {
                        best = state;
                        g_free(*ret_detail);
                        *ret_detail = g_steal_pointer(&detail);
                }
                if (state == KEY_FOUND || state == KEY_HUNG)
                        break;
        }
        return best;
}

/* Asks by vault, not by key id: an item with another key is then told apart from none. */
KeyState keyring_find(const KeyQuery *query, Key *ret_key, char **ret_detail)
{
        g_autoptr(Conversation) talk = conversation_new(SECRETS_TIMEOUT_MS);
        g_autoptr(SecretService) service = NULL;
        g_autoptr(ItemList) items = NULL;
        g_autoptr(GHashTable) attributes = attributes_new(query, /* with_key= */ false);
        KeyState state = connect_service(talk, &service, ret_detail);
        if (state == KEY_FOUND)
                state = search(talk, service, attributes, &items, ret_detail);
        if (state != KEY_FOUND)
                return state;
        state = load_any(talk, items, query, ret_key, ret_detail);
        if (state != KEY_MISSING)
                return state;
        state = open_collection(talk, service, NULL, ret_detail);
        if (state != KEY_FOUND)
                return state;
        *ret_detail =
                g_strdup_printf("the keyring is open and has no key of vault %s", query->vault);
        return KEY_MISSING;
}

/* What people see in their keyring's manager. */
static char *label_for(const KeyQuery *query, bool retired)
{
        if (!retired)
                return g_strdup_printf("Ouroboros vault key (%s)", query->folder);
        return g_strdup_printf("Ouroboros vault key %.8s, retired: backups need it (%s)",
                               query->key_id, query->folder);
}

KeyState keyring_store(const KeyQuery *query, const Key *key, char **ret_detail)
{
        g_autoptr(Conversation) talk = conversation_new(SECRETS_TIMEOUT_MS);
        g_autoptr(SecretService) service = NULL;
        g_autoptr(SecretCollection) collection = NULL;
        g_autoptr(GHashTable) attributes = attributes_new(query, /* with_key= */ true);
        KeyState state = connect_service(talk, &service, ret_detail);
        if (state == KEY_FOUND)
                state = open_collection(talk, service, &collection, ret_detail);
        if (state != KEY_FOUND)
                return state;
        char *hex = key_to_hex(key);
        g_autoptr(SecretValue) value = secret_value_new(hex, KEY_HEX_BYTES, "text/plain");
        sodium_free(hex);

        g_autoptr(GError) error = NULL;
        g_autofree char *label = label_for(query, query->retired);
        g_clear_object(&talk->result);
        /* Not secret_service_store(): that one prompts when the collection is locked or missing. */
        secret_item_create(collection, &schema, attributes, label, value, SECRET_ITEM_CREATE_NONE,
                           talk->cancellable, conversation_done, talk);
        g_autoptr(SecretItem) item = secret_item_create_finish(conversation_wait(talk), &error);
        return item ? KEY_FOUND : refuse(talk, error, "storing the key", ret_detail);
}

KeyState keyring_remove(const KeyQuery *query, char **ret_detail)
{
        g_autoptr(Conversation) talk = conversation_new(SECRETS_TIMEOUT_MS);
        g_autoptr(SecretService) service = NULL;
        g_autoptr(ItemList) items = NULL;
        g_autoptr(GHashTable) attributes = attributes_new(query, /* with_key= */ true);
        KeyState state = connect_service(talk, &service, ret_detail);
        if (state == KEY_FOUND)
                state = search(talk, service, attributes, &items, ret_detail);
        for (GList *l = items; l && state == KEY_FOUND; l = l->next) {
                g_autoptr(GError) error = NULL;
                if (secret_item_get_locked(l->data)) {
                        *ret_detail = g_strdup("the key is in a locked collection");
                        return KEY_LOCKED;
                }
                g_clear_object(&talk->result);
                secret_item_delete(l->data, talk->cancellable, conversation_done, talk);
                if (!secret_item_delete_finish(l->data, conversation_wait(talk), &error))
                        state = refuse(talk, error, "removing the key", ret_detail);
        }
        return state;
}

KeyState keyring_retire(const KeyQuery *query, char **ret_detail)
{
        g_autoptr(Conversation) talk = conversation_new(SECRETS_TIMEOUT_MS);
        g_autoptr(SecretService) service = NULL;
        g_autoptr(ItemList) items = NULL;
        g_autoptr(GHashTable) attributes = attributes_new(query, /* with_key= */ true);
        g_autofree char *label = label_for(query, /* retired= */ true);
        KeyState state = connect_service(talk, &service, ret_detail);
        if (state == KEY_FOUND)
                state = search(talk, service, attributes, &items, ret_detail);
        for (GList *l = items; l && state == KEY_FOUND; l = l->next) {
                g_autoptr(GError) error = NULL;
                g_clear_object(&talk->result);
                secret_item_set_label(l->data, label, talk->cancellable, conversation_done, talk);
                if (!secret_item_set_label_finish(l->data, conversation_wait(talk), &error))
                        state = refuse(talk, error, "marking the old key", ret_detail);
        }
        return state;
}

static KeyState make_collection(Conversation *talk, SecretService *service, char **ret_detail)
{
        g_autoptr(GError) error = NULL;
        g_clear_object(&talk->result);
        secret_collection_create(service, "Login", SECRET_COLLECTION_DEFAULT,
                                 SECRET_COLLECTION_CREATE_NONE, talk->cancellable,
                                 conversation_done, talk);
        g_autoptr(SecretCollection) made =
                secret_collection_create_finish(conversation_wait(talk), &error);
        return made ? KEY_FOUND : refuse(talk, error, "making a collection", ret_detail);
}

KeyState keyring_unlock(char **ret_detail)
{
        g_autoptr(Conversation) talk = conversation_new(UNLOCK_TIMEOUT_MS);
        g_autoptr(SecretService) service = NULL;
        g_autoptr(GError) error = NULL;
        KeyState state = connect_service(talk, &service, ret_detail);
        if (state != KEY_FOUND)
                return state;
        g_clear_object(&talk->result);
        secret_collection_for_alias(service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                                    talk->cancellable, conversation_done, talk);
        g_autoptr(SecretCollection) found =
                secret_collection_for_alias_finish(conversation_wait(talk), &error);
        if (error)
                return refuse(talk, error, "looking for the default collection", ret_detail);
        if (!found)
                return make_collection(talk, service, ret_detail);
        if (!secret_collection_get_locked(found))
                return KEY_FOUND;
        GList list = {.data = found};
        g_clear_object(&talk->result);
        secret_service_unlock(service, &list, talk->cancellable, conversation_done, talk);
        int unlocked = secret_service_unlock_finish(service, conversation_wait(talk), NULL, &error);
        if (error)
                return refuse(talk, error, "unlocking", ret_detail);
        if (unlocked == 0)
                *ret_detail = g_strdup("the keyring was not unlocked");
        return unlocked > 0 ? KEY_FOUND : KEY_LOCKED;
}
