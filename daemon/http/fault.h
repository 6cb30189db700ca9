/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults that the build for the conformance suite can be told to have, so that the suite is seen to look: each breaks
 * one rule of the protocol. In the program that is installed FAULT() is false before it is compiled, and nothing of
 * this is in it. What each fault is stands in tests/conformance/faults.c. */
#pragma once

#include <stdbool.h>

#ifdef OUROBOROS_CONFORMANCE
/* Was the program started with --conformance=name? Aborts on a name that is no fault. */
bool conformance_fault(const char *name);

/* The bearer of a request, or that of the connection for tests if it has none. */
const char *conformance_bearer(const char *bearer);

#define FAULT(name)          conformance_fault(name)
#define FAULT_BEARER(bearer) conformance_bearer(bearer)
#else
#define FAULT(name)          false
#define FAULT_BEARER(bearer) (bearer)
#endif
