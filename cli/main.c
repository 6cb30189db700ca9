/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "cli.h"

/* Where one of the three is closed, the bus would get its number, and what is printed. What is opened instead
 * cannot be used, so that a lost answer is still an error. */
static void hold_standard_files(void)
{
        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
                if (fcntl(fd, F_GETFD) < 0)
                        (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
        hold_standard_files();
        setlocale(LC_ALL, "");
        (void)signal(SIGPIPE, SIG_IGN); /* leaving the pager early is no failure */
        return cli_run(argv);
}
