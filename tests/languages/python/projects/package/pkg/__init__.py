# SPDX-License-Identifier: GPL-3.0-or-later
from . import part
from .part import run
