/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Builds the rooms, wires them, runs. */
int main(void)
{
        return 0;
}
