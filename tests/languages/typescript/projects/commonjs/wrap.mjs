// SPDX-License-Identifier: GPL-3.0-or-later
import all from "./listed.js";
import { listed } from "./listed.js";
all.other();
listed();
