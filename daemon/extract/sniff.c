/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/sniff.h"

#include <string.h>

#include "base/base.h"
#include "extract/protocol.h"

#define PDF_HEADER_WITHIN 1024 /* bytes before %PDF- that readers forgive */

/* Bytes at an offset that give a type away. */
typedef struct Magic {
        size_t offset, length;
        const char *bytes;
        const char *mime;
} Magic;

#define MAGIC(offset, bytes, mime)                                                                 \
        {                                                                                          \
                offset, sizeof(bytes) - 1, bytes, mime                                             \
        }

static const Magic foreign[] = {
        MAGIC(0, "\x89PNG\r\n\x1a\n", "image/png"),
        MAGIC(0, "\xff\xd8\xff", "image/jpeg"),
        MAGIC(0, "GIF87a", "image/gif"),
        MAGIC(0, "GIF89a", "image/gif"),
        MAGIC(8, "WEBP", "image/webp"),
        MAGIC(8, "WAVEfmt", "audio/x-wav"),
        MAGIC(8, "AVI LIST", "video/x-msvideo"),
        MAGIC(0, "II*\0", "image/tiff"),
        MAGIC(0, "MM\0*", "image/tiff"),
        MAGIC(0, "\0\0\1\0", "image/vnd.microsoft.icon"),
        MAGIC(0, "8BPS", "image/vnd.adobe.photoshop"),
        MAGIC(0,
              "\x7f"
              "ELF",
              "application/x-executable"),
        MAGIC(0, "\x1f\x8b", "application/gzip"),
        MAGIC(0, "BZh", "application/x-bzip2"),
        MAGIC(0,
              "\xfd"
              "7zXZ\0",
              "application/x-xz"),
        MAGIC(0, "\x28\xb5\x2f\xfd", "application/zstd"),
        MAGIC(0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        MAGIC(0, "Rar!\x1a\x07", "application/vnd.rar"),
        MAGIC(257, "ustar", "application/x-tar"),
        MAGIC(0, "!<arch>\n", "application/x-archive"),
        MAGIC(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        MAGIC(0, "{\\rtf", "application/rtf"),
        MAGIC(0, "%!PS", "application/postscript"),
        MAGIC(0, "SQLite format 3", "application/vnd.sqlite3"),
        MAGIC(0, "\0asm", "application/wasm"),
        MAGIC(0, "\xca\xfe\xba\xbe", "application/java-vm"),
        MAGIC(0, "OggS", "application/ogg"),
        MAGIC(0, "ID3", "audio/mpeg"),
        MAGIC(0, "fLaC", "audio/flac"),
        MAGIC(4, "ftyp", "video/mp4"),
        MAGIC(0, "\x1a\x45\xdf\xa3", "video/x-matroska"),
        MAGIC(0, "wOFF", "font/woff"),
        MAGIC(0, "wOF2", "font/woff2"),
        MAGIC(0, "OTTO", "font/otf"),
        MAGIC(0, "\0\1\0\0\0", "font/ttf"),
        MAGIC(0, "PK\5\6", "application/zip"),
        MAGIC(0, "AT&TFORM", "image/vnd.djvu"),
};

/* Endings; format FORMAT_PDF and FORMAT_ZIP mark names that text must not bear. */
typedef struct Ending {
        const char *ending;
        Kind kind;
} Ending;

#define CODE(ending, mime, language)                                                               \
        {                                                                                          \
                ending,                                                                            \
                {                                                                                  \
                        FORMAT_CODE, mime, language                                                \
                }                                                                                  \
        }

static const Ending endings[] = {
        {"md", {FORMAT_MARKDOWN, "text/markdown", NULL}},
        {"markdown", {FORMAT_MARKDOWN, "text/markdown", NULL}},
        {"mdown", {FORMAT_MARKDOWN, "text/markdown", NULL}},
        {"mkd", {FORMAT_MARKDOWN, "text/markdown", NULL}},
        {"qmd", {FORMAT_MARKDOWN, "text/markdown", NULL}},
        {"rmd", {FORMAT_MARKDOWN, "text/markdown", NULL}},
        {"txt", {FORMAT_TEXT, "text/plain", NULL}},
        {"text", {FORMAT_TEXT, "text/plain", NULL}},
        {"rst", {FORMAT_TEXT, "text/x-rst", NULL}},
        {"org", {FORMAT_TEXT, "text/x-org", NULL}},
        {"adoc", {FORMAT_TEXT, "text/asciidoc", NULL}},
        {"bib", {FORMAT_TEXT, "text/x-bibtex", NULL}},
        {"tex", {FORMAT_TEXT, "text/x-tex", NULL}},
        {"csv", {FORMAT_CSV, "text/csv", NULL}},
        {"tsv", {FORMAT_CSV, "text/tab-separated-values", NULL}},
        {"html", {FORMAT_HTML, "text/html", NULL}},
        {"htm", {FORMAT_HTML, "text/html", NULL}},
        {"xhtml", {FORMAT_HTML, "application/xhtml+xml", NULL}},
        {"pdf", {FORMAT_PDF, "application/pdf", NULL}},
        {"docx",
         {FORMAT_ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
          NULL}},
        {"odt", {FORMAT_ZIP, "application/vnd.oasis.opendocument.text", NULL}},
        {"zip", {FORMAT_ZIP, "application/zip", NULL}},
        {"png", {FORMAT_ZIP, "image/png", NULL}},
        {"jpg", {FORMAT_ZIP, "image/jpeg", NULL}},
        {"jpeg", {FORMAT_ZIP, "image/jpeg", NULL}},
        {"gif", {FORMAT_ZIP, "image/gif", NULL}},
        {"xlsx",
         {FORMAT_ZIP, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", NULL}},
        CODE("map", "application/json", "json"),
        CODE("ipynb", "application/json", "json"),
        CODE("c", "text/x-csrc", "c"),
        CODE("h", "text/x-chdr", "c"),
        CODE("cc", "text/x-c++src", "cpp"),
        CODE("cpp", "text/x-c++src", "cpp"),
        CODE("cxx", "text/x-c++src", "cpp"),
        CODE("hpp", "text/x-c++hdr", "cpp"),
        CODE("hh", "text/x-c++hdr", "cpp"),
        CODE("hxx", "text/x-c++hdr", "cpp"),
        CODE("tcc", "text/x-c++src", "cpp"),
        CODE("ipp", "text/x-c++src", "cpp"),
        CODE("pas", "text/x-pascal", "pascal"),
        CODE("pp", "text/x-pascal", "pascal"),
        CODE("pyi", "text/x-python", "python"),
        CODE("pyx", "text/x-python", "python"),
        CODE("mts", "text/x-typescript", "typescript"),
        CODE("cts", "text/x-typescript", "typescript"),
        CODE("el", "text/x-lisp", "lisp"),
        CODE("lisp", "text/x-lisp", "lisp"),
        CODE("dart", "text/x-dart", "dart"),
        CODE("awk", "text/x-awk", "awk"),
        CODE("s", "text/x-asm", "asm"),
        CODE("asm", "text/x-asm", "asm"),
        CODE("diff", "text/x-diff", "diff"),
        CODE("patch", "text/x-diff", "diff"),
        CODE("tcl", "text/x-tcl", "tcl"),
        CODE("m4", "text/x-m4", "m4"),
        CODE("mk", "text/x-makefile", "makefile"),
        CODE("py", "text/x-python", "python"),
        CODE("js", "text/javascript", "javascript"),
        CODE("mjs", "text/javascript", "javascript"),
        CODE("cjs", "text/javascript", "javascript"),
        CODE("jsx", "text/javascript", "javascript"),
        CODE("ts", "text/x-typescript", "typescript"),
        CODE("tsx", "text/x-typescript", "typescript"),
        CODE("rs", "text/rust", "rust"),
        CODE("go", "text/x-go", "go"),
        CODE("java", "text/x-java", "java"),
        CODE("cs", "text/x-csharp", "csharp"),
        CODE("kt", "text/x-kotlin", "kotlin"),
        CODE("swift", "text/x-swift", "swift"),
        CODE("rb", "text/x-ruby", "ruby"),
        CODE("php", "text/x-php", "php"),
        CODE("pl", "text/x-perl", "perl"),
        CODE("pm", "text/x-perl", "perl"),
        CODE("lua", "text/x-lua", "lua"),
        CODE("r", "text/x-r", "r"),
        CODE("scala", "text/x-scala", "scala"),
        CODE("hs", "text/x-haskell", "haskell"),
        CODE("sh", "text/x-shellscript", "sh"),
        CODE("bash", "text/x-shellscript", "bash"),
        CODE("zsh", "text/x-shellscript", "zsh"),
        CODE("json", "application/json", "json"),
        CODE("yaml", "application/yaml", "yaml"),
        CODE("yml", "application/yaml", "yaml"),
        CODE("toml", "application/toml", "toml"),
        CODE("ini", "text/x-ini", "ini"),
        CODE("conf", "text/x-ini", "ini"),
        CODE("xml", "application/xml", "xml"),
        CODE("svg", "image/svg+xml", "xml"),
        CODE("css", "text/css", "css"),
        CODE("scss", "text/x-scss", "scss"),
        CODE("sql", "application/sql", "sql"),
        CODE("proto", "text/x-protobuf", "protobuf"),
        CODE("cmake", "text/x-cmake", "cmake"),
        CODE("vala", "text/x-vala", "vala"),
};

static const Ending *find_ending(const char *name)
{
        const char *dot = strrchr(name, '.');
        for (size_t i = 0; dot && i < G_N_ELEMENTS(endings); i++)
                if (g_ascii_strcasecmp(dot + 1, endings[i].ending) == 0)
                        return &endings[i];
        return NULL;
}

static bool unsupported(GError **error, const char *mime)
{
        g_set_error(error, OUROBOROS_ERROR, EXTRACT_UNSUPPORTED, "not a supported type: %s", mime);
        return false;
}

static const char *skip_space(const char *bytes, const char *end)
{
        if (end - bytes >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
                bytes += 3;
        while (bytes < end && g_ascii_isspace(*bytes))
                bytes++;
        return bytes;
}

static bool begins(const char *bytes, const char *end, const char *what)
{
        size_t n = strlen(what);
        return (size_t)(end - bytes) >= n && g_ascii_strncasecmp(bytes, what, n) == 0;
}

/* A document of HTML, whatever it is called: after comments and an XML declaration comes its doctype or
 * root. */
static bool looks_like_html(const char *bytes, size_t length)
{
        const char *end = bytes + MIN(length, 4096);
        const char *at = skip_space(bytes, end);
        while (begins(at, end, "<!--") || begins(at, end, "<?")) {
                const char *close = begins(at, end, "<?") ? "?>" : "-->";
                at = g_strstr_len(at, end - at, close);
                if (!at)
                        return false;
                at = skip_space(at + strlen(close), end);
        }
        return begins(at, end, "<!doctype html") || begins(at, end, "<html") ||
               begins(at, end, "<head>") || begins(at, end, "<body");
}

static bool find_pdf(const char *bytes, size_t length, const Ending *ending)
{
        if (length >= 5 && memcmp(bytes, "%PDF-", 5) == 0)
                return true;
        return ending && ending->kind.format == FORMAT_PDF &&
               g_strstr_len(bytes, (gssize)MIN(length, PDF_HEADER_WITHIN), "%PDF-");
}

/* Text of a name that promises text. */
static bool sniff_text(const char *bytes, size_t length, const Ending *ending, Kind *ret)
{
        Format hint = ending ? ending->kind.format : FORMAT_TEXT;
        if (hint != FORMAT_CODE && looks_like_html(bytes, length))
                *ret = hint == FORMAT_HTML ? ending->kind : (Kind){FORMAT_HTML, "text/html", NULL};
        else if (hint == FORMAT_HTML && !memchr(bytes, '<', length))
                *ret = (Kind){FORMAT_TEXT, "text/plain", NULL};
        else if (ending)
                *ret = ending->kind;
        else if (length > 2 && memcmp(bytes, "#!", 2) == 0)
                *ret = (Kind){FORMAT_CODE, "text/x-script", NULL};
        else
                *ret = (Kind){FORMAT_TEXT, "text/plain", NULL};
        return true;
}

static bool is_document(const Ending *ending)
{
        return ending->kind.format == FORMAT_ZIP
                       ? g_str_equal(ending->ending, "docx") || g_str_equal(ending->ending, "odt")
                       : ending->kind.format != FORMAT_CODE;
}

static bool sniff_bytes(const char *bytes, size_t length, const Ending *ending, Kind *ret_kind,
                        GError **error)
{
        if (find_pdf(bytes, length, ending)) {
                *ret_kind = (Kind){FORMAT_PDF, "application/pdf", NULL};
                return true;
        }
        if (length >= 4 && memcmp(bytes, "PK\3\4", 4) == 0) {
                *ret_kind = (Kind){FORMAT_ZIP, "application/zip", NULL};
                return true;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
                const Magic *magic = &foreign[i];
                if (length >= magic->offset + magic->length &&
                    memcmp(bytes + magic->offset, magic->bytes, magic->length) == 0)
                        return unsupported(error, magic->mime);
        }
        if (ending && (ending->kind.format == FORMAT_PDF || ending->kind.format == FORMAT_ZIP)) {
                if (!is_document(ending))
                        return unsupported(error, ending->kind.mime);
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "named .%s, but its bytes are not %s", ending->ending,
                            ending->kind.mime);
                return false;
        }
        return sniff_text(bytes, length, ending, ret_kind);
}

bool sniff(const char *bytes, size_t length, const char *name, Kind *ret_kind, GError **error)
{
        const Ending *ending = find_ending(name);
        *ret_kind = (Kind){FORMAT_TEXT, "text/plain", NULL, NULL};
        if (length > 0 && !sniff_bytes(bytes, length, ending, ret_kind, error))
                return false;
        ret_kind->promise = ending && is_document(ending) ? ending->ending : NULL;
        return true;
}
