/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a browser shows while the person is asked elsewhere: words, and nothing that could be clicked for him. */
#include "http/oauth-private.h"

void oauth_answer_page(Request *request, unsigned status, const char *title, const char *text,
                       unsigned refresh_sec)
{
        static const char *const headers[] = {
                "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
                "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
                "X-Frame-Options: DENY", "Referrer-Policy: no-referrer", NULL};
        g_autofree char *refresh =
                refresh_sec ? g_strdup_printf("<meta http-equiv=\"refresh\" content=\"%u\">\n",
                                              refresh_sec)
                            : g_strdup("");
        g_autofree char *safe_title = g_markup_escape_text(title, -1);
        g_autofree char *safe_text = g_markup_escape_text(text, -1);
        g_autofree char *body = g_strdup_printf(
                "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n%s"
                "<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s</title>\n"
                "<style>body{font:1.1em/1.5 system-ui,sans-serif;max-width:36em;margin:4em auto;"
                "padding:0 1em;color-scheme:light dark}p{white-space:pre-line}</style>\n</head>\n"
                "<body>\n<h1>%s</h1>\n<p>%s</p>\n</body>\n</html>\n",
                refresh, safe_title, safe_title, safe_text);

        request_answer(request, &(Answer){.status = status,
                                          .type = "text/html; charset=utf-8",
                                          .body = body,
                                          .length = SIZE_MAX,
                                          .headers = headers});
}
