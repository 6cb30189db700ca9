/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The error table: one row per code, one column per door. A door that needs another spelling of an
 * error adds a column here and not a table of its own. */
#include "base/error.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdarg.h>
#include <string.h>

typedef struct OuroborosErrorPrivate {
        char *path;
} OuroborosErrorPrivate;

static void ouroboros_error_private_init(OuroborosErrorPrivate *private)
{
        private->path = NULL;
}

static void ouroboros_error_private_copy(const OuroborosErrorPrivate *from,
                                         OuroborosErrorPrivate *to)
{
        to->path = g_strdup(from->path);
}

static void ouroboros_error_private_clear(OuroborosErrorPrivate *private)
{
        g_free(private->path);
}

G_DEFINE_EXTENDED_ERROR(OuroborosError, ouroboros_error)

void error_set_path(GError *error, const char *path)
{
        OuroborosErrorPrivate *private =
                error->domain == OUROBOROS_ERROR ? ouroboros_error_get_private(error) : NULL;

        if (!private)
                return;
        g_free(private->path);
        private->path = g_strdup(path);
}

const char *error_path(const GError *error)
{
        return error->domain == OUROBOROS_ERROR ? ouroboros_error_get_private(error)->path : NULL;
}

/* JSON-RPC keeps -32768 to -32000 for itself and MCP; what neither has a code for is outside. Exit statuses 1 and 2 are left to "failed"
 * and "wrong usage" as shells and getopt know them. */
static const ErrorRow rows[OUROBOROS_ERROR_COUNT] = {
        [OUROBOROS_ERROR_NOT_FOUND] = {"NOT_FOUND", "org.ouroboros.Error.NotFound", -31001, 404, 3},
        [OUROBOROS_ERROR_DENIED] = {"DENIED", "org.ouroboros.Error.Denied", -31003, 403, 4},
        [OUROBOROS_ERROR_INVALID] = {"INVALID", "org.ouroboros.Error.Invalid", -32602, 400, 2},
        [OUROBOROS_ERROR_CONFLICT] = {"CONFLICT", "org.ouroboros.Error.Conflict", -31009, 409, 5},
        [OUROBOROS_ERROR_LIMIT] = {"LIMIT", "org.ouroboros.Error.Limit", -31013, 413, 6},
        [OUROBOROS_ERROR_STALE] = {"STALE", "org.ouroboros.Error.Stale", -31010, 410, 7},
        [OUROBOROS_ERROR_OFFLINE] = {"OFFLINE", "org.ouroboros.Error.Offline", -31012, 502, 8},
        [OUROBOROS_ERROR_CORRUPT] = {"CORRUPT", "org.ouroboros.Error.Corrupt", -31015, 500, 9},
        [OUROBOROS_ERROR_UNAVAILABLE] = {"UNAVAILABLE", "org.ouroboros.Error.Unavailable", -31005,
                                         503, 10},
        [OUROBOROS_ERROR_TIMEOUT] = {"TIMEOUT", "org.ouroboros.Error.Timeout", -31008, 504, 11},
        [OUROBOROS_ERROR_CANCELLED] = {"CANCELLED", "org.ouroboros.Error.Cancelled", -31006, 499,
                                       12},
        [OUROBOROS_ERROR_FAILED] = {"FAILED", "org.ouroboros.Error.Failed", -32603, 500, 1},
};

const ErrorRow *error_row(OuroborosError code)
{
        if ((unsigned)code >= OUROBOROS_ERROR_COUNT)
                code = OUROBOROS_ERROR_FAILED;
        return &rows[code];
}

static OuroborosError code_from_gio(int code)
{
        switch (code) {
        case G_IO_ERROR_NOT_FOUND:
                return OUROBOROS_ERROR_NOT_FOUND;
        case G_IO_ERROR_PERMISSION_DENIED:
                return OUROBOROS_ERROR_DENIED;
        case G_IO_ERROR_INVALID_ARGUMENT:
        case G_IO_ERROR_INVALID_FILENAME:
        case G_IO_ERROR_FILENAME_TOO_LONG:
        case G_IO_ERROR_NOT_DIRECTORY:
        case G_IO_ERROR_IS_DIRECTORY:
                return OUROBOROS_ERROR_INVALID;
        case G_IO_ERROR_EXISTS:
                return OUROBOROS_ERROR_CONFLICT;
        case G_IO_ERROR_INVALID_DATA:
                return OUROBOROS_ERROR_CORRUPT;
        case G_IO_ERROR_NO_SPACE:
        case G_IO_ERROR_READ_ONLY:
        case G_IO_ERROR_BUSY:
        case G_IO_ERROR_TOO_MANY_OPEN_FILES:
                return OUROBOROS_ERROR_UNAVAILABLE;
        case G_IO_ERROR_TIMED_OUT:
                return OUROBOROS_ERROR_TIMEOUT;
        case G_IO_ERROR_CANCELLED:
                return OUROBOROS_ERROR_CANCELLED;
        case G_IO_ERROR_CONNECTION_REFUSED:
        case G_IO_ERROR_HOST_UNREACHABLE:
        case G_IO_ERROR_HOST_NOT_FOUND:
        case G_IO_ERROR_NETWORK_UNREACHABLE:
        case G_IO_ERROR_NOT_CONNECTED:
        case G_IO_ERROR_BROKEN_PIPE: /* the same number as CONNECTION_CLOSED */
                return OUROBOROS_ERROR_OFFLINE;
        default:
                return OUROBOROS_ERROR_FAILED;
        }
}

static OuroborosError code_from_file_error(int code)
{
        switch (code) {
        case G_FILE_ERROR_NOENT:
                return OUROBOROS_ERROR_NOT_FOUND;
        case G_FILE_ERROR_ACCES:
        case G_FILE_ERROR_PERM:
                return OUROBOROS_ERROR_DENIED;
        case G_FILE_ERROR_NOTDIR:
        case G_FILE_ERROR_ISDIR:
        case G_FILE_ERROR_NAMETOOLONG:
        case G_FILE_ERROR_LOOP:
        case G_FILE_ERROR_INVAL:
                return OUROBOROS_ERROR_INVALID;
        case G_FILE_ERROR_EXIST:
                return OUROBOROS_ERROR_CONFLICT;
        case G_FILE_ERROR_NOSPC:
        case G_FILE_ERROR_ROFS:
        case G_FILE_ERROR_NFILE:
        case G_FILE_ERROR_MFILE:
        case G_FILE_ERROR_NODEV:
                return OUROBOROS_ERROR_UNAVAILABLE;
        default:
                return OUROBOROS_ERROR_FAILED;
        }
}

OuroborosError error_code(const GError *error)
{
        if (!error)
                return OUROBOROS_ERROR_FAILED;
        if (error->domain == OUROBOROS_ERROR)
                return (unsigned)error->code < OUROBOROS_ERROR_COUNT ? (OuroborosError)error->code
                                                                     : OUROBOROS_ERROR_FAILED;
        if (error->domain == G_IO_ERROR)
                return code_from_gio(error->code);
        if (error->domain == G_FILE_ERROR)
                return code_from_file_error(error->code);
        return OUROBOROS_ERROR_FAILED;
}

OuroborosError error_code_from_dbus_name(const char *dbus_name)
{
        for (unsigned i = 0; dbus_name && i < OUROBOROS_ERROR_COUNT; i++)
                if (strcmp(rows[i].dbus_name, dbus_name) == 0)
                        return (OuroborosError)i;
        return OUROBOROS_ERROR_FAILED;
}

static OuroborosError code_from_errno(int errnum)
{
        switch (errnum) {
        case EFBIG:
        case E2BIG:
        case EMSGSIZE:
                return OUROBOROS_ERROR_LIMIT;
        case EDQUOT:
        case EIO:
        case EAGAIN:
        case ENOMEM:
        case ENXIO:
                return OUROBOROS_ERROR_UNAVAILABLE;
        case EXDEV:
                return OUROBOROS_ERROR_DENIED; /* how openat2 says "leads outside" */
        case EBADMSG:
        case EILSEQ:
                return OUROBOROS_ERROR_CORRUPT;
        default: {
                OuroborosError code = code_from_file_error(g_file_error_from_errno(errnum));
                return code != OUROBOROS_ERROR_FAILED
                               ? code
                               : code_from_gio(g_io_error_from_errno(errnum));
        }
        }
}

void error_set_errno(GError **error, int errnum, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        g_autofree char *what = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        g_set_error(error, OUROBOROS_ERROR, code_from_errno(errnum), "%s: %s", what,
                    g_strerror(errnum));
}
