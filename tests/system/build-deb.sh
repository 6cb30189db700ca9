#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# build-deb.sh FOLDER: builds the Debian packages from a copy of this source tree into FOLDER, without
# running the tests.
set -eu
out=$(mkdir -p "$1" && readlink -f "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$(dirname "$0")/source.sh" "$work/ouroboros"
cd "$work/ouroboros"
DEB_BUILD_OPTIONS="nocheck parallel=2" dpkg-buildpackage --unsigned-source --unsigned-changes --build=binary
find "$work" -maxdepth 1 -type f -exec cp -t "$out" {} +
