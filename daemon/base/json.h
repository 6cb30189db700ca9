/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON from strangers, with limits, and short ways to read and build it with json-glib. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

#define JSON_BYTES_MAX (8 * 1024 * 1024) /* longest text accepted */
#define JSON_DEPTH_MAX 64 /* deepest nesting accepted (json-glib's parser recurses) */

/* Parses text of length bytes (-1: NUL-terminated). INVALID for bad JSON, invalid UTF-8 or NUL
 * (\u0000 too); LIMIT over JSON_BYTES_MAX or JSON_DEPTH_MAX, naming the limit. The caller unrefs. */
JsonNode *json_parse_text(const char *text, gssize length, GError **error);

/* The same for a text that must be an object. */
JsonObject *json_parse_object(const char *text, gssize length, GError **error);

/* Compact text of a node or object; the caller frees. */
char *json_print_node(JsonNode *node);
char *json_print_object(JsonObject *object);

/* The same on many lines, for people; the caller frees. */
char *json_print_pretty(JsonNode *node);

/* The same at the end of a text, for messages that are written piece by piece; a string with its quotes. */
void json_write_node(GString *out, JsonNode *node);
void json_write_object(GString *out, JsonObject *object);
void json_write_string(GString *out, const char *text);
void json_write_double(GString *out, double value);

/* The same with the members of every object in order of their names, and whole numbers without a fraction: equal
 * values have equal texts. */
char *json_print_canonical(JsonObject *object);

/* An array of strings as a row of ours holds it, and back; what is no such array is an empty list. The caller frees. */
char *json_print_strings(const char *const *strings);
char **json_parse_strings(const char *text);

/* A copy that shares nothing, since references of json-glib are not counted atomically: for another thread. */
JsonObject *json_copy_object(JsonObject *object);
JsonNode *json_copy_node(JsonNode *node);

/* Members with a default for "absent or null". A member of another type also gives the default:
 * types are checked against the schema before. Strings belong to the object. */
const char *json_member_string(JsonObject *object, const char *name, const char *fallback);
int64_t json_member_int(JsonObject *object, const char *name, int64_t fallback);
double json_member_double(JsonObject *object, const char *name, double fallback);
bool json_member_bool(JsonObject *object, const char *name, bool fallback);
JsonArray *json_member_array(JsonObject *object, const char *name);   /* NULL if absent */
JsonObject *json_member_object(JsonObject *object, const char *name); /* NULL if absent */

/* Sets a string member, null when value is NULL. */
void json_set_string(JsonObject *object, const char *name, const char *value);

/* Sets an ISO 8601 time member from UTC microseconds. */
void json_set_time(JsonObject *object, const char *name, int64_t time_us);

/* What a program can read of an error, beside its code and message: {"path": JSON pointer of the argument that is wrong,
 * "limit": name of the limit}, each if it is known. */
JsonObject *json_error_payload(const GError *error);
