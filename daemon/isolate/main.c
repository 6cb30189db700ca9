/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros-isolate: started by the daemon with a socket as ISOLATE_FD. Runs snippets of TypeScript, each in a process of
 * its own. Ends when the daemon does. */
#include "isolate/zygote.h"

int main(int argc, char **argv)
{
        return zygote_main(NULL);
}
