/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between D-Bus messages and JSON. Arguments are read within two limits that are named in the error;
 * answers are ours and only limited by D-Bus itself. */
#include <errno.h>
#include <sys/stat.h>
#include <math.h>
#include <string.h>

#include "bus/bus-private.h"

typedef struct Reader {
        sd_bus_message *message;
        size_t bytes;
        unsigned count;
} Reader;

static bool read_value(Reader *reader, JsonNode **ret, GError **error);

static bool malformed(int r, GError **error)
{
        error_set_errno(error, -r, "Cannot read the arguments");
        return false;
}

/* Counts one more value of size bytes. */
static bool within_limits(Reader *reader, size_t size, GError **error)
{
        reader->bytes += size;
        if (reader->bytes > BUS_ARGS_BYTES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "The arguments hold more than BUS_ARGS_BYTES_MAX (%d) bytes of text",
                            BUS_ARGS_BYTES_MAX);
                return false;
        }
        if (++reader->count <= BUS_ARGS_COUNT_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "The arguments hold more than BUS_ARGS_COUNT_MAX (%d) values",
                    BUS_ARGS_COUNT_MAX);
        return false;
}

static bool read_text(Reader *reader, char type, const char **ret, GError **error)
{
        int r = sd_bus_message_read_basic(reader->message, type, ret);

        return r >= 0 ? within_limits(reader, strlen(*ret), error) : malformed(r, error);
}

static bool read_integer(Reader *reader, char type, int64_t *ret, GError **error)
{
        union {
                uint8_t y;
                int16_t n;
                uint16_t q;
                int32_t i;
                uint32_t u;
                int64_t x;
                uint64_t t;
        } value = {0};
        int r = sd_bus_message_read_basic(reader->message, type, &value);

        if (r < 0)
                return malformed(r, error);
        if (type == 't' && value.t > INT64_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "The number %" G_GUINT64_FORMAT
                            " is over the largest known (%" G_GINT64_FORMAT ")",
                            value.t, INT64_MAX);
                return false;
        }
        *ret = type == 'y'   ? value.y
               : type == 'n' ? value.n
               : type == 'q' ? value.q
               : type == 'i' ? value.i
               : type == 'u' ? (int64_t)value.u
                             : value.x;
        return within_limits(reader, 0, error);
}

static bool read_double(Reader *reader, double *ret, GError **error)
{
        int r = sd_bus_message_read_basic(reader->message, 'd', ret);

        if (r < 0)
                return malformed(r, error);
        if (isfinite(*ret))
                return within_limits(reader, 0, error);
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "A number among the arguments is not finite");
        return false;
}

static bool read_boolean(Reader *reader, int *ret, GError **error)
{
        int r = sd_bus_message_read_basic(reader->message, 'b', ret);

        return r >= 0 ? within_limits(reader, 0, error) : malformed(r, error);
}

static bool read_member(Reader *reader, JsonObject *object, GError **error)
{
        g_autoptr(JsonNode) node = NULL;
        const char *name;
        int r;

        if (!read_text(reader, 's', &name, error))
                return false;
        if (json_object_has_member(object, name)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "The option \"%.80s\" is given twice, or is an argument of the method",
                            name);
                return false;
        }
        if (!read_value(reader, &node, error))
                return false;
        json_object_set_member(object, name, g_steal_pointer(&node));
        r = sd_bus_message_exit_container(reader->message);
        return r >= 0 || malformed(r, error);
}

/* The a{sv} at the reader's place, into object. */
static bool read_dict(Reader *reader, JsonObject *object, GError **error)
{
        int r = sd_bus_message_enter_container(reader->message, 'a', "{sv}");

        if (r < 0)
                return malformed(r, error);
        while ((r = sd_bus_message_enter_container(reader->message, 'e', "sv")) > 0)
                if (!read_member(reader, object, error))
                        return false;
        if (r >= 0)
                r = sd_bus_message_exit_container(reader->message);
        return r >= 0 || malformed(r, error);
}

static bool read_array(Reader *reader, const char *contents, JsonArray *array, GError **error)
{
        int r = sd_bus_message_enter_container(reader->message, 'a', contents);

        if (r < 0)
                return malformed(r, error);
        while ((r = sd_bus_message_at_end(reader->message, /* complete= */ false)) == 0) {
                JsonNode *node = NULL;
                if (!read_value(reader, &node, error))
                        return false;
                json_array_add_element(array, node);
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(reader->message);
        return r >= 0 || malformed(r, error);
}

static bool read_container(Reader *reader, const char *contents, JsonNode **ret, GError **error)
{
        if (contents[0] == '{') {
                g_autoptr(JsonObject) object = json_object_new();
                if (!g_str_equal(contents, "{sv}"))
                        return malformed(-EINVAL, error);
                if (!read_dict(reader, object, error))
                        return false;
                *ret = json_node_init_object(json_node_alloc(), object);
                return true;
        }
        g_autoptr(JsonArray) array = json_array_new();
        if (!read_array(reader, contents, array, error))
                return false;
        *ret = json_node_init_array(json_node_alloc(), array);
        return true;
}

static bool read_variant(Reader *reader, const char *contents, JsonNode **ret, GError **error)
{
        int r = sd_bus_message_enter_container(reader->message, 'v', contents);

        if (r < 0)
                return malformed(r, error);
        if (!read_value(reader, ret, error))
                return false;
        r = sd_bus_message_exit_container(reader->message);
        if (r >= 0)
                return true;
        g_clear_pointer(ret, json_node_unref);
        return malformed(r, error);
}

static bool read_scalar(Reader *reader, char type, JsonNode **ret, GError **error)
{
        const char *text;
        int64_t integer;
        double number;
        int boolean;

        switch (type) {
        case 's':
        case 'o':
        case 'g':
                if (!read_text(reader, type, &text, error))
                        return false;
                /* as in answers: D-Bus has no null */
                *ret = type == 'g' && text[0] == '\0'
                               ? json_node_init_null(json_node_alloc())
                               : json_node_init_string(json_node_alloc(), text);
                return true;
        case 'b':
                if (!read_boolean(reader, &boolean, error))
                        return false;
                *ret = json_node_init_boolean(json_node_alloc(), boolean);
                return true;
        case 'd':
                if (!read_double(reader, &number, error))
                        return false;
                *ret = json_node_init_double(json_node_alloc(), number);
                return true;
        default:
                if (!read_integer(reader, type, &integer, error))
                        return false;
                *ret = json_node_init_int(json_node_alloc(), integer);
                return true;
        }
}

/* Whatever comes next, as JSON. The nesting of a message is limited by D-Bus (64). */
static bool read_value(Reader *reader, JsonNode **ret, GError **error)
{
        const char *contents;
        char type;
        int r = sd_bus_message_peek_type(reader->message, &type, &contents);

        if (r <= 0)
                return malformed(r < 0 ? r : -ENXIO, error);
        if (type == 'v')
                return read_variant(reader, contents, ret, error);
        if (type == 'a')
                return read_container(reader, contents, ret, error);
        if (strchr("sogbdynqiuxt", type))
                return read_scalar(reader, type, ret, error);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "A value of the D-Bus type '%c' has no place among the arguments", type);
        return false;
}

static bool read_text_arg(Reader *reader, const BusArg *arg, JsonObject *args, GError **error)
{
        const char *name = arg->name, *text;

        if (!read_text(reader, 's', &text, error))
                return false;
        if (text[0] == '\0' && arg->kind != ARG_TEXT)
                return true;
        if (arg->kind == ARG_ENTITY)
                name = id_is_valid(text, "ent") ? "entity_id" : "entity_name";
        json_object_set_string_member(args, name, text);
        return true;
}

/* The name of the argument that a text is by what it begins with, out of a list as of ARG_ID; the caller frees. */
static char *name_by_id(const char *list, const char *text)
{
        g_auto(GStrv) entries = g_strsplit(list, " ", -1);

        for (char **entry = entries; *entry; entry++) {
                char *colon = strchr(*entry, ':');
                *colon = '\0';
                if (**entry == '\0' || id_is_valid(text, *entry))
                        return g_strdup(colon + 1);
        }
        return NULL;
}

static bool read_id_arg(Reader *reader, const BusArg *arg, JsonObject *args, GError **error)
{
        const char *text;

        if (!read_text(reader, 's', &text, error))
                return false;
        if (text[0] == '\0')
                return true;
        g_autofree char *name = name_by_id(arg->name, text);
        if (name)
                json_object_set_string_member(args, name, text);
        return true;
}

static bool read_array_arg(Reader *reader, const BusArg *arg, JsonObject *args, GError **error)
{
        g_autoptr(JsonArray) array = json_array_new();

        if (!read_array(reader, arg->kind == ARG_TEXTS ? "s" : "a{sv}", array, error))
                return false;
        json_object_set_array_member(args, arg->name, g_steal_pointer(&array));
        return true;
}

static bool read_flag_arg(Reader *reader, const BusArg *arg, JsonObject *args, GError **error)
{
        int value = 0;

        if (!read_boolean(reader, &value, error))
                return false;
        json_object_set_boolean_member(args, arg->name, value != 0);
        return true;
}

/* The message keeps the descriptor open until the call has ended. */
/* A regular file: reading from or writing to anything else could take for ever. */
static bool read_file_arg(Reader *reader, const BusArg *arg, JsonObject *args, GError **error)
{
        struct stat status;
        int fd, r = sd_bus_message_read_basic(reader->message, 'h', &fd);

        if (r <= 0)
                return malformed(r < 0 ? r : -ENXIO, error);
        if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "%s must be the descriptor of an open regular file", arg->name);
                return false;
        }
        json_object_set_int_member(args, arg->name, fd);
        return true;
}

static bool read_folder_arg(Reader *reader, const BusArg *arg, JsonObject *args, GError **error)
{
        struct stat status;
        int fd, r = sd_bus_message_read_basic(reader->message, 'h', &fd);

        if (r <= 0)
                return malformed(r < 0 ? r : -ENXIO, error);
        if (fstat(fd, &status) < 0 || !S_ISDIR(status.st_mode)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "%s must be the descriptor of an open folder", arg->name);
                return false;
        }
        g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
        json_object_set_string_member(args, arg->name, path);
        return true;
}

static bool read_arg(Reader *reader, const BusArg *arg, JsonObject *args, GError **error)
{
        int64_t integer;

        switch (arg->kind) {
        case ARG_TEXT:
        case ARG_OPTIONAL_TEXT:
        case ARG_ENTITY:
                return read_text_arg(reader, arg, args, error);
        case ARG_COUNT:
        case ARG_OFFSET:
                if (!read_integer(reader, arg->kind == ARG_COUNT ? 'u' : 't', &integer, error))
                        return false;
                if (integer > 0)
                        json_object_set_int_member(args, arg->name, integer);
                return true;
        case ARG_FLAG:
                return read_flag_arg(reader, arg, args, error);
        case ARG_FOLDER:
                return read_folder_arg(reader, arg, args, error);
        case ARG_FILE:
                return read_file_arg(reader, arg, args, error);
        case ARG_ID:
                return read_id_arg(reader, arg, args, error);
        case ARG_TEXTS:
        case ARG_ROWS:
                return read_array_arg(reader, arg, args, error);
        case ARG_OPTIONS:
                return read_dict(reader, args, error);
        case ARG_END:
                break;
        }
        g_assert_not_reached();
}

JsonObject *bus_read_args(sd_bus_message *message, const BusMethod *method, GError **error)
{
        g_autoptr(JsonObject) args = json_object_new();
        Reader reader = {.message = message};

        for (const BusArg *arg = method->args; arg->kind != ARG_END; arg++)
                if (!read_arg(&reader, arg, args, error))
                        return NULL;
        return g_steal_pointer(&args);
}

/* ---- answers ---- */

/* sd_bus_message_append() would read a format for each value, at the price of appending it again. */
int bus_append_variant(sd_bus_message *reply, char type, const void *value)
{
        const char contents[] = {type, '\0'};
        int r = sd_bus_message_open_container(reply, 'v', contents);

        if (r >= 0)
                r = sd_bus_message_append_basic(reply, type, value);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_json(sd_bus_message *reply, JsonNode *node)
{
        g_autofree char *text = json_print_node(node);

        return bus_append_variant(reply, 's', text);
}

static int append_value(sd_bus_message *reply, JsonNode *node)
{
        int64_t integer;
        double number;
        int boolean;

        if (!JSON_NODE_HOLDS_VALUE(node))
                return append_json(reply, node);
        switch (json_node_get_value_type(node)) {
        case G_TYPE_STRING:
                return bus_append_variant(reply, 's', json_node_get_string(node));
        case G_TYPE_INT64:
                integer = json_node_get_int(node);
                return bus_append_variant(reply, 'x', &integer);
        case G_TYPE_DOUBLE:
                number = json_node_get_double(node);
                return bus_append_variant(reply, 'd', &number);
        default:
                boolean = json_node_get_boolean(node);
                return bus_append_variant(reply, 'b', &boolean);
        }
}

static int append_member(sd_bus_message *reply, const char *name, JsonNode *node)
{
        int r;

        if ((r = sd_bus_message_open_container(reply, 'e', "sv")) < 0 ||
            (r = sd_bus_message_append_basic(reply, 's', name)) < 0 ||
            (r = append_value(reply, node)) < 0)
                return r;
        return sd_bus_message_close_container(reply);
}

int bus_append_dict(sd_bus_message *reply, JsonObject *object)
{
        JsonObjectIter iter;
        const char *name;
        JsonNode *node;
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r < 0)
                return r;
        if (object) {
                json_object_iter_init_ordered(&iter, object);
                while (json_object_iter_next_ordered(&iter, &name, &node))
                        if (!JSON_NODE_HOLDS_NULL(node) &&
                            (r = append_member(reply, name, node)) < 0)
                                return r;
        }
        return sd_bus_message_close_container(reply);
}

static int append_rows(sd_bus_message *reply, JsonArray *rows)
{
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (guint i = 0; r >= 0 && rows && i < json_array_get_length(rows); i++)
                r = bus_append_dict(reply, json_array_get_object_element(rows, i));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_texts(sd_bus_message *reply, JsonArray *texts)
{
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (guint i = 0; r >= 0 && texts && i < json_array_get_length(texts); i++)
                r = sd_bus_message_append_basic(reply, 's',
                                                json_array_get_string_element(texts, i));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_cells(sd_bus_message *reply, JsonArray *cells)
{
        int r = sd_bus_message_open_container(reply, 'a', "v");

        for (guint i = 0; r >= 0 && cells && i < json_array_get_length(cells); i++) {
                JsonNode *cell = json_array_get_element(cells, i);
                r = JSON_NODE_HOLDS_NULL(cell) ? bus_append_variant(reply, 'g', "")
                                               : append_value(reply, cell);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_table(sd_bus_message *reply, JsonArray *rows)
{
        int r = sd_bus_message_open_container(reply, 'a', "av");

        for (guint i = 0; r >= 0 && rows && i < json_array_get_length(rows); i++)
                r = append_cells(reply, json_array_get_array_element(rows, i));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_number(sd_bus_message *reply, int64_t value)
{
        uint64_t number = value > 0 ? (uint64_t)value : 0;

        return sd_bus_message_append_basic(reply, 't', &number);
}

static int append_file(sd_bus_message *reply, int fd)
{
        return sd_bus_message_append_basic(reply, 'h', &fd);
}

int bus_append_part(sd_bus_message *reply, const BusAnswer *part, JsonObject *answer)
{
        g_autofree char *text = NULL;

        switch (part->kind) {
        case ANSWER_TEXT:
                return sd_bus_message_append_basic(reply, 's',
                                                   json_member_string(answer, part->member, ""));
        case ANSWER_NUMBER:
                return append_number(reply, json_member_int(answer, part->member, 0));
        case ANSWER_TEXTS:
                return append_texts(reply, json_member_array(answer, part->member));
        case ANSWER_ROWS:
                return append_rows(reply, json_member_array(answer, part->member));
        case ANSWER_TABLE:
                return append_table(reply, json_member_array(answer, part->member));
        case ANSWER_DICT:
                return bus_append_dict(
                        reply, part->member ? json_member_object(answer, part->member) : answer);
        case ANSWER_JSON:
                text = json_print_object(answer);
                return sd_bus_message_append_basic(reply, 's', text);
        case ANSWER_FILE:
                return append_file(reply, (int)json_member_int(answer, part->member, -1));
        case ANSWER_END:
                break;
        }
        g_assert_not_reached();
}

int bus_append_answer(sd_bus_message *reply, const BusMethod *method, JsonObject *answer)
{
        for (const BusAnswer *part = method->answers; part->kind != ANSWER_END; part++) {
                int r = bus_append_part(reply, part, answer);
                if (r < 0)
                        return r;
        }
        return 0;
}
