# SPDX-License-Identifier: GPL-3.0-or-later
from plain import elsewhere, part
from plain import other
from plain import part as same

part.run()
same.run()
elsewhere.run()
other.run()
