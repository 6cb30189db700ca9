/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Structured logging to journald. Every message that a person may meet has an id, and
 * units/ouroboros.catalog explains it (`journalctl -x`). Without journald it goes to stderr. */
#pragma once

#include <glib.h>
#include <stdarg.h>
#include <syslog.h>

/* name, message id (128 random bits, never reused; a new event gets one from systemd-id128 new). What
 * each means to a person stands in units/ouroboros.catalog. Append only. */
#define LOG_EVENTS(X)                                                                              \
        X(STARTED, "5a7157d2e5c0489982aa3e45c2e99e05")                                             \
        X(STOPPING, "cb5ae93e49254cd7ae343ed70dee9d29")                                            \
        X(IDLE_EXIT, "fa2d6dc7a0804ddaa2c0c596203b83ff")                                           \
        X(VAULT_OPENED, "fe434ecb7f5d476a98945f385b04f476")                                        \
        X(VAULT_CREATED, "6c08c482071542a588d7878eae925c60")                                       \
        X(VAULT_UNAVAILABLE, "abdd91f33e1042a19a1440c0c5560741")                                   \
        X(VAULT_CORRUPT, "17fe0fbe6a854e10ab0bfe80bb2b7a27")                                       \
        X(KEY_FILE_USED, "ca5bd87730f84556bc109cb36f7e6f7e")                                       \
        X(KEYRING_WAITING, "1461f906b2de4ce19c0da97ac63871ee")                                     \
        X(REKEYED, "5ba28112311845e3b1abd58d4337a1c2")                                             \
        X(MIGRATED, "9443376d96004fd897ae3df85e790ef5")                                            \
        X(VERIFY_FAILED, "1d790965c5ec4033a528f5fbd7c021a5")                                       \
        X(BACKUP_DONE, "71a262a53b4c4f7c806b8dd6f1c3b775")                                         \
        X(RESTORE_DONE, "48f9f0512293491187e78383f30b1563")                                        \
        X(DOCUMENT_FAILED, "5414faaad09c4de5a2a73dfaeeaea110")                                     \
        X(EXTRACTOR_DIED, "f42be2c670234658be490d1b93b951c9")                                      \
        X(ROOT_UNREADABLE, "eb46f695f8c84ea1961e7e53427d0dd7")                                     \
        X(WATCH_LIMIT, "7d80774722384bd98e0ca5e7f21b73b1")                                         \
        X(CLAIM_REJECTED, "da87f5a2616f40bc8a6e4fb9c3e6707e")                                      \
        X(DENIED, "21d53cf494ae481f8ca5801c2ca99bc1")                                              \
        X(REVERTED, "0d34bbf4e0b449f6917b21aba0830792")                                            \
        X(CONFIG_IGNORED, "2039c01bad8343afbf4e797b88705e67")                                      \
        X(WORK_FAILED, "ccfd9c0e829f4cf292abe9e1e24b3332")                                         \
        X(HARD_DELETED, "885e32e3132f43b9933f23372736c97f")                                        \
        X(BEARER_REFUSED, "ec7f1af5ff3b4dd29edf7e2518f02a75")                                      \
        X(CONNECTION_MINTED, "fea3823e517640e6be0e889325a617db")                                   \
        X(CONNECTION_REVOKED, "36b1f73ea6b7493b8c51e22f4e6713b1")                                  \
        X(SETTING_CHANGED, "d035e28febd245eeb746c6ab20fed059")                                     \
        X(APPROVAL_ASKED, "9464c504137e492d970afc526f4a8f4d")                                      \
        X(APPROVAL_DECIDED, "597377373e0143c6ad52d15e1935c6af")                                    \
        X(ISOLATE_DIED, "a2a321afb4d1429d8dde6c90f02365c9")                                        \
        X(ISOLATE_WEAK, "254913c623f34f90962edf6f08a12826")                                        \
        X(MENTIONS_CUT, "352a40553aa94832810722fbf9bec086")

typedef enum LogEvent {
#define X(name, id) LOG_##name##_EVENT,
        LOG_EVENTS(X)
#undef X
                LOG_EVENT_COUNT,
} LogEvent;

/* The message id of an event, 32 hex digits. */
const char *log_event_id(LogEvent event);

/* "STARTED" …, as OUROBOROS_EVENT has it. */
const char *log_event_name(LogEvent event);

/* Where a line comes from and how grave it is. */
typedef struct LogPlace {
        const char *file, *function;
        int line, priority;
} LogPlace;

/* Logs an event to journald if that is where stderr goes, else as one line to stderr. fields is NULL or
 * a NULL-terminated list of "OUROBOROS_NAME=value"; error, if any, is appended to the text and goes into
 * OUROBOROS_ERROR. priority is LOG_ERR … LOG_DEBUG. Takes
 * (LogEvent event, int priority, const char *const *fields, const GError *error, const char *format, ...). */
#define log_event(event, priority, fields, error, ...)                                             \
        log_event_at(&(const LogPlace){__FILE__, __func__, __LINE__, (priority)}, (event),         \
                     (fields), (error), __VA_ARGS__)

void log_event_at(const LogPlace *place, LogEvent event, const char *const *fields,
                  const GError *error, const char *format, ...) G_GNUC_PRINTF(5, 6);

/* A line without an id, for debugging only; shown when the level is debug. */
void log_debug(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Lines of a lesser priority than level (LOG_ERR … LOG_DEBUG) are dropped. The level begins as
 * OUROBOROS_LOG in the environment says (debug, info, notice, warning, err), else info; the environment
 * also wins over later calls, so that one run can be looked at without touching the configuration. */
void log_set_level(int level);

/* LOG_DEBUG for "debug" and so on; -1 for any other word. */
int log_level_from_string(const char *name);
