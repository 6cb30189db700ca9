#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# completion.sh PROGRAM SCRIPT: every verb and every option that the program's help names is completed.
set -u
program=$1
_init_completion() { cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD; }
_filedir() { :; }
source "$2"
missing=0

# offered WORD… CURRENT: what is completed for a line
offered() {
        COMP_WORDS=(ouroborosctl "$@")
        COMP_CWORD=$#
        COMPREPLY=()
        _ouroborosctl
        printf '%s\n' "${COMPREPLY[@]}"
}

need() { # WORD, what for, then the offers on stdin
        grep -qxF -- "$1" && return
        echo "not completed: $1 ($2)" >&2
        missing=1
}

mapfile -t verbs < <("$program" --help | sed -n '/^Verbs/,/^Options/p' | sed -nE 's/^  ([a-z-]+( (accept|acknowledge|add|call|cancel|confirm|describe|dismiss|export|import|list|merge|promote|propose|reinstate|reject|reopen|rescan|restore|retire|rm|show))?)( .*|$)/\1/p')
((${#verbs[@]} > 20)) || { echo "only ${#verbs[@]} verbs in the help" >&2; exit 1; }
for verb in "${verbs[@]}"; do
        read -r -a parts <<<"$verb"
        need "${parts[0]}" verb < <(offered '')
        [[ -v parts[1] ]] && need "${parts[1]}" "$verb" < <(offered "${parts[0]}" '')
        while read -r option; do
                need "$option" "$verb" < <(offered "${parts[@]}" --)
        done < <("$program" "${parts[@]}" --help | grep -oE '^  (-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+')
done
exit $missing
