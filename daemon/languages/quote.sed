# SPDX-License-Identifier: GPL-3.0-or-later
# each line as a literal of C
s/["\\]/\\&/g
s/.*/"&\\n"/
