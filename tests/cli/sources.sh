#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sources.sh DEV: ./dev deps finds the machine's own entry for Debian in both kinds of source files, and
# makes one for backports of it.
set -u
OUROBOROS_APT=$(mktemp -d)
trap 'rm -r "$OUROBOROS_APT"' EXIT
# shellcheck source=/dev/null
source "$1"
failed=0

# check WHAT FILE EXPECTED, with the file's content on stdin
check() {
        rm -rf "$OUROBOROS_APT"/sources.*
        mkdir -p "$OUROBOROS_APT/sources.list.d"
        cat >"$OUROBOROS_APT/$2"
        local found
        found=$(backports_entry bookworm) || found=none
        [[ $found == "$3" ]] && return
        printf 'not so: %s\nexpected:\n%s\nfound:\n%s\n' "$1" "$3" "$found" >&2
        failed=1
}

check 'one line, with options' sources.list \
        $'list\ndeb [arch=amd64 signed-by=/k.gpg] http://a.example/debian/ bookworm-backports main' <<'END'
deb [arch=amd64 signed-by=/k.gpg] http://a.example/debian/ bookworm main contrib
END
check 'one line, options with spaces, other entries before' sources.list.d/debian.list \
        $'list\ndeb [ arch=amd64 trusted=yes ] http://b.example/debian bookworm-backports main' <<'END'
# deb http://a.example/debian bookworm main
deb http://a.example/debian bookworm-updates main
deb-src http://a.example/debian bookworm main
deb [ arch=amd64 trusted=yes ] http://b.example/debian bookworm main
END
check 'a stanza with a key written out' sources.list.d/debian.sources \
        $'sources\nTypes: deb\nURIs: mirror+file:///m.list\nSuites: bookworm-backports\nComponents: main\nSigned-By:\n -----BEGIN\n .\n xx' <<'END'
Types: deb deb-src
# a remark
URIs: mirror+file:///m.list
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN
 .
 xx

Types: deb
URIs: http://s.example/debian-security
Suites: bookworm-security
Components: main
END
check 'nothing of Debian' sources.list.d/other.list none <<'END'
deb https://other.example/apt stable main
END
check 'security alone is not enough' sources.list.d/debian.sources none <<'END'
Types: deb
URIs: http://s.example/debian-security
Suites: bookworm-security
Components: main
END

echo 'deb http://a.example/debian bookworm-backports main' >"$OUROBOROS_APT/sources.list"
has_backports bookworm || { echo 'backports that are there are not seen' >&2; failed=1; }
echo '# deb http://a.example/debian bookworm-backports main' >"$OUROBOROS_APT/sources.list"
! has_backports bookworm || { echo 'a comment was taken for backports' >&2; failed=1; }
exit $failed
