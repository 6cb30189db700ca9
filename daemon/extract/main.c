/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros-extract: started by the daemon with a socket as EXTRACT_FD. Loads what its libraries need, gives
 * up every privilege, then turns one file descriptor after another into text. Ends when the daemon does. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/base.h"
#include "extract/confine.h"
#include "extract/extract.h"
#include "extract/serve.h"

int main(int argc, char **argv)
{
        g_autoptr(GError) error = NULL;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* freed documents go back to the system; one arena is enough for one thread */
        mallopt(M_ARENA_MAX, 1);
        mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
        mallopt(M_MMAP_THRESHOLD, 512 * 1024);
        g_autoptr(Extract) extract = extract_new();
        if (!confine(&error)) {
                fprintf(stderr, "ouroboros-extract: %s\n", error->message);
                return 1;
        }
        serve(extract);
        /* at once: atexit handlers of libraries have nothing to do here, and may try what is forbidden */
        _exit(0);
}
