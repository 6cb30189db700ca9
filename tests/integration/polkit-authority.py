#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small polkit for private buses, where the real one cannot be. It owns org.freedesktop.PolicyKit1 on the bus
of $DBUS_SYSTEM_BUS_ADDRESS and answers CheckAuthorization as it was told:

    polkit-authority.py [yes | slow | no | challenge | dismissed | hang]

slow is a yes after a second.

Whatever it was told, it takes a question for what polkit takes it: the action must stand in the policy file, the
subject must be a living process with its real start time and the uid of the one who asks, without details
(or a name on this bus), and only then is the answer yes. While it runs, org.ouroboros.Test.Authority on the
same object changes the answer, for all actions or for one, and tells what was asked."""
import json
import os
import pathlib
import sys
import xml.etree.ElementTree

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = 'org.freedesktop.PolicyKit1'
PATH = '/org/freedesktop/PolicyKit1/Authority'
MODES = ('yes', 'slow', 'no', 'challenge', 'dismissed', 'hang')
POLICY = pathlib.Path(__file__).resolve().parents[2] / 'polkit/org.ouroboros.policy'


class Failed(dbus.DBusException):
    _dbus_error_name = 'org.freedesktop.PolicyKit1.Error.Failed'


def start_time(pid):
    """Field 22 of /proc/PID/stat; the second field may hold anything."""
    return int(pathlib.Path(f'/proc/{pid}/stat').read_text(encoding='utf-8').rsplit(')', 1)[1].split()[19])


class Authority(dbus.service.Object):
    def __init__(self, bus, mode):
        super().__init__(dbus.service.BusName(NAME, bus, do_not_queue=True), PATH)
        self.bus, self.modes, self.asked = bus, {'': mode}, []
        self.actions = [e.get('id') for e in xml.etree.ElementTree.parse(POLICY).iter('action')]

    def check_subject(self, kind, subject, details, sender):
        if kind == 'unix-process':
            pid, uid = int(subject['pid']), int(subject['uid'])
            if uid != self.bus.get_unix_user(sender):
                raise Failed('only root may ask about processes of another user')
            if not subject['start-time'] or int(subject['start-time']) != start_time(pid):
                raise Failed(f'process {pid} has another start time')
            if details:
                raise Failed('only the owner of an action may give details')
            return os.stat(f'/proc/{pid}').st_uid == uid
        if kind == 'system-bus-name':
            return self.bus.name_has_owner(subject['name'])
        raise Failed(f'subjects of kind {kind} are not known')

    @dbus.service.method('org.freedesktop.PolicyKit1.Authority', in_signature='(sa{sv})sa{ss}us',
                         out_signature='(bba{ss})', sender_keyword='sender', async_callbacks=('answer', 'refuse'))
    def CheckAuthorization(self, subject, action, details, flags, _cancellation, sender, answer, refuse):
        mode = self.modes.get(str(action), self.modes[''])
        self.asked.append({'action': str(action), 'kind': str(subject[0]), 'details': {str(k): str(v) for k, v in details.items()},
                           'subject': {str(k): v if isinstance(v, str) else int(v) for k, v in subject[1].items()},
                           'interactive': bool(flags & 1)})
        try:
            if action not in self.actions:
                raise Failed(f'Action {action} is not registered')
            known = self.check_subject(str(subject[0]), subject[1], details, sender)
        except (Failed, KeyError, OSError) as error:
            refuse(error if isinstance(error, Failed) else Failed(str(error)))
            return
        if mode == 'hang':
            return
        extra = {'polkit.dismissed': 'true'} if mode == 'dismissed' else {}
        said = (known and mode in ('yes', 'slow'), mode == 'challenge', dbus.Dictionary(extra, signature='ss'))
        GLib.timeout_add(1000 if mode == 'slow' else 0, lambda: answer(said))

    @dbus.service.method('org.ouroboros.Test.Authority', in_signature='ss')
    def SetMode(self, action, mode):
        """Of one action, or with "" of all that have none of their own."""
        if mode not in MODES:
            raise Failed(f'modes are {", ".join(MODES)}')
        self.modes[str(action)] = str(mode)

    @dbus.service.method('org.ouroboros.Test.Authority', out_signature='s')
    def Asked(self):
        return json.dumps(self.asked)


def main():
    mode = sys.argv[1] if len(sys.argv) > 1 else 'yes'
    if mode not in MODES:
        sys.exit(__doc__)
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    loop = GLib.MainLoop()
    bus = dbus.SystemBus()
    bus.call_on_disconnection(lambda connection: loop.quit())
    Authority(bus, mode)
    print('polkit-authority: every process of this user is told:', mode, flush=True)
    loop.run()


if __name__ == '__main__':
    main()
