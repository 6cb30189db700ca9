/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Version is one file on one side that is to be read: out of the past by its blob's id, or out of the graph by its module. */
#include "code/history-diff.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "code/sync.h"

typedef struct Version {
        const char *path;
        UnitLanguage language;
        bool is_new;
        uint8_t id[HISTORY_ID_BYTES];
        uint32_t module; /* 0: it is of the past */
} Version;

typedef struct Module {
        uint32_t id;
        UnitLanguage language;
        bool seen;
} Module;

typedef struct Diffing {
        const HistoryDiffOptions *options;
        HistoryDiff *diff;
        HistoryPlace *place;
        HistoryBlock *block;
        GArray *versions;    /* of Version */
        GHashTable *modules; /* path → Module; of the graph, if that is the new side */
        bool cpp_headers;
        int folder;
} Diffing;

HistoryDiff *history_diff_free(HistoryDiff *diff)
{
        if (!diff)
                return NULL;
        (void)contrast_free(diff->contrast);
        g_free(diff->from);
        g_free(diff->to);
        g_free(diff);
        return NULL;
}

static void cut(Diffing *diffing, const char *limit)
{
        if (!diffing->diff->cut)
                diffing->diff->cut = limit;
}

/* ---- which files ---- */

static UnitLanguage language_of(const Diffing *diffing, const char *path)
{
        const char *slash = strrchr(path, '/');
        UnitLanguage language = unit_language_of(slash ? slash + 1 : path);

        return language == UNIT_C && diffing->cpp_headers && g_str_has_suffix(path, ".h")
                       ? UNIT_CPP
                       : language;
}

static bool is_wanted(const Diffing *diffing, const char *path)
{
        FilesOptions files = {.repository = diffing->options->repository,
                              .skip = diffing->options->skip};
        UnitLanguage language = language_of(diffing, path);

        return language && language != UNIT_MANIFEST && files_may_hold(&files, path, language);
}

static void add_version(Diffing *diffing, const char *path, bool is_new, const uint8_t *id)
{
        Version version = {.path = path, .language = language_of(diffing, path), .is_new = is_new};

        memcpy(version.id, id, HISTORY_ID_BYTES);
        g_array_append_val(diffing->versions, version);
}

/* False: there are too many. */
static bool count_file(Diffing *diffing)
{
        if (diffing->diff->files >= DIFF_FILES_MAX) {
                cut(diffing, "DIFF_FILES_MAX");
                return false;
        }
        diffing->diff->files++;
        return true;
}

static guint id_hash(const void *id)
{
        guint hash;

        memcpy(&hash, id, sizeof(hash));
        return hash;
}

static gboolean id_equal(const void *a, const void *b)
{
        return memcmp(a, b, HISTORY_ID_BYTES) == 0;
}

static const char *path_of(const Diffing *diffing, const HistoryRow *row)
{
        return history_answer_bytes(diffing->block->answer) + row->path;
}

/* The ids of files of a side alone. */
static GHashTable *list_ids(const Diffing *diffing, uint32_t side)
{
        const HistoryAnswer *answer = diffing->block->answer;
        GHashTable *ids = g_hash_table_new(id_hash, id_equal);

        for (uint32_t i = 0; i < answer->rows; i++) {
                const HistoryRow *row = &history_answer_rows(answer)[i];

                if (row->flags == side && is_wanted(diffing, path_of(diffing, row)))
                        g_hash_table_add(ids,
                                         (void *)(side == HISTORY_OLD ? row->old_id : row->new_id));
        }
        return ids;
}

static bool add_pair(Diffing *diffing, const HistoryRow *row, const char *path)
{
        if (!count_file(diffing))
                return false;
        if (row->flags & HISTORY_OLD)
                add_version(diffing, path, false, row->old_id);
        if (row->flags & HISTORY_NEW)
                add_version(diffing, path, true, row->new_id);
        if (row->flags == (HISTORY_OLD | HISTORY_NEW))
                contrast_keep(diffing->diff->contrast, path);
        return true;
}

/* Both sides are commits. A file that came with the bytes of one that went was moved: neither is read. */
static void list_commits(Diffing *diffing)
{
        const HistoryAnswer *answer = diffing->block->answer;
        g_autoptr(GHashTable) went = list_ids(diffing, HISTORY_OLD);
        g_autoptr(GHashTable) came = list_ids(diffing, HISTORY_NEW);

        for (uint32_t i = 0; i < answer->rows; i++) {
                const HistoryRow *row = &history_answer_rows(answer)[i];
                const char *path = path_of(diffing, row);

                if ((row->flags == HISTORY_OLD && g_hash_table_contains(came, row->old_id)) ||
                    (row->flags == HISTORY_NEW && g_hash_table_contains(went, row->new_id)))
                        continue;
                if (is_wanted(diffing, path) && !add_pair(diffing, row, path))
                        return;
        }
}

/* ---- against the graph ---- */

static Db *open_reader(const Diffing *diffing, GError **error)
{
        return store_reader(diffing->options->vault, access_scope(diffing->options->access), error);
}

static bool load_modules(Diffing *diffing, GError **error)
{
        g_autoptr(Db) db = open_reader(diffing, error);
        Statement *row =
                !db ? NULL
                    : db_statement(db,
                                   "SELECT m.path, m.id, m.language, s.cpp_headers"
                                   " FROM code_states s CROSS JOIN code_modules m"
                                   " ON m.repository = s.number WHERE s.repository_id = :id"
                                   " AND m.language <> 'manifest'",
                                   error);
        StepResult step;

        if (!row)
                return false;
        statement_bind_text(row, ":id", diffing->options->repository->id);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                Module *module = g_new0(Module, 1);

                *module = (Module){.id = (uint32_t)statement_int(row, 1),
                                   .language = unit_language_from_string(statement_text(row, 2))};
                diffing->cpp_headers = statement_int(row, 3);
                g_hash_table_replace(diffing->modules, g_strdup(statement_text(row, 0)), module);
        }
        return step == STEP_DONE;
}

/* Has the file on disk the bytes of a blob? git's own name for them is a hash of a head and them. */
static bool has_bytes(const Diffing *diffing, const char *path, const uint8_t *id)
{
        int fd = path_open_beneath(diffing->folder, path,
                                   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, NULL);
        g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
        uint8_t digest[HISTORY_ID_BYTES];
        gsize length = sizeof(digest);
        struct stat st;
        bool read = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
                    st.st_size <= diffing->options->file_bytes_max;

        if (read) {
                g_autofree char *head =
                        g_strdup_printf("blob %" G_GINT64_FORMAT, (int64_t)st.st_size);
                g_autofree char *bytes = g_malloc((gsize)st.st_size + 1);

                read = file_read_at(fd, bytes, (size_t)st.st_size, 0) == st.st_size;
                g_checksum_update(sum, (const guchar *)head, (gssize)strlen(head) + 1);
                g_checksum_update(sum, (const guchar *)bytes, st.st_size);
        }
        if (fd >= 0)
                (void)close(fd);
        if (!read)
                return false;
        g_checksum_get_digest(sum, digest, &length);
        return memcmp(digest, id, HISTORY_ID_BYTES) == 0;
}

static bool is_on_disk(const Diffing *diffing, const char *path)
{
        struct stat st;

        return fstatat(diffing->folder, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void add_module(Diffing *diffing, const char *path, const Module *module)
{
        Version version = {
                .path = path, .language = module->language, .is_new = true, .module = module->id};

        g_array_append_val(diffing->versions, version);
}

/* A file of the commit. What is not in the graph though it is there is none of its files now (ignored, say): not compared. */
static bool see_past(Diffing *diffing, const HistoryRow *row, const char *path)
{
        Module *module = g_hash_table_lookup(diffing->modules, path);

        if (module)
                module->seen = true;
        if (!is_wanted(diffing, path) || (!module && is_on_disk(diffing, path)) ||
            (module && has_bytes(diffing, path, row->old_id)))
                return true;
        if (!count_file(diffing))
                return false;
        add_version(diffing, path, false, row->old_id);
        if (module) {
                contrast_keep(diffing->diff->contrast, path);
                add_module(diffing, path, module);
        }
        return true;
}

static bool list_graph(Diffing *diffing, GError **error)
{
        const HistoryAnswer *answer = diffing->block->answer;
        const Access *access = diffing->options->access;
        GHashTableIter iter;
        void *path, *value;

        for (uint32_t i = 0; i < answer->rows; i++) {
                const HistoryRow *row = &history_answer_rows(answer)[i];

                if (i % 256 == 0 && !access_check_cancelled(access, error))
                        return false;
                if (!see_past(diffing, row, path_of(diffing, row)))
                        return true;
        }
        g_hash_table_iter_init(&iter, diffing->modules);
        while (g_hash_table_iter_next(&iter, &path, &value))
                if (!((Module *)value)->seen) {
                        if (!count_file(diffing))
                                return true;
                        add_module(diffing, path, value);
                }
        return true;
}

/* ---- reading them ---- */

static bool take_unit(Diffing *diffing, const Version *version, const Unit *unit)
{
        const HistoryDiffOptions *options = diffing->options;

        if (options->repository->skip_generated &&
            module_kind_of(version->path, false, unit->header->flags) == MODULE_GENERATED)
                return true;
        if (contrast_add(diffing->diff->contrast, version->path, version->is_new, unit))
                return true;
        cut(diffing, "CONTRAST_SYMBOLS_MAX");
        return false;
}

static bool read_module(Diffing *diffing, Db *db, const Version *version, GError **error)
{
        Statement *row =
                db_statement(db, "SELECT unit FROM code_units WHERE module = :module", error);
        size_t bytes;
        Unit unit;

        if (!row)
                return false;
        statement_bind_int(row, ":module", version->module);
        StepResult step = statement_step(row, error);
        if (step != STEP_ROW)
                return step == STEP_DONE;
        const void *blob = statement_blob(row, 0, &bytes);
        g_autofree void *block = g_memdup2(blob, bytes);
        if (unit_open(block, bytes, &unit, NULL))
                (void)take_unit(diffing, version, &unit);
        return true;
}

/* A file of ours with some bytes, for who reads it by its descriptor. */
static int make_file(const void *bytes, size_t length)
{
        int fd = memfd_create("ouroboros-version", MFD_CLOEXEC);

        if (fd >= 0 && file_write_all(fd, bytes, length))
                return fd;
        if (fd >= 0)
                (void)close(fd);
        return -1;
}

static bool parse_some(Diffing *diffing, ParseBatch *batch, GError **error)
{
        const HistoryDiffOptions *options = diffing->options;

        if (!history_parse(options->history, options->access, batch, error))
                return false;
        for (unsigned i = 0; i < batch->files->len; i++) {
                const ParseFile *file = &g_array_index(batch->files, ParseFile, i);

                if (file->block && !take_unit(diffing, file->data, &file->unit))
                        return true;
        }
        return true;
}

/* Has the versions from first on read, which the rows of an answer are about. */
static bool parse_blobs(Diffing *diffing, const GPtrArray *versions, unsigned first,
                        const HistoryAnswer *answer, GError **error)
{
        for (unsigned i = 0; i < answer->rows;) {
                g_autoptr(ParseBatch) batch = parse_batch_new();

                for (; i < answer->rows && batch->files->len < SYNC_BATCH_FILES; i++) {
                        const HistoryRow *row = &history_answer_rows(answer)[i];
                        Version *version = versions->pdata[first + i];
                        ParseFile file = {.name = version->path,
                                          .language = version->language,
                                          .data = version};

                        if (row->flags & HISTORY_MISSING)
                                cut(diffing, "objects that are not at hand");
                        if (!(row->flags & HISTORY_OLD))
                                continue;
                        file.fd = make_file(history_answer_bytes(answer) + row->offset, row->bytes);
                        parse_batch_add(batch, &file);
                }
                if (batch->files->len > 0 && !parse_some(diffing, batch, error))
                        return false;
        }
        return true;
}

/* The blobs from first on, as many as go into one answer; *ret_next: where the rest begins. */
static bool read_blobs(Diffing *diffing, const GPtrArray *versions, unsigned *at, GError **error)
{
        HistoryRequest request = {.ask = HISTORY_BLOBS,
                                  .blob_bytes_max = (uint32_t)diffing->options->file_bytes_max};
        HistoryAsked asked = {&request, diffing->place, memfd_create("ids", MFD_CLOEXEC)};
        g_autoptr(HistoryBlock) block = NULL;
        bool ok = asked.ids >= 0 && history_request_place(&request, diffing->place, error);

        for (unsigned i = *at; ok && i < versions->len; i++)
                ok = file_write_all(asked.ids, ((const Version *)versions->pdata[i])->id,
                                    HISTORY_ID_BYTES);
        if (ok)
                block = history_ask(diffing->options->history, diffing->options->access, &asked,
                                    error);
        else if (error && !*error)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                                    "no memory can be made for a request");
        if (asked.ids >= 0)
                (void)close(asked.ids);
        if (!block)
                return false;
        if (block->answer->rows == 0 || block->answer->rows > versions->len - *at) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                                    "ouroboros-history answered for other blobs");
                return false;
        }
        if (!parse_blobs(diffing, versions, *at, block->answer, error))
                return false;
        *at += block->answer->rows;
        return true;
}

static bool read_graph(Diffing *diffing, GError **error)
{
        g_autoptr(Db) db = open_reader(diffing, error);

        for (unsigned i = 0; db && i < diffing->versions->len; i++) {
                const Version *version = &g_array_index(diffing->versions, Version, i);

                if (version->module && (!access_check_cancelled(diffing->options->access, error) ||
                                        !read_module(diffing, db, version, error)))
                        return false;
        }
        return db != NULL;
}

static bool read_past(Diffing *diffing, GError **error)
{
        g_autoptr(GPtrArray) past = g_ptr_array_new();

        for (unsigned i = 0; i < diffing->versions->len; i++) {
                Version *version = &g_array_index(diffing->versions, Version, i);

                if (!version->module)
                        g_ptr_array_add(past, version);
        }
        for (unsigned at = 0; at < past->len;)
                if (!read_blobs(diffing, past, &at, error))
                        return false;
        return true;
}

/* ---- the whole ---- */

static bool check_length(const char *name, const char *revision, GError **error)
{
        if (!revision || (*revision && strlen(revision) <= HISTORY_REVISION_BYTES_MAX))
                return true;
        g_set_error(error, OUROBOROS_ERROR,
                    *revision ? OUROBOROS_ERROR_LIMIT : OUROBOROS_ERROR_INVALID,
                    "%s must have between 1 and HISTORY_REVISION_BYTES_MAX = %d bytes", name,
                    HISTORY_REVISION_BYTES_MAX);
        return false;
}

static bool ask_files(Diffing *diffing, GError **error)
{
        const HistoryDiffOptions *options = diffing->options;
        HistoryRequest request = {.ask = HISTORY_DIFF, .since = options->since / G_USEC_PER_SEC};
        HistoryAsked asked = {&request, diffing->place, -1};
        HistoryDiff *diff = diffing->diff;

        if (!check_length("from", options->from, error) ||
            !check_length("to", options->to, error) ||
            !history_request_place(&request, diffing->place, error))
                return false;
        if (options->from)
                g_strlcpy(request.from, options->from, sizeof(request.from));
        if (options->to)
                g_strlcpy(request.to, options->to, sizeof(request.to));
        diffing->block = history_ask(options->history, options->access, &asked, error);
        if (!diffing->block)
                return false;
        const HistoryAnswer *answer = diffing->block->answer;
        diff->from = g_strdup(answer->from);
        diff->from_time = answer->from_time * G_USEC_PER_SEC;
        diff->to = options->to ? g_strdup(answer->to) : NULL;
        diff->to_time = answer->to_time * G_USEC_PER_SEC;
        if (answer->cut)
                cut(diffing, history_limit_to_string(answer->cut));
        return true;
}

static bool run(Diffing *diffing, GError **error)
{
        const HistoryDiffOptions *options = diffing->options;

        diffing->place = history_place_find(options->repository->path, error);
        if (!diffing->place || !load_modules(diffing, error) || !ask_files(diffing, error))
                return false;
        if (options->to) {
                list_commits(diffing);
                return read_past(diffing, error);
        }
        diffing->folder =
                open(options->repository->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (diffing->folder < 0)
                error_set_errno(error, errno, "the repository %s cannot be read",
                                options->repository->path);
        return diffing->folder >= 0 && list_graph(diffing, error) && read_graph(diffing, error) &&
               read_past(diffing, error);
}

HistoryDiff *history_diff(const HistoryDiffOptions *options, GError **error)
{
        g_autoptr(HistoryDiff) diff = g_new0(HistoryDiff, 1);
        Diffing diffing = {.options = options, .diff = diff, .folder = -1};

        diff->contrast = contrast_new(options->repository->id);
        diffing.versions = g_array_new(FALSE, FALSE, sizeof(Version));
        diffing.modules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        bool ok = run(&diffing, error);
        if (ok)
                diff->rows = contrast_rows(diff->contrast);
        if (diffing.folder >= 0)
                (void)close(diffing.folder);
        (void)history_place_unref(diffing.place);
        (void)history_block_free(diffing.block);
        g_array_unref(diffing.versions);
        g_hash_table_unref(diffing.modules);
        return ok ? g_steal_pointer(&diff) : NULL;
}
