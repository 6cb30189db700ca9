/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The D-Bus contract: what the vtables offer is what dbus/ documents, each method's table entry fits its
 * signature, each action is in the policy for both instances, and each tool that a method names has its
 * schema. No bus is needed: the vtables are introspected over a socket pair. */
#include <sys/socket.h>

#include <gio/gio.h>
#include <string.h>

#include "bus/bus-private.h"
#include "gate/room.h"
#include "graph/room.h"
#include "journal/room.h"

static char *source_file(const char *folder, const char *name, const char *suffix)
{
        g_autofree char *file = g_strconcat(name, suffix, NULL);

        return g_build_filename(g_getenv("OUROBOROS_SOURCE_ROOT"), folder, file, NULL);
}

static char *read_file(const char *path)
{
        g_autoptr(GError) error = NULL;
        char *text = NULL;

        g_file_get_contents(path, &text, NULL, &error);
        g_assert_no_error(error);
        return text;
}

/* ---- introspection ---- */

static int on_reply(sd_bus_message *message, void *data, sd_bus_error *error)
{
        const char *text;

        g_assert_cmpint(sd_bus_message_read(message, "s", &text), >, 0);
        *(char **)data = g_strdup(text);
        return 0;
}

static void make_pair(sd_bus **server, sd_bus **client)
{
        sd_id128_t id;
        int fds[2];

        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), ==,
                        0);
        g_assert_cmpint(sd_id128_randomize(&id), >=, 0);
        g_assert_cmpint(sd_bus_new(server), >=, 0);
        g_assert_cmpint(sd_bus_set_fd(*server, fds[0], fds[0]), >=, 0);
        g_assert_cmpint(sd_bus_set_server(*server, 1, id), >=, 0);
        g_assert_cmpint(sd_bus_set_anonymous(*server, 1), >=, 0);
        g_assert_cmpint(sd_bus_new(client), >=, 0);
        g_assert_cmpint(sd_bus_set_fd(*client, fds[1], fds[1]), >=, 0);
        g_assert_cmpint(sd_bus_set_anonymous(*client, 1), >=, 0);
        g_assert_cmpint(sd_bus_start(*server), >=, 0);
        g_assert_cmpint(sd_bus_start(*client), >=, 0);
}

static char *introspect(const BusInterface *interface)
{
        Bus bus = {.vault_reason = NULL};
        Door door = {.bus = &bus, .interface = interface};
        g_autofree sd_bus_vtable *made = NULL;
        sd_bus *server = NULL, *client = NULL;
        char *xml = NULL;

        make_pair(&server, &client);
        g_assert_cmpint(sd_bus_add_object_vtable(server, NULL, BUS_PATH, interface->name,
                                                 bus_door_vtable(&door), &door),
                        >=, 0);
        made = door.made;
        g_assert_cmpint(sd_bus_call_method_async(client, NULL, NULL, BUS_PATH,
                                                 "org.freedesktop.DBus.Introspectable",
                                                 "Introspect", on_reply, &xml, ""),
                        >=, 0);
        for (int i = 0; i < 1000 && !xml; i++) {
                g_assert_cmpint(sd_bus_process(server, NULL), >=, 0);
                g_assert_cmpint(sd_bus_process(client, NULL), >=, 0);
        }
        g_assert_nonnull(xml);
        sd_bus_close_unref(client);
        sd_bus_close_unref(server);
        return xml;
}

/* ---- one line for each thing that the interface has ---- */

typedef struct Listing {
        const char *interface; /* looked for */
        bool inside;
        char *member;
        GPtrArray *lines;
} Listing;

static const char *attribute(const char **names, const char **values, const char *name)
{
        for (size_t i = 0; names[i]; i++)
                if (g_str_equal(names[i], name))
                        return values[i];
        return "";
}

static void on_start(GMarkupParseContext *context, const char *element, const char **names,
                     const char **values, void *data, GError **error)
{
        Listing *listing = data;
        const char *name = attribute(names, values, "name");

        if (g_str_equal(element, "interface"))
                listing->inside = g_str_equal(name, listing->interface);
        if (!listing->inside || g_str_equal(element, "interface"))
                return;
        if (g_str_equal(element, "arg") || g_str_equal(element, "annotation")) {
                bool is_signal = g_str_has_prefix(listing->member, "signal");
                g_ptr_array_add(
                        listing->lines,
                        g_strdup_printf("%s / %s %s %s %s%s", listing->member, element, name,
                                        attribute(names, values, "type"),
                                        is_signal ? "" : attribute(names, values, "direction"),
                                        attribute(names, values, "value")));
                return;
        }
        g_free(listing->member);
        listing->member =
                g_strdup_printf("%s %s %s %s", element, name, attribute(names, values, "type"),
                                attribute(names, values, "access"));
        g_ptr_array_add(listing->lines, g_strdup(listing->member));
}

static char *list_interface(const char *xml, const char *name)
{
        const GMarkupParser parser = {.start_element = on_start};
        g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
        Listing listing = {.interface = name, .lines = lines};
        g_autoptr(GError) error = NULL;
        GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, &listing, NULL);

        g_markup_parse_context_parse(context, xml, -1, &error);
        g_assert_no_error(error);
        g_markup_parse_context_free(context);
        g_free(listing.member);
        g_ptr_array_add(lines, NULL);
        return g_strjoinv("\n", (char **)lines->pdata);
}

static void test_vtables_are_what_is_documented(void)
{
        for (size_t i = 0; bus_interfaces[i]; i++) {
                const char *name = bus_interfaces[i]->name;
                g_autofree char *path = source_file("dbus", name, ".xml");
                g_autofree char *documented_xml = read_file(path);
                g_autofree char *offered_xml = introspect(bus_interfaces[i]);
                g_autofree char *documented = list_interface(documented_xml, name);
                g_autofree char *offered = list_interface(offered_xml, name);
                g_assert_cmpstr(offered, ==, documented);
                g_assert_cmpuint(strlen(offered), >, 0);
        }
}

static void test_every_method_has_a_doc_comment(void)
{
        for (size_t i = 0; bus_interfaces[i]; i++) {
                g_autofree char *path = source_file("dbus", bus_interfaces[i]->name, ".xml");
                g_autofree char *xml = read_file(path);
                const BusMethod *method = bus_interfaces[i]->methods;
                for (; method->member; method++) {
                        g_autofree char *comment = g_strdup_printf("\n      %s: ", method->member);
                        if (!strstr(xml, comment))
                                g_error("%s does not say what %s does", path, method->member);
                }
        }
}

/* The comment above a method, without its end. */
static char *comment_of(const char *xml, const char *member)
{
        g_autofree char *begin = g_strdup_printf("\n      %s: ", member);
        const char *text = strstr(xml, begin);

        g_assert_nonnull(text);
        return g_strndup(text, (size_t)(strstr(text, "-->") - text));
}

static void test_every_method_names_its_action_and_its_errors(void)
{
        for (size_t i = 0; bus_interfaces[i]; i++) {
                g_autofree char *path = source_file("dbus", bus_interfaces[i]->name, ".xml");
                g_autofree char *xml = read_file(path);
                const BusMethod *method = bus_interfaces[i]->methods;
                for (; method->member; method++) {
                        g_autofree char *comment = comment_of(xml, method->member);
                        if (!strstr(comment, "Action:") || !strstr(comment, "\n      Errors: "))
                                g_error("%s does not name the action and the errors of %s", path,
                                        method->member);
                        for (const BusArg *arg = method->args; arg->kind != ARG_END; arg++)
                                if (arg->kind == ARG_COUNT)
                                        g_assert_true(strstr(comment, "500") ||
                                                      strstr(comment, "_PAGE_MAX)"));
                }
        }
}

/* Seen to fail: "Action: read." above Merge. */
static void test_every_method_is_guarded_as_it_says(void)
{
        for (size_t i = 0; bus_interfaces[i]; i++) {
                g_autofree char *path = source_file("dbus", bus_interfaces[i]->name, ".xml");
                g_autofree char *xml = read_file(path);
                const BusMethod *method = bus_interfaces[i]->methods;
                for (; method->member; method++) {
                        g_autofree char *comment = comment_of(xml, method->member);
                        bool tool = g_str_equal(method->action, "tool");
                        g_autofree char *said = g_strdup_printf(
                                "Action: %s",
                                tool ? "read or write, as the tool needs" : method->action);
                        g_auto(GStrv) words = g_strsplit_set(comment, " \n", -1);
                        g_autoptr(GString) line = g_string_new(NULL);
                        for (char **word = words; *word; word++)
                                if (**word)
                                        g_string_append_printf(line, "%s ", *word);
                        const char *found = strstr(line->str, said);
                        if (!found || !strchr(".;", found[strlen(said)]))
                                g_error("%s says another action of %s than %s", path,
                                        method->member, method->action);
                }
        }
}

/* ---- the tables beside the vtables ---- */

static const char *arg_signature(ArgKind kind)
{
        switch (kind) {
        case ARG_COUNT:
                return "u";
        case ARG_FLAG:
                return "b";
        case ARG_OFFSET:
                return "t";
        case ARG_FOLDER:
        case ARG_FILE:
                return "h";
        case ARG_TEXTS:
                return "as";
        case ARG_ROWS:
                return "aa{sv}";
        case ARG_OPTIONS:
                return "a{sv}";
        default:
                return "s";
        }
}

static const char *answer_signature(AnswerKind kind)
{
        switch (kind) {
        case ANSWER_TEXTS:
                return "as";
        case ANSWER_ROWS:
                return "aa{sv}";
        case ANSWER_TABLE:
                return "aav";
        case ANSWER_DICT:
                return "a{sv}";
        case ANSWER_NUMBER:
                return "t";
        case ANSWER_FILE:
                return "h";
        default:
                return "s";
        }
}

static void check_method(const BusInterface *interface, const char *member, const char *in,
                         const char *out)
{
        const BusMethod *method = bus_method_find(interface, member);
        g_autoptr(GString) args = g_string_new(NULL), answers = g_string_new(NULL);

        if (!method)
                g_error("%s has no table entry for %s", interface->name, member);
        for (const BusArg *arg = method->args; arg->kind != ARG_END; arg++)
                g_string_append(args, arg_signature(arg->kind));
        for (const BusAnswer *part = method->answers; part->kind != ANSWER_END; part++)
                g_string_append(answers, answer_signature(part->kind));
        g_assert_cmpstr(args->str, ==, in ? in : "");
        g_assert_cmpstr(answers->str, ==, out ? out : "");
        g_assert_true((method->tool != NULL) != (method->verb != NULL));
}

static void test_table_entries_fit_their_signatures(void)
{
        for (size_t i = 0; bus_interfaces[i]; i++) {
                Door door = {.interface = bus_interfaces[i]};
                const sd_bus_vtable *entry = bus_door_vtable(&door);
                g_autofree sd_bus_vtable *made = door.made;
                unsigned methods = 0, entries = 0;
                for (; entry->type != _SD_BUS_VTABLE_END; entry++) {
                        if (entry->type != _SD_BUS_VTABLE_METHOD)
                                continue;
                        check_method(bus_interfaces[i], entry->x.method.member,
                                     entry->x.method.signature, entry->x.method.result);
                        methods++;
                }
                while (bus_interfaces[i]->methods[entries].member)
                        entries++;
                g_assert_cmpuint(methods, ==, entries);
        }
}

static void test_every_action_is_in_the_policy_for_both_instances(void)
{
        g_autofree char *path = source_file("polkit", "org.ouroboros", ".policy");
        g_autofree char *policy = read_file(path);

        for (size_t i = 0; bus_interfaces[i]; i++)
                for (const BusMethod *m = bus_interfaces[i]->methods; m->member; m++)
                        for (Instance instance = INSTANCE_USER; instance <= INSTANCE_SYSTEM;
                             instance++) {
                                if (g_str_equal(m->action, "tool"))
                                        continue;
                                g_autofree char *id = polkit_action_id(instance, m->action);
                                g_autofree char *element =
                                        g_strdup_printf("<action id=\"%s\">", id);
                                if (!strstr(policy, element))
                                        g_error("%s is not in the policy", id);
                        }
}

static void test_actions_of_the_system_instance_have_an_owner(void)
{
        g_autofree char *path = source_file("polkit", "org.ouroboros", ".policy");
        g_autofree char *policy = read_file(path);
        g_auto(GStrv) actions = g_strsplit(policy, "<action id=\"", -1);

        for (size_t i = 1; actions[i]; i++)
                g_assert_cmpint(g_str_has_prefix(actions[i], "org.ouroboros.system."), ==,
                                strstr(actions[i], "policykit.owner\">unix-user:ouroboros<") !=
                                        NULL);
}

static void test_every_interface_may_be_called_on_the_system_bus(void)
{
        g_autofree char *path = source_file("dbus", BUS_NAME, ".conf");
        g_autofree char *config = read_file(path);

        for (size_t i = 0; bus_interfaces[i]; i++) {
                g_autofree char *allowed =
                        g_strdup_printf("send_interface=\"%s\"", bus_interfaces[i]->name);
                g_assert_nonnull(strstr(config, allowed));
        }
}

static void test_every_tool_that_a_method_names_has_a_schema(void)
{
        for (size_t i = 0; bus_interfaces[i]; i++)
                for (const BusMethod *m = bus_interfaces[i]->methods; m->member; m++) {
                        if (!m->tool)
                                continue;
                        g_autofree char *path =
                                g_strdup_printf("/org/ouroboros/schema/%s.json", m->tool);
                        if (!g_resources_get_info(path, 0, NULL, NULL, NULL))
                                g_error("the tool %s of %s has no schema", m->tool, m->member);
                }
}

static const Tool *find_tool(const char *name)
{
        const Tool *const tables[] = {
                graph_read_tools,
                graph_claim_tools,
                graph_entity_tools,
                graph_belief_tools,
                graph_discovered_tools,
                graph_rule_tools,
                graph_projection_tools,
                graph_predicate_tools,
                graph_sql_tools,
                documents_tools(NULL).tools,
                documents_mining_tools(NULL).tools,
                documents_autolink_tools(NULL).tools,
                code_tools(NULL).tools,
                code_repository_tools(NULL).tools,
                search_tools(NULL).tools,
                journal_list_tools,
                journal_revert_tools,
                journal_audit_tools,
                journal_erase_tools,
                connection_tools,
                approval_tools,
                config_tools,
                read_tools,
                settings_tools(NULL).tools,
        };

        for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
                for (const Tool *tool = tables[i]; tool->name; tool++)
                        if (g_str_equal(tool->name, name))
                                return tool;
        return NULL;
}

/* Seen to fail: the action of DecidePredicate was read. */
static void test_methods_ask_polkit_what_their_tool_would(void)
{
        for (size_t i = 0; bus_interfaces[i]; i++)
                for (const BusMethod *m = bus_interfaces[i]->methods; m->member; m++) {
                        const Tool *tool = m->tool ? find_tool(m->tool) : NULL;
                        if (!m->tool)
                                continue;
                        if (!tool)
                                g_error("there is no tool %s of %s", m->tool, m->member);
                        const char *action = tool->action
                                                     ?: tool->needs == TOOL_READ ? "read"
                                                                                 : "write";
                        if (!g_str_equal(m->action, action))
                                g_error("%s asks for %s, its tool for %s", m->member, m->action,
                                        action);
                }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/interfaces/vtables-are-what-is-documented",
                        test_vtables_are_what_is_documented);
        g_test_add_func("/interfaces/every-method-has-a-doc-comment",
                        test_every_method_has_a_doc_comment);
        g_test_add_func("/interfaces/every-method-names-its-action-and-its-errors",
                        test_every_method_names_its_action_and_its_errors);
        g_test_add_func("/interfaces/table-entries-fit-their-signatures",
                        test_table_entries_fit_their_signatures);
        g_test_add_func("/interfaces/every-action-is-in-the-policy-for-both-instances",
                        test_every_action_is_in_the_policy_for_both_instances);
        g_test_add_func("/interfaces/actions-of-the-system-instance-have-an-owner",
                        test_actions_of_the_system_instance_have_an_owner);
        g_test_add_func("/interfaces/every-interface-may-be-called-on-the-system-bus",
                        test_every_interface_may_be_called_on_the_system_bus);
        g_test_add_func("/interfaces/every-tool-that-a-method-names-has-a-schema",
                        test_every_tool_that_a_method_names_has_a_schema);
        g_test_add_func("/interfaces/every-method-is-guarded-as-it-says",
                        test_every_method_is_guarded_as_it_says);
        g_test_add_func("/interfaces/methods-ask-polkit-what-their-tool-would",
                        test_methods_ask_polkit_what_their_tool_would);
        return g_test_run();
}
