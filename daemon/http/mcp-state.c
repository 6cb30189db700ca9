/* SPDX-License-Identifier: GPL-3.0-or-later */
/* requestState: what a client carries for us from one round of a request to the next. It is encrypted and
 * authenticated, and holds for one connection, one request and MCP_STATE_SEC. The gate has the key, so what a client
 * holds outlives the daemon's rest. */
#include <sodium.h>
#include <string.h>

#include "http/mcp-private.h"

#define KEY_PURPOSE "mcp-state"
#define BOUND_BYTES 32
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES
#define VARIANT     sodium_base64_VARIANT_URLSAFE_NO_PADDING

G_STATIC_ASSERT(GATE_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

void state_clear(State *state)
{
        g_clear_pointer(&state->note, g_free);
        g_clear_pointer(&state->replies, json_object_unref);
}

/* ---- sealing ---- */

/* What the sealing is bound to besides the key. */
static void bind_to(const char *connection, const char *request, uint8_t ret[BOUND_BYTES])
{
        crypto_generichash_state hash;

        crypto_generichash_init(&hash, NULL, 0, BOUND_BYTES);
        crypto_generichash_update(&hash, (const uint8_t *)connection, strlen(connection) + 1);
        crypto_generichash_update(&hash, (const uint8_t *)request, strlen(request));
        crypto_generichash_final(&hash, ret, BOUND_BYTES);
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
        uint8_t bound[BOUND_BYTES], key[GATE_KEY_BYTES];

        if (text_length > MCP_STATE_BYTES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "What is to be carried to the next round is over the limit of %d bytes "
                            "(MCP_STATE_BYTES_MAX)",
                            MCP_STATE_BYTES_MAX);
                return NULL;
        }
        if (!gate_key(mcp->options.gate, KEY_PURPOSE, key, error))
                return NULL;
        g_autofree uint8_t *sealed = g_malloc(sealed_length);
        bind_to(connection, request, bound);
        randombytes_buf(sealed, NONCE_BYTES);
        crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_BYTES, NULL,
                                                   (const uint8_t *)plain, length, bound,
                                                   sizeof bound, NULL, sealed, key);
        sodium_memzero(key, sizeof key);
        char *text = g_malloc(text_length);
        return sodium_bin2base64(text, text_length, sealed, sealed_length, VARIANT);
}

/* What was sealed for what is bound, as text, or NULL. */
static char *unseal(const uint8_t key[GATE_KEY_BYTES], const uint8_t bound[BOUND_BYTES],
                    const char *text)
{
        size_t text_length = strlen(text), length;
        const char *end;

        if (text_length > MCP_STATE_BYTES_MAX)
                return NULL;
        g_autofree uint8_t *sealed = g_malloc(text_length + 1);
        if (sodium_base642bin(sealed, text_length, text, text_length, NULL, &length, &end,
                              VARIANT) != 0 ||
            end != text + text_length || length < NONCE_BYTES + TAG_BYTES)
                return NULL;
        g_autofree char *plain = g_malloc0(length - NONCE_BYTES - TAG_BYTES + 1);
        if (crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)plain, NULL, NULL,
                                                       sealed + NONCE_BYTES, length - NONCE_BYTES,
                                                       bound, BOUND_BYTES, sealed, key) != 0)
                return NULL;
        return g_steal_pointer(&plain);
}

bool state_open(const Mcp *mcp, const char *connection, const char *request, const char *text,
                State *ret, GError **error)
{
        uint8_t bound[BOUND_BYTES], key[GATE_KEY_BYTES];

        if (!gate_key(mcp->options.gate, KEY_PURPOSE, key, error))
                return false;
        bind_to(connection, request, bound);
        g_autofree char *plain = unseal(key, bound, text);
        sodium_memzero(key, sizeof key);
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
