-- SPDX-License-Identifier: GPL-3.0-or-later
-- Journal entries whose content was deleted for good.

SELECT 1;
