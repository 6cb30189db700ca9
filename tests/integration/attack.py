# SPDX-License-Identifier: GPL-3.0-or-later
"""attack.py FIRST [gone]: a client connects and forks, the parent ends, the child keeps the connection and calls a
guarded method over it. FIRST: "a call before the fork" or "no call before the fork". With "gone" it is a client
of the desktop around it and the pid is left free. Without, it must be the first process of a namespace, makes
a desktop there, and has the pid taken by a harmless process before it calls. Prints what came of it."""
import json
import os
import pathlib
import sys
import time

import dbus

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from calls import NAME, PATH, ended, wait_until  # noqa: E402


class Client:
    def __init__(self):
        self.bus = dbus.bus.BusConnection(os.environ['DBUS_SESSION_BUS_ADDRESS'])
        self.bus.set_exit_on_disconnect(False)

    def call(self, method, *arguments):
        interface, _, member = method.rpartition('.')
        proxy = self.bus.get_object(NAME, PATH, introspect=False)
        return proxy.get_dbus_method(member, f'{NAME}.{interface}')(*arguments, timeout=20)


def in_heir(first, before_call):
    """Runs the attack; before_call(pid) stands between the parent's end and the child's call."""
    receive, send = os.pipe()
    parent = os.fork()
    if parent == 0:
        client = Client()
        if first == 'a call before the fork':
            client.call('Manager.Reload')
        mine = os.getpid()
        if os.fork():
            os._exit(0)
        said = {'pid': mine, 'error': None, 'message': '', 'read': None}
        try:
            assert wait_until(lambda: not pathlib.Path(f'/proc/{mine}').exists()), 'the parent does not go'
            before_call(mine)
            said['read'] = bool(client.call('Manager.Status'))
            client.call('Graph.Remember', 'Ada', 'note', 'by nobody', dbus.Dictionary(signature='sv'))
        except dbus.DBusException as error:
            said.update(error=error.get_dbus_name(), message=error.get_dbus_message())
        except BaseException as error:
            said.update(error='none', message=repr(error))
        os.write(send, json.dumps(said).encode())
        os._exit(0)
    os.close(send)
    os.waitpid(parent, 0)
    with os.fdopen(receive) as file:
        return json.loads(file.read())


def take_pid(wanted):
    """Has a process that sleeps get the pid."""
    time.sleep(0.1)  # start times are counted in hundredths of a second
    for _ in range(200):
        pathlib.Path('/proc/sys/kernel/ns_last_pid').write_text(str(wanted - 1), encoding='utf-8')
        pid = os.fork()
        if pid == 0:
            os.closerange(3, 1000)  # the connection and the pipe are not its
            time.sleep(20)
            os._exit(0)
        if pid == wanted:
            return
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    raise AssertionError(f'the pid {wanted} could not be had')


def on_own_desktop(first):
    from desktop import Desktop, build_root
    try:
        pathlib.Path('/proc/sys/kernel/ns_last_pid').write_text('1000', encoding='utf-8')
    except OSError as error:
        sys.exit(f'cannot choose a pid here: {error}')
    assert os.getpid() == 1 and not ended(1)
    with Desktop(build_root()) as desk:
        desk.start_daemon()
        os.environ.update(desk.environment)
        said = in_heir(first, take_pid)
        said['asked'] = [q for q in desk.polkit_was_asked() if q['action'] == 'org.ouroboros.write'][first.startswith('a '):]
        print(json.dumps(said))


if __name__ == '__main__':
    if len(sys.argv) > 2:
        print(json.dumps(in_heir(sys.argv[1], lambda pid: None)))
    else:
        on_own_desktop(sys.argv[1])
