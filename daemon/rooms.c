/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who needs whom: the one place that knows every room. */
#include "rooms.h"

#ifdef OUROBOROS_CONFORMANCE
#include "conformance/conformance.h"
#endif

static bool build_base(Rooms *rooms, Instance instance, GError **error)
{
        rooms->metrics = metrics_new();
        rooms->config = config_load(instance);
        rooms->paths = paths_new(instance, error);
        if (!rooms->paths)
                return false;
        rooms->pool = worker_pool_new(
                service_loop(rooms->service), "worker",
                (unsigned)config_int(rooms->config, "Daemon", "WorkerThreads"), error);
        if (!rooms->pool)
                return false;
        rooms->secrets = secrets_new(rooms->paths);
        rooms->settings =
                settings_new(instance, rooms->config, service_loop(rooms->service), error);
        return rooms->settings != NULL;
}

static Store *build_store(Rooms *rooms, StoreKind kind, unsigned cache_mb, GError **error)
{
        g_autofree char *path = g_build_filename(
                rooms->paths->data, kind == STORE_VAULT ? CARE_VAULT_FILE : CARE_OPS_FILE, NULL);
        StoreOptions options = {
                .kind = kind,
                .path = path,
                .loop = service_loop(rooms->service),
                .cache_mb = cache_mb,
                .files = rooms->paths->vault,
                .metrics = rooms->metrics,
        };

        return store_new(&options, error);
}

static Reading *build_readers(const Rooms *rooms, const char *name, const char *label,
                              GError **error)
{
        g_autofree char *program = g_build_filename(rooms->paths->libexec, name, NULL);
        Reading *reading = reading_new(
                service_loop(rooms->service), program,
                (unsigned)config_int(rooms->config, "Documents", "ExtractProcesses"), error);

        if (reading)
                reading_set_label(reading, label);
        return reading;
}

/* The processes that read what strangers wrote. */
static bool build_reading(Rooms *rooms, GError **error)
{
        rooms->reading = build_readers(rooms, "ouroboros-extract", "the extractor", error);
        if (rooms->reading)
                rooms->code_reading =
                        build_readers(rooms, SYNTAX_PROGRAM, "the reader of source code", error);
        return rooms->code_reading != NULL;
}

static void on_documents_settled(void *data)
{
        const Rooms *rooms = data;

        if (rooms->code)
                code_look_at_documents(rooms->code);
}

static bool build_code(Rooms *rooms, GError **error)
{
        CodeOptions code = {
                .vault = rooms->vault,
                .gate = rooms->gate,
                .paths = rooms->paths,
                .config = rooms->config,
                .service = rooms->service,
                .reading = rooms->code_reading,
        };

        rooms->code = code_new(&code, error);
        if (rooms->code)
                documents_set_settled(rooms->documents, on_documents_settled, rooms);
        return rooms->code != NULL;
}

static bool build_content(Rooms *rooms, GError **error)
{
        unsigned cache_mb = (unsigned)config_int(rooms->config, "Store", "CacheMB");

        rooms->vault = build_store(rooms, STORE_VAULT, cache_mb, error);
        rooms->ops = rooms->vault ? build_store(rooms, STORE_OPS, /* cache_mb= */ 1, error) : NULL;
        if (!rooms->ops || !build_reading(rooms, error))
                return false;
        GateOptions gate = {
                .ops = rooms->ops,
                .vault = rooms->vault,
                .paths = rooms->paths,
                .config = rooms->config,
                .metrics = rooms->metrics,
                .loop = service_loop(rooms->service),
                .pool = rooms->pool,
        };
        rooms->gate = gate_new(&gate, error);
        if (!rooms->gate)
                return false;
        rooms->journal = journal_new(rooms->vault, rooms->ops);
        rooms->graph = graph_new(rooms->vault);
        rooms->search = search_new(rooms->vault);
        DocumentsOptions documents = {
                .vault = rooms->vault,
                .graph = rooms->graph,
                .paths = rooms->paths,
                .config = rooms->config,
                .service = rooms->service,
                .reading = rooms->reading,
        };
        rooms->documents = documents_new(&documents, error);
        return rooms->documents && build_code(rooms, error);
}

static void on_isolate(const char *state, void *data)
{
        care_set_isolate(((Rooms *)data)->care, state);
}

static bool build_care(Rooms *rooms, GError **error)
{
        CareOptions care = {
                .paths = rooms->paths,
                .vault = rooms->vault,
                .ops = rooms->ops,
                .secrets = rooms->secrets,
                .gate = rooms->gate,
                .graph = rooms->graph,
                .journal = rooms->journal,
                .documents = rooms->documents,
                .code = rooms->code,
                .search = rooms->search,
                .loop = service_loop(rooms->service),
                .pool = rooms->pool,
                .check_delay_sec = config_int(rooms->config, "Store", "CheckDelaySec"),
                .check_every_sec = config_int(rooms->config, "Store", "CheckEverySec"),
        };

        rooms->care = care_new(&care, error);
        if (!rooms->care)
                return false;
        journal_set_care(rooms->journal,
                         &(JournalCare){care_operation_begin, care_operation_progress,
                                        care_operation_end, rooms->care});
        return true;
}

static void build_execute(Rooms *rooms)
{
        ExecuteOptions execute = {
                .service = rooms->service,
                .pool = rooms->pool,
                .paths = rooms->paths,
                .report = on_isolate,
                .data = rooms,
        };

        rooms->execute = execute_new(&execute);
}

static bool build_tools(Rooms *rooms, GError **error)
{
        if (!build_care(rooms, error))
                return false;
        build_execute(rooms);
        const ToolTable tables[] = {
                graph_tools(rooms->graph),
                documents_tools(rooms->documents),
                documents_mining_tools(rooms->documents),
                documents_autolink_tools(rooms->documents),
                code_tools(rooms->code),
                code_repository_tools(rooms->code),
                search_tools(rooms->search),
                journal_tools(rooms->journal),
                gate_tools(rooms->gate),
                care_tools(rooms->care),
                execute_tools(rooms->execute),
                settings_tools(rooms->settings),
#ifdef OUROBOROS_CONFORMANCE
                conformance_content_tools(rooms),
                conformance_ask_tools(rooms),
                conformance_offer_tools(rooms),
#endif
        };
        rooms->tools = tools_new(tables, G_N_ELEMENTS(tables));
        tools_set_gate(rooms->tools, rooms->gate);
        tools_set_metrics(rooms->tools, rooms->metrics);
        if (g_getenv("OUROBOROS_CHECK_OUTPUTS"))
                tools_check_outputs(rooms->tools);
        rooms->runner = runner_new(rooms->tools, rooms->pool, service_loop(rooms->service), error);
        if (!rooms->runner)
                return false;
        execute_connect(rooms->execute, rooms->tools, rooms->runner, rooms->gate);
        return true;
}

static void on_vault_changed(void *data)
{
        bus_vault_changed(((Rooms *)data)->bus);
}

static void on_progress(const char *operation, double fraction, void *data)
{
        bus_progress(((Rooms *)data)->bus, operation, fraction);
}

static bool build_doors(Rooms *rooms, const RoomsHandlers *handlers, GError **error)
{
        BusOptions bus = {
                .instance = rooms->paths->instance,
                .service = rooms->service,
                .pool = rooms->pool,
                .tools = rooms->tools,
                .runner = rooms->runner,
                .care = rooms->care,
                .documents = rooms->documents,
                .code = rooms->code,
                .gate = rooms->gate,
                .settings = rooms->settings,
                .vault = rooms->vault,
                .ops = rooms->ops,
                .exit = handlers->exit,
                .reload = handlers->reload,
                .data = handlers->data,
        };
        HttpOptions http = {
                .instance = rooms->paths->instance,
                .service = rooms->service,
                .tools = rooms->tools,
#ifdef OUROBOROS_CONFORMANCE
                .offers = conformance_offers(),
#else
                .offers = &product_offers,
#endif
                .runner = rooms->runner,
                .gate = rooms->gate,
                .vault = rooms->vault,
                .care = rooms->care,
                .config = rooms->config,
                .paths = rooms->paths,
                .pool = rooms->pool,
                .settings = rooms->settings,
                .metrics = rooms->metrics,
                .exit = handlers->exit,
                .data = handlers->data,
        };

        rooms->bus = bus_new(&bus, error);
        if (!rooms->bus)
                return false;
        care_set_handlers(rooms->care, &(CareHandlers){on_vault_changed, on_progress, rooms});
        settings_set_handler(rooms->settings, handlers->reload, handlers->data);
        ApprovedOptions approved = {
                .gate = rooms->gate,
                .settings = rooms->settings,
                .loop = service_loop(rooms->service),
                .exit = handlers->exit,
                .data = handlers->data,
        };
        rooms->approved = approved_new(&approved, error);
        rooms->http = rooms->approved ? http_new(&http, error) : NULL;
        return rooms->http != NULL;
}

bool rooms_build_tools(Rooms *rooms, Instance instance, GError **error)
{
        return build_base(rooms, instance, error) && build_content(rooms, error) &&
               build_tools(rooms, error);
}

bool rooms_build(Rooms *rooms, Instance instance, const RoomsHandlers *handlers, GError **error)
{
        return rooms_build_tools(rooms, instance, error) && build_doors(rooms, handlers, error);
}

static void give_back(void *data)
{
        const Rooms *rooms = data;

        store_trim(rooms->vault);
        store_trim(rooms->ops);
}

void rooms_rest(Rooms *rooms)
{
        worker_pool_push(rooms->pool, give_back, NULL, rooms);
}

void rooms_stop(Rooms *rooms)
{
        rooms->http = http_free(rooms->http);
        care_stop(rooms->care);
        documents_stop(rooms->documents);
        code_stop(rooms->code);
        gate_stop(rooms->gate);
        bus_release(rooms->bus);
}

/* Calls under way may need any room, so they end first; feeds and reports may still come from the stores and
 * the care, so the bus lets go of them before they go. */
void rooms_free(Rooms *rooms)
{
        http_free(rooms->http);
        if (rooms->execute)
                execute_stop(rooms->execute);
        if (rooms->care)
                care_stop(rooms->care);
        if (rooms->documents)
                documents_stop(rooms->documents);
        if (rooms->code)
                code_stop(rooms->code);
        worker_pool_free(rooms->pool);
        rooms->code = code_free(rooms->code);
        documents_free(rooms->documents);
        reading_free(rooms->code_reading);
        reading_free(rooms->reading);
        if (rooms->care)
                care_set_handlers(rooms->care, &(CareHandlers){0});
        bus_free(rooms->bus);
        care_free(rooms->care);
        runner_free(rooms->runner);
        execute_free(rooms->execute);
        tools_free(rooms->tools);
        search_free(rooms->search);
        graph_free(rooms->graph);
        journal_free(rooms->journal);
        gate_free(rooms->gate);
        store_free(rooms->vault);
        store_free(rooms->ops);
        secrets_free(rooms->secrets);
        approved_free(rooms->approved);
        settings_free(rooms->settings);
        metrics_free(rooms->metrics);
        paths_free(rooms->paths);
        config_unref(rooms->config);
        service_free(rooms->service);
}
