/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros-syntax: as ouroboros-extract, for source code: batches of files in, their units out. */
#include "extract/source.h"
#include "syntax/syntax.h"

int main(int argc, char **argv)
{
        serve_prepare();
        g_autoptr(Syntax) syntax = syntax_new();
        return serve_run("ouroboros-syntax", &(Server){.sources = source_answer, .data = syntax});
}
