/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks what a helper sent before anybody believes it. */
#include "documents/extraction.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "extract/protocol.h"

#define SEALS             (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#define MIME_BYTES_MAX    200
#define TITLE_BYTES_MAX   2000
#define ATTRIBUTES_MAX    8
#define ATTRIBUTE_KEY_MAX 64

typedef struct Mapping {
        void *address;
        size_t size;
} Mapping;

static void mapping_free(void *data)
{
        Mapping *mapping = data;
        munmap(mapping->address, mapping->size);
        g_free(mapping);
}

Extraction *extraction_free(Extraction *extraction)
{
        if (!extraction)
                return NULL;
        g_clear_pointer(&extraction->map, g_variant_unref);
        g_clear_pointer(&extraction->structure, g_variant_unref);
        g_clear_pointer(&extraction->result, g_variant_unref);
        g_free(extraction);
        return NULL;
}

static bool garbage(GError **error, const char *what)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                    "the extractor sent a bad answer: %s", what);
        return false;
}

/* Sealed, so that it cannot change or shrink under our eyes. */
static GBytes *map_sealed(int memfd, GError **error)
{
        struct stat st;
        int seals = fcntl(memfd, F_GET_SEALS);
        if (seals < 0 || (seals & SEALS) != SEALS || fstat(memfd, &st) < 0) {
                garbage(error, "not a sealed memfd");
                return NULL;
        }
        if (st.st_size < 1 || st.st_size > EXTRACT_RESULT_BYTES_MAX) {
                garbage(error, "a result over EXTRACT_RESULT_BYTES_MAX or empty");
                return NULL;
        }
        size_t size = (size_t)st.st_size;
        void *address = mmap(NULL, size, PROT_READ, MAP_SHARED, memfd, 0);
        if (address == MAP_FAILED) {
                error_set_errno(error, errno, "Cannot map the extractor's answer");
                return NULL;
        }
        Mapping *mapping = g_new(Mapping, 1);
        *mapping = (Mapping){address, size};
        return g_bytes_new_with_free_func(address, size, mapping_free, mapping);
}

static int64_t count_chars(const char *text, size_t length)
{
        int64_t chars = 0;
        for (size_t i = 0; i < length; i++)
                chars += ((unsigned char)text[i] & 0xc0) != 0x80;
        return chars;
}

/* Pages all 0 (lines) or rising; beginnings never fall nor pass the end. */
static bool check_map(const Extraction *extraction, GError **error)
{
        size_t n = 0;
        const guint32(*entries)[2] =
                g_variant_get_fixed_array(extraction->map, &n, sizeof(guint32[2]));
        if (n < 1 || n > EXTRACT_LINES_MAX || entries[0][1] != 0)
                return garbage(error, "a map that is empty, too long or does not begin at 0");
        bool paged = entries[0][0] != 0;
        for (size_t i = 0; i < n; i++) {
                if (entries[i][1] > extraction->text_chars ||
                    (i > 0 && entries[i][1] < entries[i - 1][1]))
                        return garbage(error, "a map out of order");
                if (!paged ? entries[i][0] != 0 : i > 0 && entries[i][0] <= entries[i - 1][0])
                        return garbage(error, "pages out of order");
        }
        return true;
}

static bool check_attributes(GVariant *attributes, GError **error)
{
        GVariantIter iter;
        const char *key, *value;
        if (g_variant_n_children(attributes) > ATTRIBUTES_MAX)
                return garbage(error, "too many attributes");
        g_variant_iter_init(&iter, attributes);
        while (g_variant_iter_next(&iter, "{&s&s}", &key, &value))
                if (strnlen(key, ATTRIBUTE_KEY_MAX + 1) > ATTRIBUTE_KEY_MAX ||
                    strnlen(value, EXTRACT_VALUE_BYTES_MAX + 1) > EXTRACT_VALUE_BYTES_MAX)
                        return garbage(error, "an attribute over EXTRACT_VALUE_BYTES_MAX");
        return true;
}

static bool is_kind(const char *kind)
{
        static const char *const kinds[] = {"heading",   "frontmatter", "wikilink",
                                            "table_row", "code_block",  "external_ref",
                                            "citation",  "procedure",   NULL};
        return g_strv_contains(kinds, kind);
}

static bool check_structure(const Extraction *extraction, GError **error)
{
        GVariantIter iter;
        const char *kind;
        guint32 start, end, last = 0;
        GVariant *attributes;
        if (g_variant_n_children(extraction->structure) > EXTRACT_ITEMS_MAX)
                return garbage(error, "more items than EXTRACT_ITEMS_MAX");
        g_variant_iter_init(&iter, extraction->structure);
        while (g_variant_iter_next(&iter, "(&suu@a{ss})", &kind, &start, &end, &attributes)) {
                g_autoptr(GVariant) owned = attributes;
                if (!is_kind(kind))
                        return garbage(error, "an unknown kind of item");
                if (start < last || start >= end || end > extraction->text_chars)
                        return garbage(error, "an item out of range or out of order");
                if (!check_attributes(attributes, error))
                        return false;
                last = start;
        }
        return true;
}

static bool check_names(const Extraction *extraction, GError **error)
{
        size_t mime = strnlen(extraction->mime, MIME_BYTES_MAX + 1);
        if (mime < 3 || mime > MIME_BYTES_MAX || !strchr(extraction->mime, '/') ||
            !g_str_is_ascii(extraction->mime))
                return garbage(error, "no MIME type");
        if (strnlen(extraction->title, TITLE_BYTES_MAX + 1) > TITLE_BYTES_MAX)
                return garbage(error, "a title too long");
        return true;
}

Extraction *extraction_from_memfd(int memfd, GError **error)
{
        g_autoptr(GBytes) bytes = map_sealed(memfd, error);
        if (!bytes)
                return NULL;
        g_autoptr(Extraction) extraction = g_new0(Extraction, 1);
        extraction->result = g_variant_ref_sink(
                g_variant_new_from_bytes(G_VARIANT_TYPE(EXTRACT_RESULT_TYPE), bytes, FALSE));
        /* types, alignment, padding, UTF-8 without NUL; what is taken out of it later is trusted then */
        if (!g_variant_is_normal_form(extraction->result)) {
                garbage(error, "not a well-formed result");
                return NULL;
        }
        g_variant_get(extraction->result, "(&s&s&s@a(uu)@a(suua{ss}))", &extraction->mime,
                      &extraction->title, &extraction->text, &extraction->map,
                      &extraction->structure);
        extraction->text_bytes = strlen(extraction->text);
        if (extraction->text_bytes > EXTRACTOR_TEXT_BYTES_MAX) {
                garbage(error, "a text over EXTRACTOR_TEXT_BYTES_MAX");
                return NULL;
        }
        extraction->text_chars = count_chars(extraction->text, extraction->text_bytes);
        if (!check_names(extraction, error) || !check_map(extraction, error) ||
            !check_structure(extraction, error))
                return NULL;
        if (!*extraction->title)
                extraction->title = NULL;
        return g_steal_pointer(&extraction);
}
