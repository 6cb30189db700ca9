/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What daemon and ouroboros-extract say to each other over a SOCK_SEQPACKET pair. One request, one reply.
 *
 * Request: serialised GVariant EXTRACT_REQUEST_TYPE with the file's descriptor (SCM_RIGHTS).
 * Reply: serialised GVariant EXTRACT_REPLY_TYPE; on success with a sealed memfd that holds a serialised
 * GVariant EXTRACT_RESULT_TYPE. The daemon trusts none of it: types, UTF-8, offsets are checked. */
#pragma once

#define EXTRACT_REQUEST_TYPE "(ts)" /* longest text in bytes, name hint */
#define EXTRACT_REPLY_TYPE   "(is)" /* -1 for success else an OuroborosError, message */
#define EXTRACT_RESULT_TYPE  "(sssa(uu)a(suua{ss}))" /* mime, title, text, map, structure */

/* (page, first character) for paged formats, (0, first character) for each line of text formats. Pages
 * count from 1. Lines are implied by order. */
#define EXTRACT_MAP_TYPE "a(uu)"

/* (kind, first character, character after the last, attributes), in order of their beginning. Kinds and
 * their attributes:
 *   heading       level, text
 *   frontmatter   key, value          one per leaf; nested keys joined by "."; lists give one each
 *   wikilink      target, label
 *   table_row     row (JSON object column → cell), caption if any
 *   code_block    language, symbol (first defined name, if recognised)
 *   external_ref  url, label
 *   citation      key (DOI, arXiv id, "Author Year", [n]), style (doi|arxiv|author-year|numeric|bibtex)
 *   procedure     title, steps (JSON array of strings)
 * The range is what a quote of it may be taken from. */
#define EXTRACT_STRUCTURE_TYPE "a(suua{ss})"
