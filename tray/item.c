/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "item.h"

#include <libdbusmenu-glib/dbusmenu-glib.h>

#include "badge.h"
#include "remote.h"

#define ITEM_INTERFACE "org.kde.StatusNotifierItem"
#define ITEM_PATH      "/StatusNotifierItem"
#define MENU_PATH      "/StatusNotifierItem/Menu"
#define WATCHER        "org.kde.StatusNotifierWatcher"
#define MENU_ROWS_MAX  8 /* of what waits; the window has them all */

#define PROPERTY(name, type) "<property name='" name "' type='" type "' access='read'/>"
#define POINT                                                                                      \
        "<arg name='x' type='i' direction='in'/>"                                                  \
        "<arg name='y' type='i' direction='in'/>"

static const char introspection[] = "<node><interface name='" ITEM_INTERFACE "'>"             //
        PROPERTY("Category", "s") PROPERTY("Id", "s") PROPERTY("Title", "s")                  //
        PROPERTY("Status", "s") PROPERTY("WindowId", "i") PROPERTY("IconThemePath", "s")      //
        PROPERTY("IconName", "s") PROPERTY("IconPixmap", "a(iiay)")                           //
        PROPERTY("OverlayIconName", "s") PROPERTY("OverlayIconPixmap", "a(iiay)")             //
        PROPERTY("AttentionIconName", "s") PROPERTY("AttentionIconPixmap", "a(iiay)")         //
        PROPERTY("AttentionMovieName", "s") PROPERTY("ToolTip", "(sa(iiay)ss)")               //
        PROPERTY("ItemIsMenu", "b") PROPERTY("Menu", "o") PROPERTY("IconAccessibleDesc", "s") //
        PROPERTY("AttentionAccessibleDesc", "s") PROPERTY("XAyatanaLabel", "s")               //
        PROPERTY("XAyatanaLabelGuide", "s") PROPERTY("XAyatanaOrderingIndex", "u")            //
        "<method name='ContextMenu'>" POINT "</method><method name='Activate'>" POINT "</method>"
        "<method name='SecondaryActivate'>" POINT "</method>"
        "<method name='Scroll'><arg name='delta' type='i' direction='in'/>"
        "<arg name='orientation' type='s' direction='in'/></method>"
        "<method name='ProvideXdgActivationToken'><arg name='token' type='s' direction='in'/></method>"
        "<signal name='NewTitle'/><signal name='NewIcon'/><signal name='NewAttentionIcon'/>"
        "<signal name='NewOverlayIcon'/><signal name='NewToolTip'/>"
        "<signal name='NewStatus'><arg name='status' type='s'/></signal>"
        "<signal name='XAyatanaNewLabel'><arg name='label' type='s'/><arg name='guide' type='s'/>"
        "</signal></interface></node>";

struct Item {
        GDBusConnection *bus;
        GActionGroup *actions; /* not owned */
        GDBusNodeInfo *info;
        DbusmenuServer *menu;
        guint registration, watch;
        GVariant *waiting; /* aa{sv}, or NULL */
        char *problem;
};

static unsigned count_of(const Item *item)
{
        return item->waiting ? (unsigned)g_variant_n_children(item->waiting) : 0;
}

/* What is said of the whole; the caller frees. */
static char *summary_of(const Item *item)
{
        unsigned count = count_of(item);

        if (item->problem)
                return g_strdup(item->problem);
        if (count == 0)
                return g_strdup("Nothing waits for you");
        return count == 1 ? g_strdup("1 decision waits for you")
                          : g_strdup_printf("%u decisions wait for you", count);
}

/* ---- properties ---- */

static GVariant *no_pixmaps(void)
{
        return g_variant_new_array(G_VARIANT_TYPE("(iiay)"), NULL, 0);
}

static GVariant *label_of(const Item *item)
{
        g_autofree char *text =
                count_of(item) > 0 ? g_strdup_printf("%u", count_of(item)) : g_strdup("");

        return g_variant_new_string(text);
}

static const char *status_of(const Item *item)
{
        return count_of(item) > 0 ? "NeedsAttention" : "Active";
}

static GVariant *text_property(const char *name)
{
        static const struct {
                const char *name, *value;
        } texts[] = {
                {"Category", "SystemServices"},
                {"Id", "ouroboros-tray"},
                {"Title", "Ouroboros"},
                {"XAyatanaLabelGuide", "99"},
                /* panels draw no overlay, so the badge is in the pixmap, which a name would hide */
                {"IconThemePath", ""},
                {"IconName", ""},
                {"OverlayIconName", ""},
                {"AttentionIconName", ""},
                {"AttentionMovieName", ""},
        };

        for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
                if (g_str_equal(texts[i].name, name))
                        return g_variant_new_string(texts[i].value);
        return NULL;
}

static GVariant *get_property(GDBusConnection *bus, const char *sender, const char *path,
                              const char *interface, const char *name, GError **error,
                              gpointer data)
{
        const Item *item = data;
        g_autofree char *summary = summary_of(item);
        GVariant *text = text_property(name);

        if (text)
                return text;
        if (g_str_equal(name, "Status"))
                return g_variant_new_string(status_of(item));
        if (g_str_equal(name, "IconPixmap") || g_str_equal(name, "AttentionIconPixmap"))
                return badge_pixmaps(count_of(item));
        if (g_str_equal(name, "OverlayIconPixmap"))
                return no_pixmaps();
        if (g_str_equal(name, "ToolTip"))
                return g_variant_new("(s@a(iiay)ss)", "", no_pixmaps(), "Ouroboros", summary);
        if (g_str_equal(name, "Menu"))
                return g_variant_new_object_path(MENU_PATH);
        if (g_str_equal(name, "ItemIsMenu"))
                return g_variant_new_boolean(FALSE);
        if (g_str_equal(name, "XAyatanaLabel"))
                return label_of(item);
        if (g_str_equal(name, "WindowId"))
                return g_variant_new_int32(0);
        if (g_str_equal(name, "XAyatanaOrderingIndex"))
                return g_variant_new_uint32(0);
        g_autofree char *description = g_strconcat("Ouroboros: ", summary, NULL);
        return g_variant_new_string(description); /* IconAccessibleDesc and its like */
}

static void on_method(GDBusConnection *bus, const char *sender, const char *path,
                      const char *interface, const char *name, GVariant *args,
                      GDBusMethodInvocation *invocation, gpointer data)
{
        Item *item = data;
        const char *token;

        if (g_str_equal(name, "ProvideXdgActivationToken")) {
                g_variant_get(args, "(&s)", &token);
                g_setenv("XDG_ACTIVATION_TOKEN", token, TRUE); /* for the window that comes next */
        } else if (g_str_equal(name, "Activate") || g_str_equal(name, "SecondaryActivate")) {
                g_action_group_activate_action(item->actions, "open", NULL);
        }
        g_dbus_method_invocation_return_value(invocation, NULL);
}

/* ---- menu ---- */

static void on_chosen(DbusmenuMenuitem *entry, guint timestamp, gpointer data)
{
        Item *item = data;
        const char *action = g_object_get_data(G_OBJECT(entry), "action");
        const char *approval = g_object_get_data(G_OBJECT(entry), "approval");

        g_action_group_activate_action(item->actions, action,
                                       approval ? g_variant_new_string(approval) : NULL);
}

/* action NULL: only to read; label NULL: a line. */
static DbusmenuMenuitem *add(Item *item, DbusmenuMenuitem *root, const char *label,
                             const char *action)
{
        g_autoptr(GObject) owned = G_OBJECT(dbusmenu_menuitem_new());
        DbusmenuMenuitem *entry = DBUSMENU_MENUITEM(owned);

        if (label)
                dbusmenu_menuitem_property_set(entry, DBUSMENU_MENUITEM_PROP_LABEL, label);
        else
                dbusmenu_menuitem_property_set(entry, DBUSMENU_MENUITEM_PROP_TYPE,
                                               DBUSMENU_CLIENT_TYPES_SEPARATOR);
        if (label && !action)
                dbusmenu_menuitem_property_set_bool(entry, DBUSMENU_MENUITEM_PROP_ENABLED, FALSE);
        if (action) {
                g_object_set_data(G_OBJECT(entry), "action", (gpointer)action);
                g_signal_connect(entry, DBUSMENU_MENUITEM_SIGNAL_ITEM_ACTIVATED,
                                 G_CALLBACK(on_chosen), item);
        }
        dbusmenu_menuitem_child_append(root, entry);
        return entry;
}

/* A menu takes the underscore for a mnemonic. */
static char *plain(const char *text)
{
        g_auto(GStrv) parts = g_strsplit(text, "_", -1);

        return g_strjoinv("__", parts);
}

static void add_waiting(Item *item, DbusmenuMenuitem *root)
{
        for (unsigned i = 0; i < MIN(count_of(item), MENU_ROWS_MAX); i++) {
                g_autoptr(GVariant) row = g_variant_get_child_value(item->waiting, i);
                g_autofree char *title = plain(remote_text(row, "title"));
                g_autofree char *label = g_strconcat(title, "…", NULL);
                DbusmenuMenuitem *entry = add(item, root, label, "review");

                g_object_set_data_full(G_OBJECT(entry), "approval",
                                       g_strdup(remote_text(row, "approval_id")), g_free);
        }
}

static void build_menu(Item *item)
{
        g_autoptr(GObject) root = G_OBJECT(dbusmenu_menuitem_new());
        g_autofree char *summary = summary_of(item);
        DbusmenuMenuitem *menu = DBUSMENU_MENUITEM(root);

        add(item, menu, summary, /* action= */ NULL);
        add_waiting(item, menu);
        add(item, menu, /* label= */ NULL, NULL);
        add(item, menu, "Open Ouroboros", "open");
        add(item, menu, "Stop Ouroboros at once", "stop");
        add(item, menu, /* label= */ NULL, NULL);
        add(item, menu, "Quit", "quit");
        dbusmenu_server_set_root(item->menu, menu);
}

/* ---- changes ---- */

static void emit(Item *item, const char *signal, GVariant *args)
{
        g_autoptr(GError) error = NULL;

        if (!g_dbus_connection_emit_signal(item->bus, NULL, ITEM_PATH, ITEM_INTERFACE, signal, args,
                                           &error))
                g_debug("Cannot send %s: %s, ignoring", signal, error->message);
}

static void show(Item *item)
{
        static const char *const signals[] = {"NewIcon", "NewAttentionIcon", "NewOverlayIcon",
                                              "NewToolTip"};

        build_menu(item);
        for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
                emit(item, signals[i], NULL);
        emit(item, "NewStatus", g_variant_new("(s)", status_of(item)));
        emit(item, "XAyatanaNewLabel", g_variant_new("(@ss)", label_of(item), "99"));
}

void item_set_waiting(Item *item, GVariant *rows)
{
        g_clear_pointer(&item->waiting, g_variant_unref);
        g_clear_pointer(&item->problem, g_free);
        item->waiting = g_variant_ref(rows);
        show(item);
}

void item_set_problem(Item *item, const char *problem)
{
        if (g_strcmp0(problem, item->problem) == 0)
                return;
        g_free(item->problem);
        item->problem = g_strdup(problem);
        show(item);
}

/* ---- registering ---- */

static void on_registered(GObject *source, GAsyncResult *result, gpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) answer =
                g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

        if (!answer)
                g_message("The panel does not take the icon: %s", error->message);
}

/* Again for each panel that comes: one that crashed has forgotten us. */
static void on_watcher(GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
        g_dbus_connection_call(bus, WATCHER, "/StatusNotifierWatcher", WATCHER,
                               "RegisterStatusNotifierItem",
                               g_variant_new("(s)", g_dbus_connection_get_unique_name(bus)), NULL,
                               G_DBUS_CALL_FLAGS_NO_AUTO_START, /* timeout_msec= */ 5000, NULL,
                               on_registered, NULL);
}

Item *item_new(GDBusConnection *bus, GActionGroup *actions)
{
        static const GDBusInterfaceVTable vtable = {on_method, get_property, NULL, {0}};
        g_autoptr(GError) error = NULL;
        Item *item = g_new0(Item, 1);

        item->bus = g_object_ref(bus);
        item->actions = actions;
        item->info = g_dbus_node_info_new_for_xml(introspection, &error);
        g_assert_no_error(error);
        item->registration = g_dbus_connection_register_object(
                bus, ITEM_PATH, item->info->interfaces[0], &vtable, item, NULL, &error);
        if (item->registration == 0)
                g_warning("No icon: %s", error->message);
        item->menu = dbusmenu_server_new(MENU_PATH);
        build_menu(item);
        item->watch = g_bus_watch_name_on_connection(bus, WATCHER, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                     on_watcher, NULL, item, NULL);
        return item;
}

void item_free(Item *item)
{
        if (!item)
                return;
        g_bus_unwatch_name(item->watch);
        if (item->registration > 0)
                g_dbus_connection_unregister_object(item->bus, item->registration);
        g_object_unref(item->menu);
        g_dbus_node_info_unref(item->info);
        g_clear_pointer(&item->waiting, g_variant_unref);
        g_object_unref(item->bus);
        g_free(item->problem);
        g_free(item);
}
