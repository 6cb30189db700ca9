/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Structured logging to journald. Every message that a person may meet has an id, and
 * units/ouroboros.catalog explains it (`journalctl -x`). Without journald it goes to stderr. */
#pragma once

#include <glib.h>
#include <stdarg.h>
#include <syslog.h>

/* name, message id (never reused), fields the catalog entry may name: see log.c. Append only. */
#define LOG_EVENTS(X)                                                                              \
        X(STARTED, "6a1f3c0e8d5b4f7c9e2a1b3d5f708192")                                             \
        X(STOPPING, "1c9b7e5d3f2a4086b4d2e0f1a3c5b796")                                            \
        X(IDLE_EXIT, "2f0e4d6c8b1a4935a7c6e5d4f3b2a190")                                           \
        X(VAULT_OPENED, "3b5d7f90a1c24e68b0d2f4a6c8e0b1d3")                                        \
        X(VAULT_CREATED, "4c6e80a2b3d5471f92c4e6d8f0a1b2c3")                                       \
        X(VAULT_UNAVAILABLE, "5d7f91b3c4e64820a3d5f7e9018b2c4d")                                   \
        X(VAULT_CORRUPT, "6e80a2c4d5f74931b4e608fa129c3d5e")                                       \
        X(KEY_FILE_USED, "7f91b3d5e6084a42a5f7190b23ad4e6f")                                       \
        X(KEYRING_WAITING, "80a2c4e6f7194b53b608201c34be5f70")                                     \
        X(REKEYED, "91b3d5f7082a4c64a719312d45cf6081")                                             \
        X(MIGRATED, "a2c4e608193b4d75b82a423e56d07192")                                            \
        X(VERIFY_FAILED, "b3d5f7192a4c4e86a93b534f67e182a3")                                       \
        X(BACKUP_DONE, "c4e6082a3b5d4f97ba4c645078f293b4")                                         \
        X(RESTORE_DONE, "d5f7193b4c6e40a8ab5d756189039ac5")                                        \
        X(DOCUMENT_FAILED, "e6082a4c5d7f41b9bc6e86729a14abd6")                                     \
        X(EXTRACTOR_DIED, "f7193b5d6e8042cacd7f9783ab25bce7")                                      \
        X(ROOT_UNREADABLE, "082a4c6e7f9143dbde80a894bc36cdf8")                                     \
        X(WATCH_LIMIT, "193b5d7f80a244ecef91b9a5cd47de09")                                         \
        X(CLAIM_REJECTED, "2a4c6e8091b345fdf0a2cab6de58ef1a")                                      \
        X(DENIED, "3b5d7f91a2c4460ea1b3dbc7ef69f02b")                                              \
        X(REVERTED, "4c6e80a2b3d5471fb2c4ecd8f07a013c")                                            \
        X(CONFIG_IGNORED, "5d7f91b3c4e64820c3d5fde9018b124d")                                      \
        X(WORK_FAILED, "6e80a2c4d5f74931d4e60efa129c235e")

typedef enum LogEvent {
#define X(name, id) LOG_##name##_EVENT,
        LOG_EVENTS(X)
#undef X
                LOG_EVENT_COUNT,
} LogEvent;

/* The message id of an event, 32 hex digits. */
const char *log_event_id(LogEvent event);

/* Logs an event. fields is NULL or a NULL-terminated list of "OUROBOROS_NAME=value"; error, if any,
 * is appended to the text and goes into OUROBOROS_ERROR. priority is LOG_ERR … LOG_DEBUG. */
void log_event(LogEvent event, int priority, const char *const *fields, const GError *error,
               const char *format, ...) G_GNUC_PRINTF(5, 6);

/* A line without an id, for debugging only; shown when OUROBOROS_LOG=debug. */
void log_debug(const char *format, ...) G_GNUC_PRINTF(1, 2);
