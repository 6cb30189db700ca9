/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What daemon and ouroboros-extract say to each other over a SOCK_SEQPACKET pair (the helper's end is
 * EXTRACT_FD). One request, one reply. Requests to ouroboros-syntax are another kind: see syntax/protocol.h.
 *
 * Request: serialised GVariant EXTRACT_REQUEST_TYPE with the file's descriptor (SCM_RIGHTS).
 * Reply: serialised GVariant EXTRACT_REPLY_TYPE; on success with a sealed memfd that holds a serialised
 * GVariant EXTRACT_RESULT_TYPE. The daemon trusts none of it: types, UTF-8, offsets are checked. */
#pragma once

#define EXTRACT_FD 3

#define EXTRACT_REQUEST_TYPE "(ts)" /* longest text in bytes, name hint */
#define EXTRACT_REPLY_TYPE                                                                         \
        "(isb)" /* -1 for success else an OuroborosError, message, "replace me" */
/* The error code for a file of a type that has no parser: nothing is wrong with it. */
#define EXTRACT_UNSUPPORTED OUROBOROS_ERROR_NOT_FOUND
#define EXTRACT_RESULT_TYPE "(sssa(uu)a(suua{ss}))" /* mime, title, text, map, structure */

#define EXTRACT_INPUT_BYTES_MAX   (256 * 1024 * 1024) /* longest file that is opened at all */
#define EXTRACT_RESULT_BYTES_MAX  (160 * 1024 * 1024) /* longest serialised result */
#define EXTRACT_LINES_MAX         4000000 /* entries of the map; a longer text is LIMIT */
#define EXTRACT_ITEMS_MAX         50000   /* structure of one document; the rest is left out */
#define EXTRACT_ITEMS_BYTES_MAX   (16 * 1024 * 1024) /* … and all its attribute values together */
#define EXTRACT_VALUE_BYTES_MAX   (16 * 1024)        /* one attribute value; longer ones are cut */
#define EXTRACT_NAME_BYTES_MAX    255                /* name hint */
#define EXTRACT_MESSAGE_BYTES_MAX 2000               /* message of a reply */

/* The stored text is valid UTF-8 without NUL and without carriage returns: every CR LF and lone CR of
 * the file has become LF, so that a quote holds however the lines of the file ended. A byte order mark is
 * dropped. Other than that the text of text formats is the file's own, character for character. */

/* (page, first character) for paged formats, (0, first character) for each line of text formats. Pages
 * count from 1. Lines are implied by order. The first entry begins at 0; an empty text has one line. */
#define EXTRACT_MAP_TYPE "a(uu)"

/* (kind, first character, character after the last, attributes), in order of their beginning. Kinds and
 * their attributes:
 *   heading       level, text
 *   frontmatter   key, value          one per leaf; nested keys joined by "."; lists give one each; the
 *                                 range begins at the key if that is on the same line
 *   wikilink      target, label
 *   table_row     row (JSON object column → cell), caption if any
 *   code_block    language, symbol (first defined name, if recognised)
 *   external_ref  url, label
 *   citation      key (DOI, arXiv id, "Author Year", what the reference of a number says), style (doi|arxiv|
 *                 author-year|numeric|bibtex); the range is the sentence
 *   procedure     title, steps (JSON array of strings)
 * The range is what a quote of it may be taken from. It is never empty and neither begins nor ends with
 * white space; an attribute without a value is absent. */
#define EXTRACT_STRUCTURE_TYPE "a(suua{ss})"
