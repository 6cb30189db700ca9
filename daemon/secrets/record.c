/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "secrets/record.h"

#include <errno.h>

#include "secrets/file.h"
#include "secrets/key.h"

#define RECORD_NAME      "key-source.json"
#define RECORD_VERSION   1
#define RECORD_BYTES_MAX 4096

Record *record_new(KeySource source, const char *key_id)
{
        Record *record = g_new0(Record, 1);
        record->source = source;
        record->vault = id_new("vlt");
        record->key_id = g_strdup(key_id);
        return record;
}

Record *record_free(Record *record)
{
        if (!record)
                return NULL;
        g_free(record->vault);
        g_free(record->key_id);
        g_free(record->staged_id);
        g_free(record);
        return NULL;
}

static Record *record_parse(const char *text, size_t size, GError **error)
{
        g_autoptr(JsonObject) object = json_parse_object(text, (gssize)size, error);
        if (!object)
                return NULL;
        g_autoptr(Record) record = g_new0(Record, 1);
        int64_t version = json_member_int(object, "version", 0);
        if (version != RECORD_VERSION) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                            "its version is %" G_GINT64_FORMAT ", only %d is known", version,
                            RECORD_VERSION);
                return NULL;
        }
        record->vault = g_strdup(json_member_string(object, "vault", NULL));
        record->key_id = g_strdup(json_member_string(object, "key_id", NULL));
        record->staged_id = g_strdup(json_member_string(object, "staged_key_id", NULL));
        if (!key_source_from_string(json_member_string(object, "source", ""), &record->source) ||
            record->source == KEY_SOURCE_NONE || !id_is_valid(record->vault, "vlt") ||
            !key_id_is_valid(record->key_id) ||
            (record->staged_id && !key_id_is_valid(record->staged_id))) {
                g_set_error_literal(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                        "source, vault, key_id or staged_key_id is not as it was written");
                return NULL;
        }
        return g_steal_pointer(&record);
}

Record *record_read(const char *folder, GError **error)
{
        g_autofree char *path = g_build_filename(folder, RECORD_NAME, NULL);
        size_t size = 0;
        g_autofree char *text = g_malloc(RECORD_BYTES_MAX);
        FileRead found = file_read(path, text, RECORD_BYTES_MAX, &size, error);
        if (found != FILE_READ_DONE)
                return NULL;
        g_autoptr(GError) inner = NULL;
        Record *record = record_parse(text, size, &inner);
        if (!record)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                            "%s cannot be understood: %s", path, inner->message);
        return record;
}

bool record_write(const Record *record, const char *folder, GError **error)
{
        g_autofree char *path = g_build_filename(folder, RECORD_NAME, NULL);
        g_autoptr(JsonObject) object = json_object_new();
        json_object_set_int_member(object, "version", RECORD_VERSION);
        json_object_set_string_member(object, "source", key_source_to_string(record->source));
        json_object_set_string_member(object, "vault", record->vault);
        json_object_set_string_member(object, "key_id", record->key_id);
        json_set_string(object, "staged_key_id", record->staged_id);
        g_autofree char *text = json_print_object(object);
        return file_write(path, text, strlen(text), error);
}
