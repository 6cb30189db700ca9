-- SPDX-License-Identifier: GPL-3.0-or-later
-- Merged entities: whose facts a fact counts among.

SELECT 1;
