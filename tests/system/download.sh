#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# download.sh ROOT ARCHIVES PACKAGE.deb…: lets apt in a throw-away copy of ROOT fetch what the packages
# need into ARCHIVES. Run in a mount namespace of its own.
set -eu
root=$1 archives=$2
shift 2
work=$(mktemp -d)
trap 'umount -R "$work" || true; rmdir "$work"' EXIT
mount -t tmpfs -o size=1g tmpfs "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/work" overlay "$work/root"
mount --bind "$archives" "$work/root/var/cache/apt/archives"
cp -L /etc/resolv.conf /etc/hosts "$work/root/etc/"
cp "$@" "$work/root/tmp/"
chroot "$work/root" sh -ec 'apt-get update -q || true
        apt-get install -q -y --download-only -o APT::Sandbox::User=root /tmp/*.deb'
