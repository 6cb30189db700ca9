/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two tables: what files begin with, and how their names end. */
#include "documents/mime.h"

#include <glib.h>
#include <string.h>

static const struct {
        const char *bytes;
        unsigned length, offset;
        const char *mime;
} magics[] = {
        {"%PDF-", 5, 0, "application/pdf"},
        {"\x7f"
         "ELF",
         4, 0, "application/x-elf"},
        {"\x89PNG\r\n", 6, 0, "image/png"},
        {"\xff\xd8\xff", 3, 0, "image/jpeg"},
        {"GIF8", 4, 0, "image/gif"},
        {"WEBP", 4, 8, "image/webp"},
        {"WAVE", 4, 8, "audio/wav"},
        {"AVI ", 4, 8, "video/x-msvideo"},
        {"II*\0", 4, 0, "image/tiff"},
        {"MM\0*", 4, 0, "image/tiff"},
        {"OggS", 4, 0, "audio/ogg"},
        {"fLaC", 4, 0, "audio/flac"},
        {"ID3", 3, 0, "audio/mpeg"},
        {"ftyp", 4, 4, "video/mp4"},
        {"\x1a\x45\xdf\xa3", 4, 0, "video/x-matroska"},
        {"SQLite format 3", 15, 0, "application/vnd.sqlite3"},
        {"!<arch>\n", 8, 0, "application/x-archive"},
        {"\0asm", 4, 0, "application/wasm"},
        {"\xca\xfe\xba\xbe", 4, 0, "application/java-vm"},
        {"\x28\xb5\x2f\xfd", 4, 0, "application/zstd"},
        {"\xfd"
         "7zXZ",
         5, 0, "application/x-xz"},
        {"7z\xbc\xaf", 4, 0, "application/x-7z-compressed"},
        {"wOFF", 4, 0, "font/woff"},
        {"wOF2", 4, 0, "font/woff2"},
        {"\0\1\0\0\0", 5, 0, "font/ttf"},
        {"OTTO", 4, 0, "font/otf"},
        {"\x1f\x8b", 2, 0, "application/gzip"},
};

static const struct {
        const char *ending, *mime;
} endings[] = {
        {".md", "text/markdown"},
        {".markdown", "text/markdown"},
        {".mkd", "text/markdown"},
        {".txt", "text/plain"},
        {".text", "text/plain"},
        {".rst", "text/x-rst"},
        {".html", "text/html"},
        {".htm", "text/html"},
        {".xhtml", "application/xhtml+xml"},
        {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {".odt", "application/vnd.oasis.opendocument.text"},
        {".epub", "application/epub+zip"},
        {".csv", "text/csv"},
        {".json", "application/json"},
        {".xml", "application/xml"},
        {".svg", "image/svg+xml"},
        {".yaml", "application/yaml"},
        {".yml", "application/yaml"},
        {".tex", "text/x-tex"},
        {".eml", "message/rfc822"},
        {".c", "text/x-c"},
        {".h", "text/x-c"},
        {".py", "text/x-python"},
        {".js", "text/javascript"},
        {".sh", "text/x-shellscript"},
        {".bmp", "image/bmp"},
        {".ico", "image/x-icon"},
        {".pyc", "application/x-python-bytecode"},
};

/* Types that hold no text worth searching; a family ends with a slash. */
static const char *const mute[] = {
        "image/",
        "audio/",
        "video/",
        "font/",
        "application/x-elf",
        "application/vnd.sqlite3",
        "application/x-archive",
        "application/wasm",
        "application/java-vm",
        "application/gzip", /* as long as the extractor does not unpack it */
        "application/zstd",
        "application/x-xz",
        "application/x-7z-compressed",
        "application/x-python-bytecode",
};

const char *mime_guess(const char *name, const uint8_t *head, size_t size)
{
        for (size_t i = 0; i < G_N_ELEMENTS(magics); i++)
                if (size >= magics[i].offset + magics[i].length &&
                    memcmp(head + magics[i].offset, magics[i].bytes, magics[i].length) == 0)
                        return magics[i].mime;
        g_autofree char *lower = g_ascii_strdown(name, -1);
        for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
                if (g_str_has_suffix(lower, endings[i].ending))
                        return endings[i].mime;
        if (size >= 4 && memcmp(head, "PK\3\4", 4) == 0)
                return "application/zip";
        return memchr(head, 0, size) ? "application/octet-stream" : "text/plain";
}

bool mime_has_text(const char *mime)
{
        if (g_str_equal(mime, "image/svg+xml"))
                return true;
        for (size_t i = 0; i < G_N_ELEMENTS(mute); i++)
                if (g_str_has_suffix(mute[i], "/") ? g_str_has_prefix(mime, mute[i])
                                                   : g_str_equal(mime, mute[i]))
                        return false;
        return true;
}
