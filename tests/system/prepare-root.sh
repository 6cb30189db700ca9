# SPDX-License-Identifier: GPL-3.0-or-later
# Run inside the new root: two people with passwords (alice stays logged in), a journal that they can
# read their own part of, and nothing started that a test machine does not want.
useradd -m -u 1000 -s /bin/bash alice
useradd -m -u 1001 -s /bin/bash bob
printf 'alice:alicepw\nbob:bobpw\nroot:rootpw\n' | chpasswd
mkdir -p /var/lib/systemd/linger /var/log/journal
touch /var/lib/systemd/linger/alice
for unit in getty@tty1.service console-getty.service apt-daily.timer apt-daily-upgrade.timer \
        dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer man-db.timer \
        systemd-networkd.service systemd-resolved.service systemd-timesyncd.service \
        systemd-update-utmp.service systemd-update-utmp-runlevel.service; do
        ln -sfn /dev/null "/etc/systemd/system/$unit"
done
echo ouroboros-test >/etc/hostname
echo '127.0.0.1 localhost ouroboros-test' >/etc/hosts
echo 0123456789abcdef0123456789abcdef >/etc/machine-id
# a graphical session on seat0 without a login manager
cat >/etc/pam.d/ouroboros-session <<'PAM'
auth required pam_permit.so
account required pam_permit.so
session required pam_systemd.so class=user type=x11
PAM
