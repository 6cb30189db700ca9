#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh DEV: ./dev run takes a folder as its caller names it, and refuses what is none before it builds.
set -u
dev=$1
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
mkdir "$folder/my notes"
touch "$folder/file"
cd "$folder" || exit 1
failed=0

# The words that the tour would get, without building anything.
shown() {
        bash -c 'source "$1"; shift; deps() { :; }; build() { :; }; exec() { printf "%s\n" "${@:4}"; }; run "$@"' \
                dev "$dev" "$@" 2>&1
}

# check WHAT EXPECTED WORD…
check() {
        local what=$1 expected=$2 found
        shift 2
        found=$(shown "$@")
        [[ $found == *"$expected"* ]] && return
        printf 'not so: %s\nexpected:\n%s\nfound:\n%s\n' "$what" "$expected" "$found" >&2
        failed=1
}

check 'a relative folder is the one of its caller' "$folder/my notes" 'my notes'
check 'an absolute one stays' "$folder/my notes" "$folder/my notes" --keep
check 'the current folder' "$folder/." .
check 'a folder that is not there' 'dev: not a folder' missing
check 'a file' 'dev: not a folder' file
check 'an empty name' 'name of the folder is empty' ''
check 'an unknown option' '--nonsense' --nonsense
check 'help' './dev VERB' --help
if timeout 5 "$dev" run missing 2>/dev/null; then
        echo 'a folder that is not there was no error' >&2
        failed=1
fi
exit $failed
