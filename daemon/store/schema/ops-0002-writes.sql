-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes, as in the vault.

SELECT 1;
