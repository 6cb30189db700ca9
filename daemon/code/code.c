/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Code: the room's face. Its verbs run on any worker thread and read or write rows; what concerns the reading of files they
 * post to the loop. */
#include "code/code-room.h"

#include "code/erasing.h"

/* After every step of the stage. */
static void on_stepped(unsigned rounds, bool paused, void *data)
{
        Code *code = data;

        g_mutex_lock(&code->lock);
        code->rounds = rounds;
        code->paused = paused;
        g_cond_broadcast(&code->changed);
        g_mutex_unlock(&code->lock);
        mentions_pause(code->mentions, rounds > 0 && !paused);
        if (rounds > 0)
                return;
        mentions_wake(code->mentions, code->unasked ? MENTIONS_OF_ALL : MENTIONS_OF_SYMBOLS);
        code->unasked = false;
}

void code_look_at_documents(Code *code)
{
        mentions_wake(code->mentions, MENTIONS_OF_DOCUMENTS);
}

static bool is_new_fact(const Change *change)
{
        return change->op == CHANGE_INSERT && change->actor_kind != ACTOR_SYSTEM &&
               g_str_equal(change->table, "facts");
}

static void on_progressed(const StageProgress *progress, void *data)
{
        Code *code = data;
        CodeProgress told = {progress->repository_id, progress->phase, progress->read,
                             progress->files};

        if (code->progressed)
                code->progressed(&told, code->progress_data);
}

static void on_ended(int64_t usec, bool failed, void *data)
{
        Code *code = data;

        g_mutex_lock(&code->lock);
        code->syncs.count++;
        code->syncs.failed += failed;
        code->syncs.last_usec = usec;
        g_mutex_unlock(&code->lock);
}

static void on_changes(const Change *changes, unsigned count, void *data)
{
        Code *code = data;

        bool facts = false, repositories = false;

        for (unsigned i = 0; i < count; i++) {
                facts |= is_new_fact(&changes[i]);
                repositories |= g_str_equal(changes[i].table, "code_repositories");
        }
        code->unasked |= repositories;
        if (repositories)
                stage_reload(code->stage);
        if (facts)
                mentions_wake(code->mentions, MENTIONS_OF_FACTS);
}

static void on_rounded(const Repository *repository, void *data)
{
        churn_look(((Code *)data)->churn, repository);
}

/* ---- life ---- */

static Parser *make_parser(const Code *code, const CodeOptions *options, GError **error)
{
        ParserOptions parser = {.loop = code->loop,
                                .reading = options->reading,
                                .file_bytes_max = code->max_file_bytes};

        return parser_new(&parser, error);
}

static bool make_stage(Code *code, const CodeOptions *options, GError **error)
{
        const Config *config = options->config;
        StageOptions stage = {
                .vault = options->vault,
                .service = options->service,
                .parser = make_parser(code, options, error),
                .processes = reading_processes(options->reading),
                .watch = config_bool(config, "Code", "Watch"),
                .sweep_us =
                        (uint64_t)config_int(config, "Code", "SweepMinutes") * 60 * G_USEC_PER_SEC,
                .max_file_bytes = code->max_file_bytes,
                .private_folders = (const char *const *)code->private_folders,
                .rounded = on_rounded,
                .stepped = on_stepped,
                .progressed = on_progressed,
                .ended = on_ended,
                .data = code,
        };

        if (!stage.parser)
                return false;
        code->stage = stage_new(&stage, error);
        if (!code->stage)
                (void)parser_free(stage.parser);
        return code->stage != NULL;
}

static bool make_history(Code *code, const CodeOptions *options, GError **error)
{
        g_autofree char *program =
                g_build_filename(options->paths->libexec, "ouroboros-history", NULL);
        HistoryOptions history = {.loop = code->loop,
                                  .program = program,
                                  .reading = options->reading,
                                  .file_bytes_max = code->max_file_bytes};

        code->history = history_new(&history, error);
        if (!code->history)
                return false;
        ChurnOptions churn = {.loop = code->loop, .vault = code->vault, .history = code->history};
        code->churn = churn_new(&churn, error);
        return code->churn != NULL;
}

Code *code_new(const CodeOptions *options, GError **error)
{
        g_autoptr(Code) code = g_new0(Code, 1);
        const char *folders[] = {options->paths->vault, options->paths->data, NULL};

        g_mutex_init(&code->lock);
        g_cond_init(&code->changed);
        code->vault = options->vault;
        code->gate = options->gate;
        code->rounds = 1; /* nobody has looked yet */
        code->loop = sd_event_ref(service_loop(options->service));
        code->private_folders = g_strdupv((char **)folders);
        code->max_file_bytes = config_int(options->config, "Code", "MaxSourceFileKB") * 1024;
        code_register_erasers(options->vault);
        if (code->gate)
                gate_add_approval_kind(code->gate, "repository", code_approve_repository, code);
        code->mailbox = mailbox_new(code->loop, error);
        MentionsOptions mentions = {.vault = options->vault, .service = options->service};
        code->mentions = code->mailbox ? mentions_new(&mentions, error) : NULL;
        if (!code->mentions || !make_history(code, options, error) ||
            !make_stage(code, options, error))
                return NULL;
        return g_steal_pointer(&code);
}

void code_stop(Code *code)
{
        g_mutex_lock(&code->lock);
        code->stopping = true;
        if (code->history)
                history_stop(code->history);
        g_cond_broadcast(&code->changed);
        while (code->waiters > 0)
                g_cond_wait(&code->changed, &code->lock);
        g_mutex_unlock(&code->lock);
}

Code *code_free(Code *code)
{
        if (!code)
                return NULL;
        store_remove_feed(code->vault, on_changes, code);
        code_stop(code);
        code->stage = stage_free(code->stage);
        code->mentions = mentions_free(code->mentions);
        if (code->churn)
                churn_stop(code->churn);
        code->history = history_free(code->history);
        code->churn = churn_free(code->churn);
        code->mailbox = mailbox_free(code->mailbox);
        g_strfreev(code->private_folders);
        sd_event_unref(code->loop);
        g_cond_clear(&code->changed);
        g_mutex_clear(&code->lock);
        g_free(code);
        return NULL;
}

/* The vault may be closed and opened again (restore, a new key): everything then begins anew. */
bool code_start(Code *code, GError **error)
{
        store_remove_feed(code->vault, on_changes, code);
        store_add_feed(code->vault, on_changes, code);
        code->unasked = true;
        stage_start(code->stage);
        return true;
}

/* ---- asking the loop ---- */

typedef enum Asked { ASKED_SYNC, ASKED_RELOAD, ASKED_REBUILD } Asked;

typedef struct Request {
        Code *code;
        char *repository_id;
        Asked what;
} Request;

static void do_request(Stage *stage, const Request *request)
{
        switch (request->what) {
        case ASKED_SYNC:
                stage_sync(stage, request->repository_id);
                break;
        case ASKED_RELOAD:
                stage_reload(stage);
                break;
        case ASKED_REBUILD:
                stage_rebuild(stage);
                break;
        }
}

static void on_request(void *data)
{
        Request *request = data;
        Code *code = request->code;

        code->unasked |= request->what == ASKED_REBUILD;
        if (code->stage)
                do_request(code->stage, request);
        g_mutex_lock(&code->lock);
        code->heard++;
        code->rounds = code->stage ? stage_rounds(code->stage) : 0;
        g_mutex_unlock(&code->lock);
        g_free(request->repository_id);
        g_free(request);
}

static void post(Code *code, const char *repository_id, Asked what)
{
        Request *request = g_new(Request, 1);

        *request = (Request){code, g_strdup(repository_id), what};
        g_mutex_lock(&code->lock);
        code->asked++;
        g_mutex_unlock(&code->lock);
        mailbox_post(code->mailbox, on_request, request);
}

void code_post_sync(Code *code, const char *repository_id)
{
        post(code, repository_id, ASKED_SYNC);
}

void code_post_reload(Code *code)
{
        post(code, NULL, ASKED_RELOAD);
}

static bool is_busy(const Code *code)
{
        return code->asked != code->heard || (code->rounds > 0 && !code->paused);
}

bool code_is_busy(Code *code)
{
        g_mutex_lock(&code->lock);
        bool busy = is_busy(code);
        g_mutex_unlock(&code->lock);
        return busy;
}

/* ---- how it is ---- */

bool code_counts(Code *code, const Access *access, CodeCounts *ret, GError **error)
{
        g_autoptr(Db) db = store_reader(code->vault, access_scope(access), error);
        Statement *row =
                db ? db_statement(
                             db,
                             "SELECT (SELECT count(*) FROM code_repositories WHERE is_active = 1),"
                             " sum(m.language <> 'manifest'), sum(m.symbols), sum(m.edges),"
                             " sum(m.error IS NOT NULL) FROM code_modules m WHERE m.repository IN (SELECT s.number FROM code_states s"
                             " CROSS JOIN code_repositories r ON r.id = s.repository_id"
                             " AND r.is_active = 1)",
                             error)
                   : NULL;

        if (!row || statement_step(row, error) != STEP_ROW)
                return false;
        *ret = (CodeCounts){.repositories = statement_int(row, 0),
                            .modules = statement_int(row, 1),
                            .symbols = statement_int(row, 2),
                            .edges = statement_int(row, 3),
                            .errors = statement_int(row, 4)};
        return true;
}

void code_syncs(Code *code, CodeSyncs *ret)
{
        g_mutex_lock(&code->lock);
        *ret = code->syncs;
        g_mutex_unlock(&code->lock);
}

void code_set_progress(Code *code, CodeProgressed progressed, void *data)
{
        code->progressed = progressed;
        code->progress_data = data;
}

/* ---- anew ---- */

static bool forget_mentions(Code *code, GError **error)
{
        Access *access = access_new_system("pipeline");
        WriteOptions options = {.actor = access_actor(access), .reason = "rebuild"};
        bool ok = store_write(code->vault, &options, mentions_forget, NULL, error);

        access_unref(access);
        return ok;
}

bool code_rebuild(Code *code, GError **error)
{
        if (!forget_mentions(code, error))
                return false;
        post(code, NULL, ASKED_REBUILD);
        g_mutex_lock(&code->lock);
        code->waiters++;
        while (is_busy(code) && !code->stopping)
                g_cond_wait(&code->changed, &code->lock);
        bool stopped = code->stopping;
        bool paused = code->paused;
        code->waiters--;
        g_cond_broadcast(&code->changed);
        g_mutex_unlock(&code->lock);
        if (stopped)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                                    "the daemon stops");
        else if (paused)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                                    "code cannot be read now; it is tried again");
        return !stopped && !paused;
}
