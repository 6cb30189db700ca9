/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Aggregates: one value of each entity, group and window of time. What several observers say alike, of one time and
 * with equal qualifiers, is counted once. Of min, max and latest the fact that decides is the source, of the
 * others all that were counted; cumulative ones follow from the one of the period before and what has come since.
 * Days begin at midnight UTC; from and to are the first and the last day of a window. Nothing depends on the clock. */
#include <math.h>
#include <string.h>

#include "graph/infer.h"

#define DAY_US (24LL * 3600 * G_USEC_PER_SEC)

/* One fact that counts. */
typedef struct Item {
        const Basis *basis;
        char *group;  /* members of the qualifiers by which it is grouped: "\"k\":\"v\"" */
        int64_t time; /* of the window */
        int32_t day;  /* since 1970 */
} Item;

static void item_free(gpointer data)
{
        Item *item = data;

        g_free(item->group);
        g_free(item);
}

typedef struct Days {
        int32_t from, to; /* since 1970, both in it */
} Days;

typedef struct Aggregate {
        const Rule *rule;
        WantList *list;
        GPtrArray *items;
} Aggregate;

/* ---- days ---- */

#define JULIAN_1970 719163 /* GDate's number of 1970-01-01 */

static void day_to_date(int32_t day, GDate *ret)
{
        g_date_clear(ret, 1);
        g_date_set_julian(ret, (guint32)(CLAMP(day, 1 - JULIAN_1970, 2932896) + JULIAN_1970));
}

static int32_t day_of(const GDate *date)
{
        return (int32_t)g_date_get_julian(date) - JULIAN_1970;
}

static int32_t first_of_month(const GDate *date, int month)
{
        GDate first;

        g_date_clear(&first, 1);
        g_date_set_dmy(&first, 1, (GDateMonth)month, g_date_get_year(date));
        return day_of(&first);
}

static int32_t last_of_month(const GDate *date, int month)
{
        return first_of_month(date, month) +
               g_date_get_days_in_month((GDateMonth)month, g_date_get_year(date)) - 1;
}

/* The window that a day falls into; of a rolling one, the window that ends with it. */
static Days days_of(const Rule *rule, int32_t day)
{
        GDate date;
        int month;

        day_to_date(day, &date);
        month = (int)g_date_get_month(&date);
        switch (rule->window) {
        case RULE_DAY:
                return (Days){day, day};
        case RULE_WEEK:
                day -= (int32_t)g_date_get_weekday(&date) - G_DATE_MONDAY;
                return (Days){day, day + 6};
        case RULE_MONTH:
                return (Days){first_of_month(&date, month), last_of_month(&date, month)};
        case RULE_QUARTER:
                month -= (month - 1) % 3;
                return (Days){first_of_month(&date, month), last_of_month(&date, month + 2)};
        case RULE_YEAR:
                return (Days){first_of_month(&date, 1), last_of_month(&date, 12)};
        case RULE_ROLLING:
                return (Days){day - (int32_t)rule->days + 1, day};
        case RULE_ALL:
        case RULE_WINDOW_COUNT:
                break;
        }
        return (Days){INT32_MIN, INT32_MAX};
}

static void append_day(GString *text, const char *name, int32_t day)
{
        GDate date;

        day_to_date(day, &date);
        g_string_append_printf(text, "%s\"%s\":\"%04u-%02u-%02u\"", text->len > 1 ? "," : "", name,
                               g_date_get_year(&date), g_date_get_month(&date),
                               g_date_get_day(&date));
}

/* {"group…", "from", "to"}: canonical, as equal windows have equal texts. NULL if there is nothing to say. */
static char *window_qualifiers(const Rule *rule, const char *group, const Days *days)
{
        g_autoptr(GString) text = g_string_new("{");
        g_autoptr(JsonObject) object = NULL;

        g_string_append(text, group);
        if (rule->window != RULE_ALL) {
                if (!rule->cumulative)
                        append_day(text, "from", days->from);
                append_day(text, "to", days->to);
        }
        if (text->len == 1)
                return NULL;
        g_string_append_c(text, '}');
        object = json_parse_object(text->str, (gssize)text->len, NULL);
        return object ? json_print_canonical(object) : NULL;
}

/* ---- items ---- */

static char *group_of(const Rule *rule, JsonObject *qualifiers)
{
        g_autoptr(GString) text = g_string_new(NULL);

        for (char **name = rule->group_by; *name; name++) {
                g_autoptr(JsonObject) one = json_object_new();
                g_autofree char *printed = NULL;
                JsonNode *value = qualifiers ? json_object_get_member(qualifiers, *name) : NULL;

                if (value)
                        json_object_set_member(one, *name, json_node_copy(value));
                else
                        json_object_set_null_member(one, *name);
                printed = json_print_object(one);
                printed[strlen(printed) - 1] = '\0';
                g_string_append_printf(text, "%s%s", text->len > 0 ? "," : "", printed + 1);
        }
        return g_string_free(g_steal_pointer(&text), FALSE);
}

/* When a fact counts; false if it does not say. */
static bool time_of(const Rule *rule, const Basis *basis, JsonObject *qualifiers, int64_t *ret)
{
        const char *text;

        *ret = basis->observed_at;
        if (!rule->time)
                return true;
        text = qualifiers ? json_member_string(qualifiers, rule->time, NULL) : NULL;
        return text && clock_from_iso(text, ret, NULL);
}

static void add_item(Aggregate *aggregate, const Basis *basis, GHashTable *seen)
{
        const Rule *rule = aggregate->rule;
        g_autoptr(JsonObject) qualifiers = NULL;
        g_autofree char *key = NULL;
        int64_t time;
        Item *item;

        if (basis->qualifiers && (rule->time || *rule->group_by))
                qualifiers = json_parse_object(basis->qualifiers, -1, NULL);
        if (isnan(basis->number) || !time_of(rule, basis, qualifiers, &time))
                return;
        key = g_strdup_printf("%s\n%s\n%" G_GINT64_FORMAT "\n%s", basis->predicate, basis->object,
                              time, basis->qualifiers ?: "");
        if (!g_hash_table_add(seen, g_steal_pointer(&key)))
                return;
        item = g_new0(Item, 1);
        item->basis = basis;
        item->group = group_of(rule, qualifiers);
        item->time = time;
        item->day = (int32_t)(time >= 0 ? time / DAY_US : -((-time + DAY_US - 1) / DAY_US));
        g_ptr_array_add(aggregate->items, item);
}

static int compare_items(gconstpointer left, gconstpointer right)
{
        const Item *a = *(Item *const *)left, *b = *(Item *const *)right;
        int order = strcmp(a->group, b->group);

        if (order)
                return order;
        if (a->time != b->time)
                return a->time < b->time ? -1 : 1;
        return strcmp(a->basis->id, b->basis->id);
}

/* ---- values ---- */

/* The text of a number that was worked out: 15 digits, so that 0.1 + 0.2 is 0.3. */
static bool set_number(Wanted *wanted, long double number)
{
        char buffer[G_ASCII_DTOSTR_BUF_SIZE];
        Object object;

        g_ascii_formatd(buffer, sizeof buffer, "%.15g", (double)number);
        if (!object_parse(OBJECT_NUMBER, buffer, &object, NULL))
                return false;
        g_free(wanted->object);
        wanted->object = object.text;
        wanted->number = object.number;
        return true;
}

/* Of min, max and latest: is b to be taken instead of a? */
static bool is_better(const Rule *rule, const Item *a, const Item *b)
{
        if (!a || rule->function == RULE_LATEST)
                return true; /* they come in order of time */
        return rule->function == RULE_MIN ? b->basis->number < a->basis->number
                                          : b->basis->number > a->basis->number;
}

static bool is_choice(const Rule *rule)
{
        return rule->function == RULE_MIN || rule->function == RULE_MAX ||
               rule->function == RULE_LATEST;
}

static void set_choice(Aggregate *aggregate, Wanted *wanted, const Item *choice)
{
        want_source(aggregate->list, wanted, choice->basis);
        wanted->object = g_strdup(choice->basis->object);
        wanted->number = choice->basis->number;
}

static void note_fresh(Aggregate *aggregate, Wanted *wanted, const Item *item)
{
        const GHashTable *fresh = aggregate->list->fresh;

        if (fresh && g_hash_table_contains((GHashTable *)fresh, item->basis->id))
                wanted->fresh = true;
}

/* Drops what was begun as the last of the list. */
static void drop_last(Aggregate *aggregate)
{
        g_ptr_array_set_size(aggregate->list->wanted, (int)aggregate->list->wanted->len - 1);
}

/* The sum or count of the items from first to before end, on top of what stood before (or NULL). */
static void want_total(Aggregate *aggregate, Wanted *wanted, unsigned first, unsigned end)
{
        const Rule *rule = aggregate->rule;
        unsigned count = end - first;
        long double total = wanted->follows ? (long double)wanted->number : 0;

        if (count + wanted->follows > RULE_SOURCES_MAX) {
                want_problem(aggregate->list,
                             "RULE_SOURCES_MAX (%d) was reached by what one aggregate is of",
                             RULE_SOURCES_MAX);
                drop_last(aggregate);
                return;
        }
        for (unsigned i = first; i < end; i++) {
                const Item *item = aggregate->items->pdata[i];

                want_source(aggregate->list, wanted, item->basis);
                total += rule->function == RULE_COUNT ? 1 : (long double)item->basis->number;
        }
        if (rule->function == RULE_AVG)
                total /= count;
        if (!set_number(wanted, total)) {
                want_problem(aggregate->list, "a total is too large to be a number");
                drop_last(aggregate);
        }
}

static void want_choice(Aggregate *aggregate, Wanted *wanted, unsigned first, unsigned end)
{
        const Item *choice = NULL;

        for (unsigned i = first; i < end; i++) {
                const Item *item = aggregate->items->pdata[i];

                note_fresh(aggregate, wanted, item);
                if (is_better(aggregate->rule, choice, item))
                        choice = item;
        }
        set_choice(aggregate, wanted, choice);
}

static Wanted *want_window(Aggregate *aggregate, unsigned first, unsigned end)
{
        const Item *item = aggregate->items->pdata[end - 1];
        Days days = days_of(aggregate->rule, item->day);
        unsigned before = aggregate->list->wanted->len;
        Wanted *wanted = want_add(aggregate->list, /* object= */ NULL,
                                  window_qualifiers(aggregate->rule, item->group, &days));

        if (is_choice(aggregate->rule))
                want_choice(aggregate, wanted, first, end);
        else
                want_total(aggregate, wanted, first, end);
        return aggregate->list->wanted->len > before ? wanted : NULL;
}

/* ---- cumulative ---- */

static void follow(Wanted *wanted, const Wanted *previous)
{
        if (!previous)
                return;
        wanted->follows = true;
        wanted->fresh = previous->fresh;
        wanted->number = previous->number;
        wanted->observed_at = previous->observed_at;
        wanted->confidence = previous->confidence;
}

/* Of min and max: what decided until now, or one of the period. */
static void want_running_choice(Aggregate *aggregate, Wanted *wanted, const Wanted *previous,
                                unsigned first, unsigned end)
{
        const Item *choice = NULL;
        bool better;

        for (unsigned i = first; i < end; i++) {
                const Item *item = aggregate->items->pdata[i];

                note_fresh(aggregate, wanted, item);
                if (is_better(aggregate->rule, choice, item))
                        choice = item;
        }
        better = !previous ||
                 (aggregate->rule->function == RULE_MIN ? choice->basis->number < previous->number
                                                        : choice->basis->number > previous->number);
        if (better) {
                wanted->follows = false;
                wanted->confidence = NAN;
                set_choice(aggregate, wanted, choice);
                return;
        }
        wanted->object = g_strdup(previous->object);
}

static Wanted *want_running(Aggregate *aggregate, const Wanted *previous, unsigned first,
                            unsigned end)
{
        const Item *item = aggregate->items->pdata[end - 1];
        Days days = days_of(aggregate->rule, item->day);
        unsigned before = aggregate->list->wanted->len;
        Wanted *wanted = want_add(aggregate->list, /* object= */ NULL,
                                  window_qualifiers(aggregate->rule, item->group, &days));

        follow(wanted, previous);
        if (is_choice(aggregate->rule))
                want_running_choice(aggregate, wanted, previous, first, end);
        else
                want_total(aggregate, wanted, first, end);
        return aggregate->list->wanted->len > before ? wanted : NULL;
}

/* ---- windows ---- */

/* The end of the items of one group from first on. */
static unsigned group_end(const Aggregate *aggregate, unsigned first)
{
        const Item *begin = aggregate->items->pdata[first];
        unsigned end = first + 1;

        while (end < aggregate->items->len &&
               strcmp(((Item *)aggregate->items->pdata[end])->group, begin->group) == 0)
                end++;
        return end;
}

static void want_periods(Aggregate *aggregate, unsigned first, unsigned end)
{
        const Wanted *previous = NULL;

        while (first < end) {
                Days days = days_of(aggregate->rule, ((Item *)aggregate->items->pdata[first])->day);
                unsigned next = first + 1;

                while (next < end && ((Item *)aggregate->items->pdata[next])->day <= days.to)
                        next++;
                if (!aggregate->rule->cumulative)
                        (void)want_window(aggregate, first, next);
                else {
                        previous = want_running(aggregate, previous, first, next);
                        if (!previous)
                                return; /* nothing can follow it */
                }
                first = next;
        }
}

static void want_rolling(Aggregate *aggregate, unsigned first, unsigned end)
{
        for (unsigned next = first + 1; next <= end; next++) {
                const Item *last = aggregate->items->pdata[next - 1];

                if (next < end && ((Item *)aggregate->items->pdata[next])->day == last->day)
                        continue; /* the window is that of the whole day */
                while (((Item *)aggregate->items->pdata[first])->day <=
                       last->day - (int32_t)aggregate->rule->days)
                        first++;
                (void)want_window(aggregate, first, next);
        }
}

static void want_groups(Aggregate *aggregate)
{
        unsigned first = 0;

        while (first < aggregate->items->len) {
                unsigned end = group_end(aggregate, first);

                if (aggregate->rule->window == RULE_ROLLING)
                        want_rolling(aggregate, first, end);
                else
                        want_periods(aggregate, first, end);
                first = end;
        }
}

/* Too many facts leave nothing: a total of some of them would be wrong. */
static bool gather(Db *db, Aggregate *aggregate, const char *subject, GPtrArray *facts,
                   GError **error)
{
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        for (unsigned i = 0; aggregate->rule->predicates[i]; i++) {
                GPtrArray *some = basis_of(db, aggregate->rule, subject, i,
                                           RULE_EDGES_MAX + 1 - facts->len, error);

                if (!some)
                        return false;
                g_ptr_array_extend_and_steal(facts, some);
        }
        if (facts->len > RULE_EDGES_MAX) {
                want_problem(aggregate->list, "RULE_EDGES_MAX (%d) was reached by one entity",
                             RULE_EDGES_MAX);
                return true;
        }
        for (unsigned i = 0; i < facts->len; i++)
                add_item(aggregate, facts->pdata[i], seen);
        return true;
}

static void free_basis(gpointer data)
{
        basis_free(data);
}

bool aggregate_want(Db *db, const Rule *rule, const char *subject, WantList *list, GError **error)
{
        g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(item_free);
        g_autoptr(GPtrArray) facts = g_ptr_array_new_with_free_func(free_basis);
        Aggregate aggregate = {rule, list, items};

        if (!gather(db, &aggregate, subject, facts, error))
                return false;
        g_ptr_array_sort(items, compare_items);
        want_groups(&aggregate);
        return true;
}
