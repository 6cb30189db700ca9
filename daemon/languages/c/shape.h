/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UnitDecl.shape of C and C++: what stands around a written type, of which a type expression tells nothing. */
#pragma once

enum {
        SHAPE_POINTERS = 0xf,     /* so many * and [] */
        SHAPE_CONST = 1 << 4,     /* of what is pointed to, or of a value that is no pointer */
        SHAPE_REFERENCE = 1 << 5, /* & */
        SHAPE_MOVED = 1 << 6,     /* && */
        SHAPE_METHOD_CONST = 1 << 7,
        SHAPE_ARGUMENTS = 1 << 8, /* a macro that takes some, maybe none between its brackets */
        SHAPE_ELSEWHERE = 1 << 9, /* under a condition that holds on another system only */
};
