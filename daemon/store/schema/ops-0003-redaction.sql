-- SPDX-License-Identifier: GPL-3.0-or-later
-- Redacted entries, as in the vault.

SELECT 1;
