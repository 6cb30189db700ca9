-- SPDX-License-Identifier: GPL-3.0-or-later
-- Contradictions as they stand, and what was said of them.

SELECT 1;
