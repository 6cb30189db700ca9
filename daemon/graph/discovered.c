/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the queue. Which row a name means is asked for each claim about an undeclared name, so it is one
 * lookup by the index of name and type. */
#include "graph/discovered.h"

#include <string.h>

#define DISCOVERED_COLUMNS "d.id, d.name, d.name_key, d.type, d.state, d.entity_id, d.aliases"

Discovered *discovered_free(Discovered *discovered)
{
        if (!discovered)
                return NULL;
        g_free(discovered->id);
        g_free(discovered->name);
        g_free(discovered->key);
        g_free(discovered->type);
        g_free(discovered->state);
        g_free(discovered->entity_id);
        g_free(discovered->aliases);
        g_free(discovered);
        return NULL;
}

static Discovered *discovered_from_row(Statement *row)
{
        Discovered *discovered = g_new0(Discovered, 1);

        discovered->id = g_strdup(statement_text(row, 0));
        discovered->name = g_strdup(statement_text(row, 1));
        discovered->key = g_strdup(statement_text(row, 2));
        discovered->type = g_strdup(statement_text(row, 3));
        discovered->state = g_strdup(statement_text(row, 4));
        discovered->entity_id = g_strdup(statement_text(row, 5));
        discovered->aliases = g_strdup(statement_text(row, 6));
        return discovered;
}

bool discovered_is(const Discovered *discovered, const char *state)
{
        return strcmp(discovered->state, state) == 0;
}

Discovered *discovered_get(Db *db, const char *id, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "SELECT " DISCOVERED_COLUMNS
                             " FROM discovered d WHERE d.id = :id AND d.is_active = 1",
                             error);
        StepResult step;

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no discovered entity %s", id);
        return step == STEP_ROW ? discovered_from_row(statement) : NULL;
}

/* ---- which entry a name means ---- */

/* All entries of the name; the one without a type comes first. */
static GPtrArray *read_named(Db *db, const char *key, GError **error)
{
        g_autoptr(GPtrArray) entries =
                g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))discovered_free);
        StepResult step;
        Statement *statement =
                db_statement(db,
                             "SELECT " DISCOVERED_COLUMNS " FROM discovered d"
                             " WHERE d.name_key = :key AND d.is_active = 1 ORDER BY d.type",
                             error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":key", key);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(entries, discovered_from_row(statement));
        return step == STEP_DONE ? g_steal_pointer(&entries) : NULL;
}

static int find_typed(GPtrArray *entries, const char *type)
{
        for (unsigned i = 0; i < entries->len; i++)
                if (strcmp(((Discovered *)entries->pdata[i])->type, type) == 0)
                        return (int)i;
        return -1;
}

/* Without a type: its own entry, else the only one that lives, else any that was dismissed. Several that live
 * are a doubt, and a name in doubt waits for itself. */
static int find_untyped(GPtrArray *entries)
{
        int own = find_typed(entries, ""), found = -1;
        unsigned live = 0;

        if (own >= 0)
                return own;
        for (unsigned i = 0; i < entries->len; i++) {
                bool dismissed = discovered_is(entries->pdata[i], "dismissed");

                if (!dismissed)
                        live++;
                if (!dismissed || found < 0)
                        found = (int)i;
        }
        return live > 1 ? -1 : found;
}

Discovered *discovered_find(Db *db, const EntityRef *ref, GError **error)
{
        g_autofree char *key = text_key(ref->name);
        g_autoptr(GPtrArray) entries = read_named(db, key, error);
        int found;

        if (!entries || entries->len == 0)
                return NULL;
        if (!ref->type) {
                found = find_untyped(entries);
        } else {
                found = find_typed(entries, ref->type);
                if (found < 0 && find_typed(entries, "") == 0 &&
                    discovered_is(entries->pdata[0], "dismissed"))
                        found = 0;
        }
        return found < 0 ? NULL : g_ptr_array_steal_index(entries, (unsigned)found);
}

Discovered *discovered_declared(Db *db, const EntityRef *ref, GError **error)
{
        const EntityRef untyped = {.name = ref->name};
        g_autoptr(GError) problem = NULL;
        g_autoptr(Discovered) entry = discovered_find(db, ref, &problem);

        if (!entry && !problem && ref->type) {
                entry = discovered_find(db, &untyped, &problem);
                if (entry && (*entry->type || !discovered_is(entry, "waiting")))
                        g_clear_pointer(&entry, discovered_free);
        }
        if (!problem)
                return g_steal_pointer(&entry);
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
}

void discovered_set_dismissed(const Discovered *discovered, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "dismissed: the human does not want %s%s%s among the entities (%s)",
                    discovered->name, *discovered->type ? " of type " : "", discovered->type,
                    discovered->id);
}

/* ---- changing ---- */

static bool check_room(Db *db, GError **error)
{
        Statement *statement = db_statement(
                db,
                "SELECT count(*) FROM (SELECT 1 FROM discovered WHERE state = 'waiting'"
                " AND is_active = 1 LIMIT :max)",
                error);

        if (!statement)
                return false;
        statement_bind_int(statement, ":max", DISCOVERED_WAITING_MAX);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        if (statement_int(statement, 0) < DISCOVERED_WAITING_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "%d discovered entities wait for the human already (DISCOVERED_WAITING_MAX)",
                    DISCOVERED_WAITING_MAX);
        return false;
}

static bool insert(Db *db, const char *id, const EntityRef *ref, const Finding *finding,
                   GError **error)
{
        g_autofree char *key = text_key(ref->name);
        Statement *statement = db_statement(
                db,
                "INSERT INTO discovered (id, name, name_key, type, aliases, state, agent,"
                " document_id, reason, first_seen) VALUES (:id, :name, :key, :type, :aliases,"
                " 'waiting', :agent, :document, :reason, :now)",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        statement_bind_text(statement, ":name", ref->name);
        statement_bind_text(statement, ":key", key);
        statement_bind_text(statement, ":type", ref->type ?: "");
        statement_bind_text(statement, ":aliases", finding->aliases);
        statement_bind_text(statement, ":agent", finding->observer);
        statement_bind_text(statement, ":document", finding->document_id);
        statement_bind_text(statement, ":reason", finding->reason);
        statement_bind_int(statement, ":now", clock_now());
        return statement_run(statement, error);
}

char *discovered_add(Db *db, const EntityRef *ref, const Finding *finding, GError **error)
{
        g_autofree char *id = id_new("disc");

        if (!check_room(db, error) || !insert(db, id, ref, finding, error))
                return NULL;
        return g_steal_pointer(&id);
}

bool discovered_set(Db *db, const Discovered *discovered, const char *state, const char *entity_id,
                    GError **error)
{
        Statement *statement =
                db_statement(db,
                             "UPDATE discovered SET state = :state, entity_id = :entity"
                             " WHERE id = :id",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":state", state);
        statement_bind_text(statement, ":entity", entity_id);
        statement_bind_text(statement, ":id", discovered->id);
        return statement_run(statement, error);
}

/* ---- what stands as long as a claim waits ---- */

/* A waiting end of a claim. */
typedef struct End {
        char *id, *name, *type, *agent, *document_id;
} End;

static void end_clear(End *end)
{
        g_free(end->id);
        g_free(end->name);
        g_free(end->type);
        g_free(end->agent);
        g_free(end->document_id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(End, end_clear)

/* The end of the first claim that waits for an entry which is not there; ret->id is NULL if none does. */
static bool find_orphan(Db *db, const char *sql, const char *id, End *ret, GError **error)
{
        Statement *statement = db_statement(db, sql, error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        if (step == STEP_ROW)
                *ret = (End){g_strdup(statement_text(statement, 0)),
                             g_strdup(statement_text(statement, 1)),
                             g_strdup(statement_text(statement, 2)),
                             g_strdup(statement_text(statement, 3)),
                             g_strdup(statement_text(statement, 4))};
        return step != STEP_ERROR;
}

#define GONE(end)                                                                                  \
        " AND c.is_active = 1 AND c.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM discovered d"  \
        " WHERE d.id = c." end " AND d.is_active = 1) ORDER BY c.id LIMIT 1"
#define ORPHAN_SUBJECT                                                                             \
        "SELECT c.subject_id, c.subject_name, c.subject_type, c.agent, c.document_id"              \
        " FROM held_claims c WHERE "
#define ORPHAN_OBJECT                                                                              \
        "SELECT c.object_id, c.object, c.object_type, c.agent, c.document_id"                      \
        " FROM held_claims c WHERE "

static bool run_ids(Db *db, const char *sql, const char *id, const char *to, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        if (to)
                statement_bind_text(statement, ":to", to);
        return statement_run(statement, error);
}

/* Claims that waited for one entry wait for another of the same name, and end as it did. */
static bool move_claims(Db *db, const char *id, const Discovered *to, GError **error)
{
        if (discovered_is(to, "dismissed") &&
            !run_ids(db,
                     "UPDATE held_claims SET state = 'dismissed' WHERE is_active = 1"
                     " AND state = 'waiting' AND (subject_id = :id OR object_id = :id)",
                     id, /* to= */ NULL, error))
                return false;
        return run_ids(db, "UPDATE held_claims SET subject_id = :to WHERE subject_id = :id", id,
                       to->id, error) &&
               run_ids(db, "UPDATE held_claims SET object_id = :to WHERE object_id = :id", id,
                       to->id, error);
}

static Discovered *find_exact(Db *db, const End *end, GError **error)
{
        g_autofree char *key = text_key(end->name);
        g_autoptr(GPtrArray) entries = read_named(db, key, error);
        int found = entries ? find_typed(entries, end->type) : -1;

        return found < 0 ? NULL : g_ptr_array_steal_index(entries, (unsigned)found);
}

/* Brings back the entry of an end: another of its name, the row as it was, or one made of the claim. */
static bool bring_back(Db *db, const End *end, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(Discovered) other = find_exact(db, end, &problem);
        EntityRef ref = {.name = end->name, .type = *end->type ? end->type : NULL};
        Finding finding = {.observer = end->agent, .document_id = end->document_id};

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (other)
                return move_claims(db, end->id, other, error);
        if (!run_ids(db, "UPDATE discovered SET is_active = 1 WHERE id = :id", end->id,
                     /* to= */ NULL, error))
                return false;
        return db_changes(db) > 0 || insert(db, end->id, &ref, &finding, error);
}

static bool mend(Db *db, const char *const sqls[2], const char *id, GError **error)
{
        for (unsigned i = 0; i < 2; i++) {
                g_auto(End) end = {0};

                if (!find_orphan(db, sqls[i], id, &end, error) ||
                    (end.id && !bring_back(db, &end, error)))
                        return false;
        }
        return true;
}

#define DISMISSED(end)                                                                             \
        "EXISTS (SELECT 1 FROM discovered d WHERE d.id = held_claims." end                         \
        " AND d.state = 'dismissed' AND d.is_active = 1)"
#define DISMISS                                                                                    \
        "UPDATE held_claims SET state = 'dismissed' WHERE state = 'waiting' AND is_active = 1"     \
        " AND (" DISMISSED("subject_id") " OR " DISMISSED("object_id") ") AND "
#define LET_WAIT                                                                                   \
        "UPDATE held_claims SET state = 'waiting' WHERE state = 'dismissed' AND is_active = 1"     \
        " AND NOT " DISMISSED("subject_id") " AND NOT " DISMISSED("object_id") " AND "
#define OF_ENTRY "(subject_id = :id OR object_id = :id)"

static bool derive_entry(Db *db, const char *id, GError **error)
{
        static const char *const orphans[2] = {
                ORPHAN_SUBJECT "c.subject_id = :id" GONE("subject_id"),
                ORPHAN_OBJECT "c.object_id = :id" GONE("object_id"),
        };

        return mend(db, orphans, id, error) &&
               run_ids(db, DISMISS OF_ENTRY, id, /* to= */ NULL, error) &&
               run_ids(db, LET_WAIT OF_ENTRY, id, /* to= */ NULL, error);
}

/* Nearly always all is well with a claim, which one select tells. */
static StepResult is_amiss(Db *db, const char *id, GError **error)
{
        Statement *statement = db_statement(
                db,
                "SELECT 1 FROM held_claims c LEFT JOIN discovered s ON s.id = c.subject_id"
                " AND s.is_active = 1 LEFT JOIN discovered o ON o.id = c.object_id"
                " AND o.is_active = 1 WHERE c.id = :id AND c.is_active = 1 AND CASE c.state"
                " WHEN 'waiting' THEN (c.subject_id IS NOT NULL AND s.id IS NULL)"
                " OR (c.object_id IS NOT NULL AND o.id IS NULL)"
                " OR s.state IS 'dismissed' OR o.state IS 'dismissed'"
                " WHEN 'dismissed' THEN s.state IS NOT 'dismissed' AND o.state IS NOT 'dismissed'"
                " ELSE 0 END",
                error);

        if (!statement)
                return STEP_ERROR;
        statement_bind_text(statement, ":id", id);
        return statement_step(statement, error);
}

static bool derive_claim(Db *db, const char *id, GError **error)
{
        static const char *const orphans[2] = {
                ORPHAN_SUBJECT "c.id = :id AND c.subject_id IS NOT NULL" GONE("subject_id"),
                ORPHAN_OBJECT "c.id = :id AND c.object_id IS NOT NULL" GONE("object_id"),
        };
        StepResult amiss = is_amiss(db, id, error);

        if (amiss != STEP_ROW)
                return amiss == STEP_DONE;
        return mend(db, orphans, id, error) &&
               run_ids(db, DISMISS "id = :id", id, /* to= */ NULL, error) &&
               run_ids(db, LET_WAIT "id = :id", id, /* to= */ NULL, error);
}

/* A claim whose fact is gone was taken back with another decision than its own: it waits again, on what may be an
 * entity by now, for merge_discovered to record it. */
static bool derive_fact(Db *db, const char *id, GError **error)
{
        return run_ids(db,
                       "UPDATE held_claims SET state = 'waiting', fact_id = NULL"
                       " WHERE fact_id = :id AND state = 'recorded'",
                       id, /* to= */ NULL, error);
}

static bool derive_each(Db *db, const Change *changes, unsigned count,
                        bool (*derive)(Db *db, const char *id, GError **error), GError **error)
{
        for (unsigned i = 0; i < count; i++) {
                g_autoptr(JsonObject) key = json_parse_object(changes[i].row_id, -1, error);

                if (!key || !derive(db, json_member_string(key, "id", ""), error))
                        return false;
        }
        return true;
}

bool discovered_derive(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        return derive_each(db, changes, count, derive_entry, error);
}

bool discovered_derive_held(Db *db, const Change *changes, unsigned count, void *data,
                            GError **error)
{
        return derive_each(db, changes, count, derive_claim, error);
}

bool discovered_derive_facts(Db *db, const Change *changes, unsigned count, void *data,
                             GError **error)
{
        for (unsigned i = 0; i < count; i++)
                if (changes[i].op == CHANGE_DELETE &&
                    !derive_each(db, &changes[i], 1, derive_fact, error))
                        return false;
        return true;
}
