-- SPDX-License-Identifier: GPL-3.0-or-later
-- Declared rules, what was inferred by them, and projections.

SELECT 1;
