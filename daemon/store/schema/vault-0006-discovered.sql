-- SPDX-License-Identifier: GPL-3.0-or-later
-- Entities that were found but never declared.

SELECT 1;
