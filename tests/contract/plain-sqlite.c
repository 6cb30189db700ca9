/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads the system's SQLite: the witness of one_sqlite.py. */
#include <sqlite3.h>
#include <stdio.h>

int main(void)
{
        return puts(sqlite3_libversion()) < 0;
}
