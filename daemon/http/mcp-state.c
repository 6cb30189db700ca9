/* SPDX-License-Identifier: GPL-3.0-or-later */
/* requestState: what a client carries for us from one round of a request to the next. It is encrypted and
 * authenticated, and holds for one connection, one request and MCP_STATE_SEC. The key is a file of its own beside the
 * databases, so that what a client holds outlives the daemon's rest; it opens nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "http/mcp-private.h"

#define KEY_FILE    "request-state.key"
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES
#define VARIANT     sodium_base64_VARIANT_URLSAFE_NO_PADDING

G_STATIC_ASSERT(sizeof((struct Mcp){0}.state_key) == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

void state_clear(State *state)
{
        g_clear_pointer(&state->note, g_free);
        g_clear_pointer(&state->replies, json_object_unref);
}

/* ---- the key ---- */

static bool read_key(const char *path, uint8_t key[32])
{
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        bool whole = fd >= 0 && file_read_at(fd, key, 32, 0) == 32;

        if (fd >= 0)
                close(fd);
        return whole;
}

static bool write_key(const char *path, const uint8_t key[32])
{
        g_autofree char *new = g_strconcat(path, ".new", NULL);
        int fd;

        (void)unlink(new);
        fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return false;
        bool written = file_write_all(fd, key, 32) && fsync(fd) == 0;
        close(fd);
        return written && rename(new, path) == 0;
}

bool state_load_key(Mcp *mcp, GError **error)
{
        g_autofree char *path = NULL;

        if (sodium_init() < 0) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                                    "Cannot initialize libsodium");
                return false;
        }
        path = g_build_filename(mcp->options.paths->data, KEY_FILE, NULL);
        if (read_key(path, mcp->state_key))
                return true;
        randombytes_buf(mcp->state_key, sizeof mcp->state_key);
        if (!write_key(path, mcp->state_key))
                log_debug("Cannot keep %s: %s, ignoring: it holds until the daemon ends", path,
                          g_strerror(errno));
        return true;
}

/* ---- sealing ---- */

/* What the sealing is bound to besides the key. */
static void bind_to(const char *connection, const char *request, uint8_t ret[32])
{
        crypto_generichash_state hash;

        crypto_generichash_init(&hash, NULL, 0, 32);
        crypto_generichash_update(&hash, (const uint8_t *)connection, strlen(connection) + 1);
        crypto_generichash_update(&hash, (const uint8_t *)request, strlen(request));
        crypto_generichash_final(&hash, ret, 32);
}

static char *print_state(const State *state)
{
        GString *out = g_string_new("{");

        message_int(out, "until", clock_now() + (int64_t)MCP_STATE_SEC * G_USEC_PER_SEC);
        if (state->note)
                message_string(out, "note", state->note);
        if (state->replies) {
                message_member(out, "replies");
                json_write_object(out, state->replies);
        }
        g_string_append_c(out, '}');
        return g_string_free(out, FALSE);
}

char *state_seal(const Mcp *mcp, const char *connection, const char *request, const State *state,
                 GError **error)
{
        g_autofree char *plain = print_state(state);
        size_t length = strlen(plain), sealed_length = NONCE_BYTES + length + TAG_BYTES;
        size_t text_length = sodium_base64_ENCODED_LEN(sealed_length, VARIANT);
        uint8_t bound[32];

        if (text_length > MCP_STATE_BYTES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "What is to be carried to the next round is over the limit of %d bytes "
                            "(MCP_STATE_BYTES_MAX)",
                            MCP_STATE_BYTES_MAX);
                return NULL;
        }
        g_autofree uint8_t *sealed = g_malloc(sealed_length);
        bind_to(connection, request, bound);
        randombytes_buf(sealed, NONCE_BYTES);
        crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_BYTES, NULL,
                                                   (const uint8_t *)plain, length, bound,
                                                   sizeof bound, NULL, sealed, mcp->state_key);
        char *text = g_malloc(text_length);
        return sodium_bin2base64(text, text_length, sealed, sealed_length, VARIANT);
}

/* What was sealed, as text, or NULL. */
static char *unseal(const Mcp *mcp, const char *connection, const char *request, const char *text)
{
        size_t text_length = strlen(text), length;
        const char *end;
        uint8_t bound[32];

        if (text_length > MCP_STATE_BYTES_MAX)
                return NULL;
        g_autofree uint8_t *sealed = g_malloc(text_length + 1);
        if (sodium_base642bin(sealed, text_length, text, text_length, NULL, &length, &end,
                              VARIANT) != 0 ||
            end != text + text_length || length < NONCE_BYTES + TAG_BYTES)
                return NULL;
        g_autofree char *plain = g_malloc0(length - NONCE_BYTES - TAG_BYTES + 1);
        bind_to(connection, request, bound);
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(
                    (uint8_t *)plain, NULL, NULL, sealed + NONCE_BYTES, length - NONCE_BYTES, bound,
                    sizeof bound, sealed, mcp->state_key) != 0)
                return NULL;
        return g_steal_pointer(&plain);
}

bool state_open(const Mcp *mcp, const char *connection, const char *request, const char *text,
                State *ret, GError **error)
{
        g_autofree char *plain = unseal(mcp, connection, request, text);
        g_autoptr(JsonObject) state = plain ? json_parse_object(plain, -1, NULL) : NULL;
        JsonObject *replies = json_member_object(state, "replies");

        if (!state || json_member_int(state, "until", 0) < clock_now()) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                        "params.requestState is not one that this request of this connection was "
                        "given within %d seconds (MCP_STATE_SEC); make the request anew without it",
                        MCP_STATE_SEC);
                return false;
        }
        ret->note = g_strdup(json_member_string(state, "note", NULL));
        ret->replies = replies ? json_object_ref(replies) : NULL;
        return true;
}
