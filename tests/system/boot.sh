#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# boot.sh NAME ROOT SCRATCH [nspawn argument…]: becomes systemd-nspawn with PID 1 of ROOT under a tmpfs
# overlay. Run in a mount namespace of its own: every mount made here goes when this process does.
set -eu
name=$1 root=$2 scratch=$3
shift 3
mount --make-rprivate /
mount -t tmpfs -o mode=755,size=3g tmpfs "$scratch/overlay"
mkdir "$scratch/overlay/upper" "$scratch/overlay/work" "$scratch/overlay/root"
mount -t overlay -o "lowerdir=$root,upperdir=$scratch/overlay/upper,workdir=$scratch/overlay/work" \
        overlay "$scratch/overlay/root"

# a cgroup of its own: --keep-unit would share one between all containers started from here
while IFS=: read -r number controllers path; do
        case "$number:$controllers" in
        0:) for base in /sys/fs/cgroup/unified /sys/fs/cgroup; do [ -e "$base/cgroup.procs" ] && break; done ;;
        *:name=systemd) base=/sys/fs/cgroup/systemd ;;
        *) continue ;;
        esac
        [ -e "$base/cgroup.procs" ] || continue
        mkdir -p "$base${path%/}/$name"
        echo $$ >"$base${path%/}/$name/cgroup.procs"
        echo "$base${path%/}/$name" >>"$scratch/cgroups"
done </proc/$$/cgroup

mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_LOCK=0
# all capabilities and bpf(): else IPAddressDeny= in units is silently not enforced; Landlock, as on a real machine
exec systemd-nspawn --quiet --directory="$scratch/overlay/root" --machine="$name" --register=no --keep-unit \
        --private-network --console=pipe --link-journal=no --resolv-conf=off --timezone=off \
        --capability=all '--system-call-filter=bpf landlock_create_ruleset landlock_add_rule landlock_restrict_self' --kill-signal=SIGRTMIN+3 \
        "$@" --boot systemd.show_status=0
