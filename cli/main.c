/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <signal.h>

#include "cli.h"

int main(int argc, char **argv)
{
        setlocale(LC_ALL, "");
        (void)signal(SIGPIPE, SIG_IGN); /* leaving the pager early is no failure */
        return cli_run(argv);
}
