/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is used of libcurl, which is loaded when something is fetched for the first time. */
#pragma once

#include <curl/curl.h>
#include <glib.h>
#include <stdbool.h>

/* The functions of the same names, for as long as the process lives. */
typedef struct Curl {
        CURL *(*init)(void);
        CURLcode (*setopt)(CURL *curl, CURLoption option, ...);
        CURLcode (*perform)(CURL *curl);
        CURLcode (*getinfo)(CURL *curl, CURLINFO info, ...);
        const char *(*strerror)(CURLcode code);
        void (*cleanup)(CURL *curl);
} Curl;

/* Loads it, the first time. UNAVAILABLE: it is not there. Any thread. */
bool curl_open(Curl *ret, GError **error);
