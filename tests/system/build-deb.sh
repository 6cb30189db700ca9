#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# build-deb.sh FOLDER: builds the Debian packages from a copy of this source tree into FOLDER, without
# running the tests.
set -eu
out=$(mkdir -p "$1" && readlink -f "$1")
source=$(readlink -f "$(dirname "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/ouroboros"
tar -C "$source" --exclude='./build*' --exclude=./.git --exclude=./.cache --exclude=./node_modules \
        --exclude=__pycache__ -cf - . | tar -C "$work/ouroboros" -xf -
cd "$work/ouroboros"
DEB_BUILD_OPTIONS="nocheck parallel=2" dpkg-buildpackage --unsigned-source --unsigned-changes --build=binary
find "$work" -maxdepth 1 -type f -exec cp -t "$out" {} +
