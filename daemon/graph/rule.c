/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a rule says: from JSON, to JSON, and whether its predicates fit. */
#include "graph/rule.h"

#include <string.h>

#include "graph/predicate.h"

static const char *const kinds[RULE_KIND_COUNT] = {"closure", "inverse", "aggregate"};
static const char *const functions[RULE_FUNCTION_COUNT] = {"sum", "count", "min",
                                                           "max", "avg",   "latest"};
static const char *const windows[RULE_WINDOW_COUNT] = {"all",     "day",  "week",   "month",
                                                       "quarter", "year", "rolling"};

static bool find_word(const char *const *words, unsigned count, const char *text, unsigned *ret)
{
        for (unsigned i = 0; i < count; i++)
                if (g_strcmp0(words[i], text) == 0) {
                        *ret = i;
                        return true;
                }
        return false;
}

const char *rule_kind_to_string(RuleKind kind)
{
        g_assert(kind < RULE_KIND_COUNT);
        return kinds[kind];
}

bool rule_kind_from_string(const char *text, RuleKind *ret)
{
        unsigned found;

        if (!find_word(kinds, RULE_KIND_COUNT, text, &found))
                return false;
        *ret = found;
        return true;
}

Rule *rule_free(Rule *rule)
{
        if (!rule)
                return NULL;
        g_free(rule->id);
        g_free(rule->name);
        g_free(rule->description);
        g_free(rule->state);
        g_free(rule->agent);
        g_strfreev(rule->predicates);
        g_free(rule->predicate);
        g_free(rule->time);
        g_strfreev(rule->group_by);
        g_free(rule);
        return NULL;
}

/* ---- from JSON ---- */

static bool invalid(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool invalid(GError **error, const char *format, ...)
{
        g_autofree char *text = NULL;
        va_list args;

        va_start(args, format);
        text = g_strdup_vprintf(format, args);
        va_end(args);
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, text);
        return false;
}

/* The strings of an array; an empty list if it is absent. */
static char **read_strings(JsonObject *object, const char *name)
{
        JsonArray *array = json_member_array(object, name);
        g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);

        for (unsigned i = 0; array && i < json_array_get_length(array); i++) {
                JsonNode *node = json_array_get_element(array, i);

                g_ptr_array_add(strings, JSON_NODE_HOLDS_VALUE(node) ? json_node_dup_string(node)
                                                                     : g_strdup(""));
                if (!strings->pdata[i])
                        strings->pdata[i] = g_strdup("");
        }
        g_ptr_array_add(strings, NULL);
        return (char **)g_ptr_array_free(g_steal_pointer(&strings), FALSE);
}

static bool check_count(char **list, const char *what, unsigned max, const char *limit,
                        GError **error)
{
        if (g_strv_length(list) <= max)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT, "more than %u %s (%s)", max,
                    what, limit);
        return false;
}

static bool read_predicates(Rule *rule, JsonObject *spec, GError **error)
{
        rule->predicates = read_strings(spec, "predicates");
        if (!*rule->predicates)
                return invalid(error, "predicates must name what the rule reads");
        if (!check_count(rule->predicates, "predicates", RULE_PREDICATES_MAX, "RULE_PREDICATES_MAX",
                         error))
                return false;
        for (char **at = rule->predicates; *at; at++) {
                if (!predicate_check_name("predicates", *at, error))
                        return false;
                if (g_strv_contains((const char *const *)at + 1, *at))
                        return invalid(error, "predicates has %s twice", *at);
        }
        return predicate_check_name("predicate", rule->predicate, error);
}

static bool read_depth(Rule *rule, JsonObject *spec, GError **error)
{
        int64_t depth = json_member_int(spec, "max_depth", 0);

        rule->bounded = depth != 0;
        rule->max_depth = rule->bounded ? (unsigned)CLAMP(depth, 0, UINT_MAX) : RULE_DEPTH_MAX;
        if (depth >= 0 && rule->max_depth <= RULE_DEPTH_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "max_depth must be between 1 and %d (RULE_DEPTH_MAX)", RULE_DEPTH_MAX);
        return false;
}

static bool read_window(Rule *rule, JsonObject *spec, GError **error)
{
        JsonObject *rolling = json_member_object(spec, "window");
        int64_t days = rolling ? json_member_int(rolling, "days", 0) : 0;
        unsigned found = RULE_ALL;

        if (rolling) {
                if (days < 1 || days > RULE_DAYS_MAX) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                    "window.days must be between 1 and %d (RULE_DAYS_MAX)",
                                    RULE_DAYS_MAX);
                        return false;
                }
                rule->window = RULE_ROLLING;
                rule->days = (unsigned)days;
                return true;
        }
        if (!find_word(windows, RULE_ROLLING, json_member_string(spec, "window", "all"), &found))
                return invalid(error, "window must be all, day, week, month, quarter, year or"
                                      " {\"days\": n}");
        rule->window = found;
        return true;
}

/* Qualifiers that a rule makes itself. */
static bool is_own_qualifier(const char *name)
{
        return strcmp(name, "from") == 0 || strcmp(name, "to") == 0;
}

static bool read_groups(Rule *rule, JsonObject *spec, GError **error)
{
        rule->group_by = read_strings(spec, "group_by");
        if (!check_count(rule->group_by, "qualifiers in group_by", RULE_GROUPS_MAX,
                         "RULE_GROUPS_MAX", error))
                return false;
        for (char **at = rule->group_by; *at; at++) {
                if (!text_check("group_by", *at, PREDICATE_NAME_CHARS_MAX,
                                "PREDICATE_NAME_CHARS_MAX", error))
                        return false;
                if (is_own_qualifier(*at))
                        return invalid(error, "group_by cannot have %s: windows are said by it",
                                       *at);
                if (g_strv_contains((const char *const *)at + 1, *at))
                        return invalid(error, "group_by has %s twice", *at);
        }
        return true;
}

static bool read_aggregate(Rule *rule, JsonObject *spec, GError **error)
{
        const char *time = json_member_string(spec, "time", "observed_at");
        unsigned found;

        if (!find_word(functions, RULE_FUNCTION_COUNT, json_member_string(spec, "function", NULL),
                       &found))
                return invalid(error, "function must be sum, count, min, max, avg or latest");
        rule->function = found;
        if (!text_check("time", time, PREDICATE_NAME_CHARS_MAX, "PREDICATE_NAME_CHARS_MAX", error))
                return false;
        if (strcmp(time, "observed_at") != 0)
                rule->time = g_strdup(time);
        rule->cumulative = json_member_bool(spec, "cumulative", false);
        if (!read_window(rule, spec, error) || !read_groups(rule, spec, error))
                return false;
        if (!rule->cumulative)
                return true;
        if (rule->window == RULE_ALL || rule->window == RULE_ROLLING)
                return invalid(error, "cumulative needs a window of day, week, month, quarter or"
                                      " year, at whose ends it is worked out");
        if (rule->function == RULE_AVG || rule->function == RULE_LATEST)
                return invalid(error, "cumulative goes with sum, count, min and max");
        return true;
}

static bool read_spec(Rule *rule, JsonObject *spec, GError **error)
{
        if (!read_predicates(rule, spec, error))
                return false;
        if (rule->kind == RULE_CLOSURE)
                return read_depth(rule, spec, error);
        if (rule->kind == RULE_AGGREGATE)
                return read_aggregate(rule, spec, error);
        return true;
}

Rule *rule_from_json(JsonObject *args, GError **error)
{
        g_autoptr(Rule) rule = g_new0(Rule, 1);
        JsonObject *spec = json_member_object(args, "spec") ?: args;

        rule->name = g_strdup(json_member_string(args, "name", ""));
        rule->description = g_strdup(json_member_string(args, "description", ""));
        rule->predicate = g_strdup(json_member_string(args, "predicate", ""));
        if (!predicate_check_name("name", rule->name, error) ||
            !text_check("description", rule->description, RULE_DESCRIPTION_CHARS_MAX,
                        "RULE_DESCRIPTION_CHARS_MAX", error))
                return NULL;
        if (!rule_kind_from_string(json_member_string(args, "kind", NULL), &rule->kind)) {
                (void)invalid(error, "kind must be closure, inverse or aggregate");
                return NULL;
        }
        if (!read_spec(rule, spec, error))
                return NULL;
        rule->agent = g_strconcat(RULE_AGENT_PREFIX, rule->name, NULL);
        return g_steal_pointer(&rule);
}

/* ---- to JSON ---- */

static void set_strings(JsonObject *object, const char *name, char **strings)
{
        JsonArray *array = json_array_new();

        for (; *strings; strings++)
                json_array_add_string_element(array, *strings);
        json_object_set_array_member(object, name, array);
}

static void set_window(JsonObject *spec, const Rule *rule)
{
        JsonObject *rolling;

        if (rule->window != RULE_ROLLING) {
                json_object_set_string_member(spec, "window", windows[rule->window]);
                return;
        }
        rolling = json_object_new();
        json_object_set_int_member(rolling, "days", rule->days);
        json_object_set_object_member(spec, "window", rolling);
}

char *rule_spec(const Rule *rule)
{
        g_autoptr(JsonObject) spec = json_object_new();

        set_strings(spec, "predicates", rule->predicates);
        if (rule->kind == RULE_CLOSURE && rule->bounded)
                json_object_set_int_member(spec, "max_depth", rule->max_depth);
        if (rule->kind == RULE_AGGREGATE) {
                json_object_set_string_member(spec, "function", functions[rule->function]);
                set_window(spec, rule);
                json_object_set_string_member(spec, "time", rule->time ?: "observed_at");
                set_strings(spec, "group_by", rule->group_by);
                json_object_set_boolean_member(spec, "cumulative", rule->cumulative);
        }
        return json_print_object(spec);
}

/* ---- predicates ---- */

static Predicate *need_predicate(Db *db, const char *name, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(Predicate) predicate = predicate_find(db, name, &problem);

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        if (!predicate) {
                (void)predicate_use(db, name, error); /* says which are near */
                return NULL;
        }
        if (strcmp(predicate->state, "retired") == 0) {
                (void)invalid(error, "predicate %s is retired", name);
                return NULL;
        }
        return g_steal_pointer(&predicate);
}

static bool is_link(ObjectKind kind)
{
        return kind == OBJECT_ENTITY || kind == OBJECT_DOCUMENT;
}

/* Does what the rule reads fit the others it reads? */
static bool check_source(const Rule *rule, unsigned i, GError **error)
{
        const char *name = rule->predicates[i];
        ObjectKind kind = rule->kinds[i];

        switch (rule->kind) {
        case RULE_CLOSURE:
                if (!is_link(kind) && kind != OBJECT_TEXT)
                        return invalid(error,
                                       "a closure follows entities, documents and texts;"
                                       " the object of %s is %s",
                                       name, object_kind_to_string(kind));
                return true;
        case RULE_INVERSE:
                if (!is_link(kind))
                        return invalid(error,
                                       "an inverse needs entities or documents; the object"
                                       " of %s is %s",
                                       name, object_kind_to_string(kind));
                return true;
        case RULE_AGGREGATE:
                if (kind != OBJECT_NUMBER && kind != OBJECT_DATE)
                        return invalid(error,
                                       "an aggregate needs numbers or dates; the object of"
                                       " %s is %s",
                                       name, object_kind_to_string(kind));
                if (kind != rule->kinds[0])
                        return invalid(error, "%s and %s differ in the kind of their objects",
                                       rule->predicates[0], name);
                return true;
        case RULE_KIND_COUNT:
                break;
        }
        g_assert_not_reached();
}

static ObjectKind aggregate_kind(const Rule *rule)
{
        bool number = rule->function == RULE_COUNT || rule->kinds[0] == OBJECT_NUMBER;

        return number ? OBJECT_NUMBER : OBJECT_DATE;
}

static bool check_kind(const Rule *rule, GError **error)
{
        bool text = false;

        for (unsigned i = 0; rule->predicates[i]; i++)
                text = text || rule->kinds[i] == OBJECT_TEXT;
        if (rule->kind != RULE_AGGREGATE) {
                /* of texts only those that are ids lead to an entity or document */
                if (is_link(rule->object_kind) || (text && rule->object_kind == OBJECT_TEXT))
                        return true;
                return invalid(error, "the object of %s must be %s, not %s", rule->predicate,
                               text ? "entity, document or text" : "entity or document",
                               object_kind_to_string(rule->object_kind));
        }
        if (rule->kinds[0] == OBJECT_DATE &&
            (rule->function == RULE_SUM || rule->function == RULE_AVG))
                return invalid(error, "dates have no %s", functions[rule->function]);
        if (rule->object_kind == aggregate_kind(rule))
                return true;
        return invalid(error, "the object of %s must be %s, not %s", rule->predicate,
                       object_kind_to_string(aggregate_kind(rule)),
                       object_kind_to_string(rule->object_kind));
}

static bool check_cardinality(const Rule *rule, bool one, GError **error)
{
        bool single = rule->kind == RULE_AGGREGATE && rule->window == RULE_ALL && !*rule->group_by;

        return !one || single ||
               invalid(error,
                       "the cardinality of %s must be many: the rule infers several for an entity",
                       rule->predicate);
}

bool rule_resolve(Db *db, Rule *rule, GError **error)
{
        g_autoptr(Predicate) inferred = NULL;
        bool active;

        for (unsigned i = 0; rule->predicates[i]; i++) {
                g_autoptr(Predicate) source = need_predicate(db, rule->predicates[i], error);

                if (!source)
                        return false;
                rule->kinds[i] = source->kind;
                if (!check_source(rule, i, error))
                        return false;
        }
        inferred = need_predicate(db, rule->predicate, error);
        if (!inferred)
                return false;
        rule->object_kind = inferred->kind;
        active = strcmp(inferred->state, "active") == 0;
        rule->usable = active && g_strcmp0(rule->state, "active") == 0;
        return check_kind(rule, error) && check_cardinality(rule, inferred->one, error);
}
