/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the build for the official MCP conformance suite (ouroborosd-conformance, which is not installed) has beside
 * the product: the tools, resources and prompts that its scenarios ask for, offered by the product's own tables; a
 * connection for those who show no bearer; and faults (http/fault.h). Nothing of the protocol is here. */
#pragma once

#include "rooms.h"

/* Of --conformance[=variant]: which fault there is; NULL: none. False, having said so, for what is no variant. */
bool conformance_choose(const char *variant);

/* Was there --conformance? */
bool conformance_is_on(void);

/* The tools that scenarios call: those that answer by themselves, those that ask their client, and those by which what
 * is offered besides tools is shown. */
ToolTable conformance_content_tools(Rooms *rooms);
ToolTable conformance_ask_tools(Rooms *rooms);
ToolTable conformance_offer_tools(Rooms *rooms);

/* What is offered besides tools. */
const Offers *conformance_offers(void);

/* Once the vault is open: mints the connection for tests; then says so on standard output. Loop thread. */
void conformance_start(Rooms *rooms);
