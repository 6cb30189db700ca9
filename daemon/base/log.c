/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logging by journald's native protocol when systemd has connected our stderr to the journal, which is
 * what JOURNAL_STREAM tells (systemd.exec(5)); else lines on stderr, with <N> priority prefixes unless a
 * person is looking at a terminal. The level is the process's own: the one global of this file. */
#define SD_JOURNAL_SUPPRESS_LOCATION /* the caller's place is sent, not this file's */
#include "base/log.h"

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#define TEXT_BYTES_MAX 8192 /* longest MESSAGE; a stranger's text may be in it */
#define FIELDS_MAX     32   /* most fields of one entry */

static const struct {
        const char *name, *id;
} events[LOG_EVENT_COUNT] = {
#define X(name, id) {#name, id},
        LOG_EVENTS(X)
#undef X
};

static const char *const levels[] = {
        [LOG_EMERG] = "emerg", [LOG_ALERT] = "alert",     [LOG_CRIT] = "crit",
        [LOG_ERR] = "err",     [LOG_WARNING] = "warning", [LOG_NOTICE] = "notice",
        [LOG_INFO] = "info",   [LOG_DEBUG] = "debug",
};

const char *log_event_id(LogEvent event)
{
        return events[event].id;
}

const char *log_event_name(LogEvent event)
{
        return events[event].name;
}

int log_level_from_string(const char *name)
{
        for (unsigned i = 0; name && i < G_N_ELEMENTS(levels); i++)
                if (strcmp(levels[i], name) == 0)
                        return (int)i;
        return -1;
}

static int level = -1; /* atomic; -1: not set yet */

static int level_of_environment(void)
{
        return log_level_from_string(g_getenv("OUROBOROS_LOG"));
}

static int level_now(void)
{
        int now = g_atomic_int_get(&level);

        if (now < 0) {
                now = level_of_environment();
                now = now < 0 ? LOG_INFO : now;
                g_atomic_int_set(&level, now);
        }
        return now;
}

void log_set_level(int new_level)
{
        if (level_of_environment() < 0)
                g_atomic_int_set(&level, new_level);
}

static bool stderr_is_journal(void)
{
        const char *stream = g_getenv("JOURNAL_STREAM");
        unsigned long long device, inode;
        struct stat status;

        return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
               fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device &&
               status.st_ino == inode && access("/run/systemd/journal/socket", W_OK) == 0;
}

/* One line, whatever is in the text: a stranger's newline must not look like another entry. */
static void write_stderr(int priority, const char *text)
{
        g_autoptr(GString) line = g_string_new(NULL);

        if (!isatty(STDERR_FILENO))
                g_string_append_printf(line, "<%d>", priority);
        for (const char *at = text; *at; at++)
                g_string_append_c(line, g_ascii_iscntrl(*at) && *at != '\t' ? ' ' : *at);
        g_string_append_c(line, '\n');
        (void)!write(STDERR_FILENO, line->str, line->len); /* nowhere left to complain, ignoring */
}

typedef struct Entry {
        struct iovec fields[FIELDS_MAX];
        int count;
} Entry;

static void entry_add(Entry *entry, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void entry_add(Entry *entry, const char *format, ...)
{
        va_list arguments;
        char *text;

        if (entry->count == FIELDS_MAX)
                return;
        va_start(arguments, format);
        text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        entry->fields[entry->count++] = (struct iovec){text, strlen(text)};
}

static void entry_clear(Entry *entry)
{
        for (int i = 0; i < entry->count; i++)
                g_free(entry->fields[i].iov_base);
}

static void entry_add_place(Entry *entry, const LogPlace *place)
{
        entry_add(entry, "CODE_FILE=%s", place->file);
        entry_add(entry, "CODE_LINE=%d", place->line);
        entry_add(entry, "CODE_FUNC=%s", place->function);
}

static void send_or_write(const LogPlace *place, Entry *entry, const char *text)
{
        bool sent = false;

        if (stderr_is_journal()) {
                entry_add(entry, "PRIORITY=%d", place->priority);
                entry_add_place(entry, place);
                sent = sd_journal_sendv(entry->fields, entry->count) >= 0;
        }
        if (!sent)
                write_stderr(place->priority, text);
        entry_clear(entry);
}

/* The text with its error appended, cut to its limit between characters. */
static char *full_text(const char *format, va_list arguments, const GError *error)
{
        g_autofree char *text = g_strdup_vprintf(format, arguments);
        g_autofree char *full = error ? g_strdup_printf("%s: %s", text, error->message) : NULL;
        char *valid = g_utf8_make_valid(full ? full : text, -1);

        if (strlen(valid) > TEXT_BYTES_MAX) {
                char *end = g_utf8_find_prev_char(valid, valid + TEXT_BYTES_MAX - 2);

                memcpy(end, "…", sizeof "…");
        }
        return valid;
}

void log_event_at(const LogPlace *place, LogEvent event, const char *const *fields,
                  const GError *error, const char *format, ...)
{
        Entry entry = {.count = 0};
        va_list arguments;

        if (place->priority > level_now())
                return;
        va_start(arguments, format);
        g_autofree char *text = full_text(format, arguments, error);
        va_end(arguments);
        entry_add(&entry, "MESSAGE=%s", text);
        entry_add(&entry, "MESSAGE_ID=%s", log_event_id(event));
        entry_add(&entry, "OUROBOROS_EVENT=%s", log_event_name(event));
        if (error) {
                entry_add(&entry, "OUROBOROS_ERROR=%.*s", TEXT_BYTES_MAX, error->message);
                entry_add(&entry, "OUROBOROS_ERROR_CODE=%s", error_row(error_code(error))->name);
        }
        for (; fields && *fields; fields++)
                entry_add(&entry, "%.*s", TEXT_BYTES_MAX, *fields);
        send_or_write(place, &entry, text);
}

void log_debug(const char *format, ...)
{
        LogPlace place = {__FILE__, __func__, __LINE__, LOG_DEBUG};
        Entry entry = {.count = 0};
        va_list arguments;

        if (level_now() < LOG_DEBUG)
                return;
        va_start(arguments, format);
        g_autofree char *text = full_text(format, arguments, NULL);
        va_end(arguments);
        entry_add(&entry, "MESSAGE=%s", text);
        send_or_write(&place, &entry, text);
}
