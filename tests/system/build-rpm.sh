#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# build-rpm.sh FOLDER: builds the RPM packages from a copy of this source tree into FOLDER. On a machine
# whose libraries did not come as RPM packages, build dependencies are not checked.
set -eu
out=$(mkdir -p "$1" && readlink -f "$1")
source=$(readlink -f "$(dirname "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(sed -n 's/^Version: *//p' "$source/rpm/ouroboros.spec")
mkdir -p "$work/SOURCES"
"$source/tests/system/source.sh" "$work/ouroboros-$version"
tar -C "$work" -czf "$work/SOURCES/ouroboros-$version.tar.gz" "ouroboros-$version"
foreign=()
if ! rpm --quiet -q rpm 2>/dev/null; then
        foreign=(--nodeps --load "$source/tests/system/rpm.macros" --define 'debug_package %{nil}')
fi
rpmbuild -bb "${foreign[@]}" --define "_topdir $work" --define "_rpmdir $out" "$source/rpm/ouroboros.spec"
