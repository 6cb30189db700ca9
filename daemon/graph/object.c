/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canonical forms of objects, so that equal values are equal texts: 1.50 is "1.5", TRUE is "true". */
#include "graph/object.h"

#include <math.h>
#include <string.h>

static const char *const object_kinds[OBJECT_KIND_COUNT] = {
        [OBJECT_TEXT] = "text", [OBJECT_NUMBER] = "number", [OBJECT_DATE] = "date",
        [OBJECT_BOOL] = "bool", [OBJECT_ENTITY] = "entity", [OBJECT_DOCUMENT] = "document",
        [OBJECT_JSON] = "json",
};

const char *object_kind_to_string(ObjectKind kind)
{
        g_assert(kind < OBJECT_KIND_COUNT);
        return object_kinds[kind];
}

bool object_kind_from_string(const char *text, ObjectKind *ret)
{
        for (unsigned kind = 0; kind < OBJECT_KIND_COUNT; kind++)
                if (g_strcmp0(text, object_kinds[kind]) == 0) {
                        *ret = kind;
                        return true;
                }
        return false;
}

void object_clear(Object *object)
{
        g_clear_pointer(&object->text, g_free);
}

static size_t skip_digits(const char *text, size_t at)
{
        while (g_ascii_isdigit(text[at]))
                at++;
        return at;
}

/* A number as JSON writes it, but leading zeros and a leading + are forgiven. */
static bool is_number(const char *text, bool *ret_integer)
{
        size_t sign = text[0] == '-' || text[0] == '+';
        size_t at = skip_digits(text, sign), begin;
        bool digits = at > sign;

        *ret_integer = text[at] == '\0';
        if (text[at] == '.') {
                begin = at + 1;
                at = skip_digits(text, begin);
                digits = digits && at > begin;
        }
        if (digits && (text[at] == 'e' || text[at] == 'E')) {
                begin = at + 1 + (text[at + 1] == '-' || text[at + 1] == '+');
                at = skip_digits(text, begin);
                digits = at > begin;
        }
        return digits && text[at] == '\0';
}

/* Integers keep all their digits however many; others get the shortest text that reads back the same. */
static char *number_text(const char *text, bool integer, double number)
{
        char buffer[G_ASCII_DTOSTR_BUF_SIZE];

        if (integer) {
                bool negative = text[0] == '-';
                text += text[0] == '-' || text[0] == '+';
                while (text[0] == '0' && text[1])
                        text++;
                return g_strconcat(negative && strcmp(text, "0") != 0 ? "-" : "", text, NULL);
        }
        if (number == floor(number) && fabs(number) < 9007199254740992.0)
                return g_strdup_printf("%" G_GINT64_FORMAT, (gint64)number);
        for (int digits = 15; digits <= 17; digits++) {
                g_autofree char *format = g_strdup_printf("%%.%dg", digits);
                g_ascii_formatd(buffer, sizeof buffer, format, number);
                if (g_ascii_strtod(buffer, NULL) == number)
                        break;
        }
        return g_strdup(buffer);
}

static bool parse_number(const char *text, Object *ret, GError **error)
{
        g_autofree char *trimmed = g_strstrip(g_strdup(text));
        bool integer = false;

        ret->number = is_number(trimmed, &integer) ? g_ascii_strtod(trimmed, NULL) : NAN;
        if (!isfinite(ret->number)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "object is no number: write digits such as 42 or -1.5e3");
                return false;
        }
        ret->text = number_text(trimmed, integer, ret->number);
        return true;
}

static bool parse_date(const char *text, Object *ret, GError **error)
{
        g_autofree char *trimmed = g_strstrip(g_strdup(text));
        g_autofree char *iso = NULL;
        int64_t time_us;

        if (!clock_from_iso(trimmed, &time_us, NULL)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "object is no date: write it as 2026-04-12 or 2026-04-12T18:22:14Z");
                return false;
        }
        iso = clock_to_iso(time_us);
        if (strlen(trimmed) == strlen("2026-04-12")) /* a day stays a day */
                iso[strlen("2026-04-12")] = '\0';
        ret->number = (double)time_us;
        ret->text = g_steal_pointer(&iso);
        return true;
}

static bool parse_bool(const char *text, Object *ret, GError **error)
{
        if (g_ascii_strcasecmp(text, "true") == 0)
                ret->text = g_strdup("true");
        else if (g_ascii_strcasecmp(text, "false") == 0)
                ret->text = g_strdup("false");
        else {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "object is neither true nor false");
                return false;
        }
        return true;
}

static bool parse_json(const char *text, Object *ret, GError **error)
{
        g_autoptr(JsonNode) node = json_parse_text(text, -1, error);

        if (!node) {
                g_prefix_error(error, "object is no JSON: ");
                return false;
        }
        ret->text = json_print_node(node);
        return true;
}

bool object_parse(ObjectKind kind, const char *text, Object *ret, GError **error)
{
        Object object = {.number = NAN};
        bool ok = true;

        if (!text_check("object", text, GRAPH_OBJECT_CHARS_MAX, "GRAPH_OBJECT_CHARS_MAX", error))
                return false;
        switch (kind) {
        case OBJECT_NUMBER:
                ok = parse_number(text, &object, error);
                break;
        case OBJECT_DATE:
                ok = parse_date(text, &object, error);
                break;
        case OBJECT_BOOL:
                ok = parse_bool(text, &object, error);
                break;
        case OBJECT_JSON:
                ok = parse_json(text, &object, error);
                break;
        case OBJECT_TEXT:
        case OBJECT_ENTITY:
        case OBJECT_DOCUMENT:
                object.text = g_strdup(text);
                break;
        case OBJECT_KIND_COUNT:
                g_assert_not_reached();
        }
        if (ok)
                *ret = object;
        return ok;
}
