/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The views of sql_query, over a scoped handle. Each column is an expression, evaluated only if it is asked for;
 * where an index of the vault can find its values, it says so. */
#include "graph/sql-views.h"

#include "graph/fact.h"

#define OF_ENTITY(column, id) "(SELECT o." column " FROM entities o WHERE o.id = " id ")"
/* The + takes its affinity from the id: an index on an expression, which has none, could not be used else. */
#define IS_NAMED "SELECT +o.id FROM entities o WHERE o.name_key = %k AND o.name = %v"

/* ---- entities ---- */

static const SandboxColumn entities[] = {
        {"id", SANDBOX_TEXT, "Id, ent-….", "e.id", 1},
        {"name", SANDBOX_TEXT, "Name.", "e.name", 1, "e.name_key = %k"},
        {"type", SANDBOX_TEXT, "Type: person, organization, document….", "e.type"},
        {"document_id", SANDBOX_TEXT, "Document that it stands for, if it is one.", "e.document_id",
         1},
        {"created_at", SANDBOX_TEXT, "When it was entered.", SQL_ISO("e.created_at")},
        {NULL},
};

#define SUBJECT_OF_ALIAS                                                                           \
        "coalesce((SELECT m.subject_id FROM merged_entities m WHERE m.id = a.entity_id), "         \
        "a.entity_id)"

static const SandboxColumn entity_aliases[] = {
        {"entity_id", SANDBOX_TEXT, "Entity that is also called so.", SUBJECT_OF_ALIAS, 5,
         "(a.entity_id = %v OR a.entity_id IN"
         " (SELECT m.id FROM merged_entities m WHERE m.subject_id = %v))"},
        {"alias", SANDBOX_TEXT, "What it is also called.", "a.alias", 2, "a.alias_key = %k"},
        {"given_to", SANDBOX_TEXT,
         "Entity that the alias was given to; another one if it was merged.", "a.entity_id", 5},
        {NULL},
};

/* ---- facts ---- */

#define KIND_OF_FACT "(SELECT p.object_kind FROM predicates p WHERE p.name = f.predicate)"
#define SUBJECT      FACT_SUBJECT(f)
#define OBJECT       FACT_OBJECT(f)

/* What facts and observations have in common. */
#define FACT_VIEW_COLUMNS                                                                          \
        {"id", SANDBOX_TEXT, "Id, fact-….", "f.id", 1},                                            \
                {"entity_id", SANDBOX_TEXT,                                                        \
                 "Entity that it is about (the one it was merged into).", SUBJECT, 20},            \
                {"entity_name",                                                                    \
                 SANDBOX_TEXT,                                                                     \
                 "Its name.",                                                                      \
                 OF_ENTITY("name", SUBJECT),                                                       \
                 20,                                                                               \
                 SUBJECT " IN (" IS_NAMED ")"},                                                    \
                {"entity_type", SANDBOX_TEXT, "Its type.", OF_ENTITY("type", SUBJECT)},            \
                {"predicate", SANDBOX_TEXT, "Predicate, a name of the view predicates.",           \
                 "f.predicate", 5000},                                                             \
                {"object", SANDBOX_TEXT,                                                           \
                 "Object as text: ISO date, true or false, number, id, or compact JSON.", OBJECT}, \
                {"object_kind", SANDBOX_TEXT,                                                      \
                 "What it is: text, number, date, bool, entity, document or json.", KIND_OF_FACT}, \
                {"object_name", SANDBOX_TEXT, "Name of an object that is an entity.",              \
                 "CASE " KIND_OF_FACT " WHEN 'entity' THEN " OF_ENTITY("name", OBJECT) " END"},    \
                {"object_number", SANDBOX_REAL,                                                    \
                 "Object as a number, for sums and ranges; of a date its microseconds.",           \
                 "f.object_number"},                                                               \
                {"qualifiers", SANDBOX_TEXT, "JSON object that narrows it.", "f.qualifiers"},      \
                {"trust_tier", SANDBOX_TEXT, "human, extracted or inferred.", "f.trust_tier"},     \
                {"confidence", SANDBOX_REAL, "0 to 1, if the observer said.", "f.confidence"},     \
                {"observer", SANDBOX_TEXT, "Who observed it: human, pipeline, conn-… or rule:….",  \
                 "f.agent"},                                                                       \
                {"observed_at", SANDBOX_TEXT, "When it was observed.", SQL_ISO("f.observed_at")},  \
                {"recorded_at", SANDBOX_TEXT, "When it was recorded.", SQL_ISO("f.recorded_at")},  \
                {"quote", SANDBOX_TEXT, "Words of the document that say it.", "f.quote"},          \
                {"quote_start", SANDBOX_INTEGER, "Character of its text where they begin.",        \
                 "f.quote_start"},                                                                 \
                {"quote_end", SANDBOX_INTEGER, "Character where they end.", "f.quote_end"},        \
                {"document_id", SANDBOX_TEXT, "Document that it was taken from.", "f.document_id", \
                 50},                                                                              \
                {"document_path", SANDBOX_TEXT, "Its path below its root.",                        \
                 "(SELECT d.path FROM documents d WHERE d.id = f.document_id)"},                   \
        {                                                                                          \
                "stale_source", SANDBOX_INTEGER,                                                   \
                        "1 if the document's newer text does not have the quote.",                 \
                        "f.stale_source"                                                           \
        }

static const SandboxColumn facts[] = {FACT_VIEW_COLUMNS, {NULL}};

static const SandboxColumn observations[] = {
        FACT_VIEW_COLUMNS,
        {"state", SANDBOX_TEXT,
         "current, superseded, or retired (no longer derived, or taken back).",
         "CASE WHEN f.is_active = 0 THEN 'retired' WHEN f.superseded_at IS NULL THEN 'current'"
         " ELSE 'superseded' END"},
        {"superseded_by", SANDBOX_TEXT, "Fact that took its place.", "f.superseded_by"},
        {"superseded_at", SANDBOX_TEXT, "When it did.", SQL_ISO("f.superseded_at")},
        {"said_of", SANDBOX_TEXT, "Entity that it was observed of, before any merge.",
         "f.entity_id"},
        {NULL},
};

static const SandboxColumn predicates[] = {
        {"name", SANDBOX_TEXT, "Name.", "p.name", 1},
        {"object_kind", SANDBOX_TEXT,
         "What its objects are: text, number, date, bool, entity, document or json.",
         "p.object_kind"},
        {"cardinality", SANDBOX_TEXT, "one or many objects at a time.", "p.cardinality"},
        {"description", SANDBOX_TEXT, "What it means.", "p.description"},
        {"state", SANDBOX_TEXT, "active, proposed or retired.", "p.state"},
        {NULL},
};

static const SandboxColumn contradictions[] = {
        {"entity_id", SANDBOX_TEXT, "Entity that observers disagree about.", "c.entity_id", 3},
        {"entity_name", SANDBOX_TEXT, "Its name.", OF_ENTITY("name", "c.entity_id"), 3,
         "c.entity_id IN (" IS_NAMED ")"},
        {"predicate", SANDBOX_TEXT, "Predicate that they disagree on.", "c.predicate"},
        {"kind", SANDBOX_TEXT,
         "disagreement: several objects are current where one can be; overridden: a higher tier said otherwise.",
         "c.kind"},
        {"resolution", SANDBOX_TEXT, "unresolved, resolved or acknowledged.", "c.resolution", 1000},
        {NULL},
};

static const SandboxColumn derivations[] = {
        {"fact_id", SANDBOX_TEXT, "Inferred fact.", "s.fact_id", 3},
        {"position", SANDBOX_INTEGER, "Place of the source among those of the fact.", "s.ordinal"},
        {"source_id", SANDBOX_TEXT, "Fact that it follows from.", "s.source_id", 3},
        {NULL},
};

/* ---- documents ---- */

#define OF_STATE(column) "(SELECT " column " FROM document_states s WHERE s.document_id = d.id)"

static const SandboxColumn documents[] = {
        {"id", SANDBOX_TEXT, "Id, doc-….", "d.id", 1},
        {"entity_id", SANDBOX_TEXT, "Entity that stands for it.",
         "(SELECT e.id FROM entities e WHERE e.document_id = d.id)", 1,
         "d.id IN (SELECT e.document_id FROM entities e WHERE e.id = %v)"},
        {"root", SANDBOX_TEXT, "Path of the folder that was registered.",
         "(SELECT r.path FROM roots r WHERE r.id = d.root_id)"},
        {"path", SANDBOX_TEXT, "Path below it.", "d.path"},
        {"title", SANDBOX_TEXT, "Title that it gives itself.",
         "(SELECT t.title FROM document_text t WHERE t.sha256 = d.sha256)"},
        {"mime", SANDBOX_TEXT, "Type of its content.", "d.mime"},
        {"size", SANDBOX_INTEGER, "Bytes.", "d.size"},
        {"sha256", SANDBOX_TEXT, "Hash of its content.", "d.sha256", 2},
        {"state", SANDBOX_TEXT, "pending, scanned, searchable, indexed or unsupported.",
         "coalesce(" OF_STATE(
                 "CASE WHEN s.wanted = 0 AND s.error IS NULL THEN 'unsupported'"
                 " WHEN s.indexed = 1 THEN 'indexed' WHEN s.searchable = 1 THEN"
                 " 'searchable' WHEN s.scanned = 1 THEN 'scanned' END") ", 'pending')"},
        {"error", SANDBOX_TEXT, "Code of what stopped it.", OF_STATE("s.error")},
        {"reason", SANDBOX_TEXT, "What stopped it, in words.", OF_STATE("s.reason")},
        {"modified_at", SANDBOX_TEXT, "When the file was changed last.", SQL_ISO("d.mtime")},
        {"created_at", SANDBOX_TEXT, "When it was first seen.", SQL_ISO("d.created_at")},
        {"is_active", SANDBOX_INTEGER, "0 if the file is gone.", "d.is_active"},
        {NULL},
};

/* What is of a repository that was removed is taken out by and by. */
#define IS_THERE(number)                                                                           \
        number " IN (SELECT s.number FROM code_states s WHERE s.repository_id IN"                  \
               " (SELECT r.id FROM code_repositories r WHERE r.is_active = 1))"

const SandboxView sql_views[] = {
        {"entities", "What the graph knows of: one row for each entity that stands.", "id",
         "entities e", "e.is_active = 1 AND e.merged_into IS NULL", 100000, entities},
        {"entity_aliases", "Other names of entities.", "given_to, alias", "entity_aliases a", "1",
         20000, entity_aliases},
        {"facts", "What is held to be true now: current facts.", "id", "facts f",
         "f.superseded_at IS NULL AND f.is_active = 1", 1000000, facts},
        {"observations", "All that was ever observed, also what was superseded or retired.", "id",
         "facts f", "1", 1200000, observations},
        {"predicates", "The vocabulary of facts.", "name", "predicates p", "1", 100, predicates},
        {"contradictions", "Where observations disagree: one row for each entity and predicate.",
         "entity_id, predicate", "contradictions c", "1", 1000, contradictions},
        {"derivations", "What inferred facts follow from.", "fact_id, position", "fact_sources s",
         "s.is_active = 1", 100000, derivations},
        {"documents", "Files of the registered folders.", "id", "documents d", "1", 10000,
         documents},
        {"code_repositories", "Folders of source code that are read into the code graph.", "id",
         "code_repositories r", "r.is_active = 1", 20, sql_code_repositories},
        {"code_modules", "Source files.", "repository_id, path", "code_modules m",
         "m.language <> 'manifest' AND " IS_THERE("m.repository"), 20000, sql_code_modules},
        {"code_symbols", "What source files declare: functions, classes, fields….", "id",
         "code_symbols y", IS_THERE("y.repository"), 500000, sql_code_symbols},
        {"code_edges",
         "What leads from a symbol or file to another: calls, imports…; what was not found, too.",
         "repository_id, module, position", "code_edges e", IS_THERE("e.repository"), 1500000,
         sql_code_edges},
        {NULL},
};
