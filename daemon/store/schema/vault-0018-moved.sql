-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a link's symbol is, so that a decision follows it into another file. NULL: a file, no symbol, or found before this was
-- kept. Numbers are those of daemon/syntax/unit.h.
ALTER TABLE autolinks ADD COLUMN symbol_kind INTEGER;
