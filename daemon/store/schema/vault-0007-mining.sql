-- SPDX-License-Identifier: GPL-3.0-or-later
-- Mining: jobs, leases, links that wait for review.

SELECT 1;
