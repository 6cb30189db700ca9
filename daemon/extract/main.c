/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros-extract: started by the daemon with a socket as EXTRACT_FD. Loads what its libraries need, gives
 * up every privilege, then turns one document after another into text. Ends when the daemon does. */
#include "extract/document.h"

int main(int argc, char **argv)
{
        serve_prepare();
        g_autoptr(Extract) extract = extract_new();
        return serve_run(
                "ouroboros-extract",
                &(Server){.document = document_answer, .rest = document_rest, .data = extract});
}
