/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The faults by name. Which one there is stands here, for the process: it is chosen before there are threads, and
 * asked for where there is nobody to pass it on. */
#include <stdio.h>

#include "conformance/conformance.h"
#include "conformance/guest.h"
#include "http/fault.h"

static const struct {
        const char *name, *what;
} faults[] = {
        {"no-origin-check", "any Host and Origin is let in"},
        {"no-session-isolation", "any session id leads to the first session, and none is ended"},
        {"wrong-caching-hint", "ttlMs is below zero, cacheScope is none that there is"},
        {"no-header-check", "headers need not say what the body says"},
        {"wrong-result-type", "results have a resultType that there is not"},
        {"accepts-tampered-state", "a requestState need not be as it was given"},
        {"no-version-check", "any protocol version is spoken"},
        {"empty-unknown-resource", "a resource that there is not is read as nothing"},
        {"asks-undeclared", "clients are asked what they did not say they can answer"},
        {"optional-meta", "requests need no _meta"},
        {"untagged-notifications", "what listeners are told does not say which request it is for"},
        {"logs-unasked", "log messages go to clients that did not ask for any"},
        {"errors-as-results", "a call that failed is told as one that did not"},
};

static const char *chosen; /* NULL: no --conformance; "": no fault */

static bool is_fault(const char *name)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++)
                if (g_str_equal(faults[i].name, name))
                        return true;
        return false;
}

bool conformance_choose(const char *variant)
{
        if (variant && !is_fault(variant)) {
                fprintf(stderr, "There is no variant \"%s\":\n", variant);
                for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++)
                        fprintf(stderr, "  %-24s %s\n", faults[i].name, faults[i].what);
                return false;
        }
        chosen = variant ? variant : "";
        return true;
}

bool conformance_is_on(void)
{
        return chosen != NULL;
}

bool conformance_fault(const char *name)
{
        if (!is_fault(name))
                g_error("There is no fault \"%s\"", name);
        return chosen && g_str_equal(chosen, name);
}

const char *conformance_bearer(const char *bearer)
{
        return bearer || !chosen ? bearer : guest_bearer();
}
