/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the door share. An interface is a vtable for sd-bus and, beside it, a table that says for
 * each method how its arguments become a tool's and the tool's answer a reply: <interface>-bus.c. */
#pragma once

#include <systemd/sd-bus.h>

#include "bus/bus.h"

#define BUS_METHOD_ARGS_MAX 8 /* the end included */

typedef struct Polkit Polkit;
typedef struct Call Call;
typedef struct BusApprovals BusApprovals;

typedef enum ArgKind {
        ARG_END,
        ARG_TEXT,          /* s */
        ARG_OPTIONAL_TEXT, /* s, "" meaning: not given */
        ARG_ENTITY, /* s, an id (→ entity_id) or a name (→ entity_name), "" meaning: not given */
        ARG_COUNT,  /* u, 0 meaning: not given */
        ARG_FLAG,   /* b */
        ARG_OFFSET, /* t, 0 meaning: not given */
        ARG_FOLDER, /* h, an open folder → its path below /proc/self/fd, good while the call lasts */
        ARG_FILE, /* h, an open regular file → the number of its descriptor, good while the call lasts */
        ARG_ID, /* s, an id whose kind says as which argument it is taken: the name lists them, "mut:mutation_id
                   :session_id", the last without a kind for all others; "" meaning: not given */
        ARG_TEXTS,   /* as */
        ARG_ROWS,    /* aa{sv} → an array of objects */
        ARG_OPTIONS, /* a{sv}: each becomes an argument of its own name */
} ArgKind;

typedef enum AnswerKind {
        ANSWER_END,
        ANSWER_TEXT,   /* s: a member that is a string, "" if null or absent */
        ANSWER_NUMBER, /* t: a member that is a count, 0 if null or absent */
        ANSWER_TEXTS,  /* as: a member that is an array of strings */
        ANSWER_ROWS,   /* aa{sv}: a member that is an array of objects */
        ANSWER_TABLE, /* aav: a member that is an array of arrays of values, null being a g that is "" */
        ANSWER_DICT, /* a{sv}: a member that is an object; the whole answer if member is NULL */
        ANSWER_JSON, /* s: the whole answer as JSON */
        ANSWER_FILE, /* h: a member that is a descriptor, closed after the reply */
} AnswerKind;

typedef struct BusArg {
        ArgKind kind;
        const char *name;
} BusArg;

typedef struct BusAnswer {
        AnswerKind kind;
        const char *member;
} BusAnswer;

typedef struct BusMethod {
        const char *member;
        const char *
                action; /* below org.ouroboros.; "tool": read or write, as the tool in name needs */
        const char *tool; /* the tool it is … */
        ToolHandler verb; /* … or a handler, whose room is the Bus */
        const char *(*choose)(Bus *bus, JsonObject *args); /* the action of this call, or NULL */
        void (*after)(Bus *bus); /* on the loop, once it is answered without an error */
        BusArg args[BUS_METHOD_ARGS_MAX];
        BusAnswer answers[BUS_METHOD_ARGS_MAX];
} BusMethod;

typedef struct BusInterface {
        const char *name;
        const sd_bus_vtable *vtable;
        const BusMethod *methods;            /* ended by a NULL member */
        sd_bus_vtable *(*make_vtable)(void); /* for one made out of another table; vtable is NULL */
        const char *below; /* of the objects below this path; NULL: of the root object */
} BusInterface;

extern const BusInterface bus_manager, bus_documents, bus_code, bus_graph, bus_journal, bus_gate,
        bus_approvals, bus_approval, bus_settings, bus_tools;
extern const BusInterface *const bus_interfaces[]; /* NULL-terminated */

/* An interface as registered; the userdata of its vtable. */
typedef struct Door {
        Bus *bus;
        const BusInterface *interface;
        sd_bus_vtable *made; /* its vtable, if the interface has none of its own */
} Door;

/* The vtable of a door; made with the first call if need be. */
const sd_bus_vtable *bus_door_vtable(Door *door);

/* ---- process.c ---- */

/* The process that made a connection, as the bus tells it. */
typedef struct Process {
        pid_t pid;
        int pidfd;           /* -1 from a bus that has none to give; its owner closes it */
        uint64_t start_time; /* in ticks since boot; 0: it had ended when it was met */
        bool is_another;     /* it is younger than the connection */
} Process;

/* Reads the start time of process->pid. connected is when the connection was made at the latest. */
void process_meet(Process *process, uint64_t connected);

/* Is the process that was met still there? DENIED, saying why, if not. */
bool process_check(const Process *process, GError **error);

/* Now, as start times are counted. */
uint64_t process_clock(void);

/* A client, by its unique name, which a bus never gives out twice. */
typedef struct Peer {
        Bus *bus;
        char *name; /* ":1.42" */
        char *user;
        Access *access; /* of every call, once it is known */
        uid_t uid;
        Process process;
        bool known, gone;   /* credentials are here; it left the bus */
        unsigned calls;     /* under way */
        GPtrArray *waiting; /* Call*, for the credentials */
        sd_bus_slot *query;
} Peer;

struct Bus {
        BusOptions options;
        sd_bus *bus;
        GHashTable *peers;    /* unique name → Peer */
        GHashTable *arrivals; /* unique name → uint64_t*, process_clock() when it came */
        uint64_t since;       /* process_clock() from when on arrivals are known */
        GHashTable *calls;    /* set of Call* before they are pushed to a worker */
        Trial trial;          /* of calls on the loop */
        unsigned running;     /* calls not yet answered, wherever they are */
        Polkit *polkit;
        Door *doors; /* one per interface */
        BusApprovals *approvals;
        Config *settings; /* as clients were last told */
        char *vault_reason, *key_source;
        VaultState vault_state;
};

/* The handler of every method in the vtables. */
int bus_on_method(sd_bus_message *message, void *door, sd_bus_error *error);

/* The method of an interface, or NULL. */
const BusMethod *bus_method_find(const BusInterface *interface, const char *member);

/* ---- convert.c ---- */

/* Reads the arguments of a message as the method says. */
JsonObject *bus_read_args(sd_bus_message *message, const BusMethod *method, GError **error);

/* Appends the answer as the method says; a negative errno on failure. */
int bus_append_answer(sd_bus_message *reply, const BusMethod *method, JsonObject *answer);

/* Appends an object as a{sv}: string s, integer x, double d, boolean b, null left out, array and object as
 * s holding JSON. */
int bus_append_dict(sd_bus_message *reply, JsonObject *object);

/* Appends one part of an answer, empty if answer is NULL; and a variant of a basic type. */
int bus_append_part(sd_bus_message *reply, const BusAnswer *part, JsonObject *answer);
int bus_append_variant(sd_bus_message *reply, char type, const void *value);

/* ---- sink.c ---- */

typedef struct BusSink {
        Sink sink;
        sd_bus_message *reply;
        const BusAnswer *next;    /* not yet written */
        unsigned depth, skipping; /* containers open; those left out */
        int result;               /* the first negative errno */
} BusSink;

/* Writes into reply what is told; bus_sink_finish() fills the rest and says whether all could be written. */
void bus_sink_init(BusSink *sink, sd_bus_message *reply, const BusMethod *method);
int bus_sink_finish(BusSink *sink);

/* ---- peer.c ---- */

/* The peer of a call; made, and its credentials asked for, if it is new. LIMIT if BUS_PEERS_MAX peers have calls
 * under way. */
Peer *bus_peer(Bus *bus, const char *sender, GError **error);
void bus_peer_free(void *peer);

/* From now on notes when clients come and leave; a negative errno on failure. Waits for the bus. */
int bus_watch_clients(Bus *bus);

/* ---- call.c ---- */

/* Goes on once the peer's credentials are known (or error says why not). */
void bus_call_identified(Call *call, const GError *error);
void bus_call_free(void *call);

/* The peer has left: what waits rather than computes for it is ended. */
void bus_calls_drop(Peer *peer);

/* ---- polkit.c ---- */

typedef struct PolkitQuery {
        const char *action; /* below org.ouroboros. */
        const char *method; /* for the prompt, system instance only */
        Peer *peer;
        bool interactive;
} PolkitQuery;

/* NULL: yes. DENIED, UNAVAILABLE (polkit is not there or does not answer), TIMEOUT (the person does not). */
typedef void (*PolkitDone)(const GError *error, void *data);

Polkit *polkit_new(sd_event *loop, sd_bus *bus, Instance instance);
Polkit *polkit_free(Polkit *polkit); /* questions not yet answered are forgotten */

/* Calls done on the loop: at once if polkit cannot even be asked, else later. */
void polkit_check(Polkit *polkit, const PolkitQuery *query, PolkitDone done, void *data);

/* The whole action id: the system instance has ids of its own, because one id has one set of defaults. */
char *polkit_action_id(Instance instance, const char *action);

/* ---- approvals-bus.c ---- */

/* The action of a call that resolves an approval: args are those of the method or of Tools.Call. */
const char *bus_approval_action(Bus *bus, JsonObject *args);

/* From now on what waits is an object each; a negative errno on failure. */
int bus_watch_approvals(Bus *bus);
void bus_unwatch_approvals(Bus *bus);
void bus_free_approvals(Bus *bus);

/* Has what waits read anew, once a store has been opened. */
void bus_read_approvals(Bus *bus);

/* ---- journal-bus.c, documents-bus.c, code-bus.c, gate-bus.c ---- */

/* What a signal may say of who or what it is about. Signals go to all that listen, and polkit guards none: on the session bus
 * nobody but the user does, on the system bus they say "" for it, and who may know calls a method. */
static inline const char *bus_told(const Bus *bus, const char *text)
{
        return bus->options.instance == INSTANCE_USER ? text : "";
}

void bus_watch_journal(Bus *bus);
void bus_unwatch_journal(Bus *bus);
void bus_watch_documents(Bus *bus);
void bus_watch_code(Bus *bus);
void bus_watch_gate(Bus *bus);
void bus_unwatch_gate(Bus *bus);
