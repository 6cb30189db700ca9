/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The library, loaded when it is first needed: it brings some twenty others, for protocols that are never spoken here, and
 * most daemons never fetch anything. It stays, since it cannot be told what it has left behind. */
#include "provider/curl.h"

#include <dlfcn.h>

#include "base/base.h"

#define LIBRARY "libcurl.so.4"

static bool find(void *library, const char *name, void *ret, GError **error)
{
        void *symbol = dlsym(library, name);

        if (!symbol) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE, "%s has no %s",
                            LIBRARY, name);
                return false;
        }
        memcpy(ret, &symbol, sizeof symbol); /* what a cast to a function would do */
        return true;
}

bool curl_open(Curl *ret, GError **error)
{
        void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

        if (!library) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "libcurl cannot be loaded: %s", dlerror());
                return false;
        }
        bool is_whole = find(library, "curl_easy_init", &ret->init, error) &&
                        find(library, "curl_easy_setopt", &ret->setopt, error) &&
                        find(library, "curl_easy_perform", &ret->perform, error) &&
                        find(library, "curl_easy_getinfo", &ret->getinfo, error) &&
                        find(library, "curl_easy_strerror", &ret->strerror, error) &&
                        find(library, "curl_easy_cleanup", &ret->cleanup, error);
        dlclose(library);
        return is_whole;
}
