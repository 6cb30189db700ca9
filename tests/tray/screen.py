# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop with a screen: what desktop.py has, and Xvfb, AT-SPI, a panel, and the tray and the window just built."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / 'integration')]
import dbus  # noqa: E402
from desktop import Desktop, build_root, wait_until  # noqa: E402

PACKAGES = 'xvfb at-spi2-core gir1.2-atspi-2.0 adwaita-icon-theme librsvg2-common'
LAUNCHER = '/usr/libexec/at-spi-bus-launcher'


def lacking():
    """What the desktop tests need and is not there; "" for nothing."""
    here = shutil.which('Xvfb') and os.path.exists(LAUNCHER) \
        and any(pathlib.Path(p, 'Atspi-2.0.typelib').exists() for p in pathlib.Path('/usr/lib').glob('*/girepository-1.0'))
    return '' if here else f'a desktop is lacking: ./dev deps installs {PACKAGES}'


class Screen(Desktop):
    def __init__(self, **options):
        super().__init__(build_root(), **options)
        self._hands = None

    def __enter__(self):
        super().__enter__()
        try:
            self._start_screen()
            self._start_panel()
            self._start_accessibility()
        except BaseException:
            self.close()
            raise
        return self

    def _start_screen(self):
        """The server chooses a display that is free and says which."""
        reading, writing = os.pipe()
        self.start('Xvfb', '-displayfd', str(writing), '-screen', '0', '1024x900x24', '-nolisten', 'tcp', '-noreset',
                   pass_fds=[writing])
        os.close(writing)
        with os.fdopen(reading, encoding='ascii') as file:
            number = file.readline().strip()
        assert number, 'Xvfb did not start'
        self.environment.update(DISPLAY=f':{number}', GDK_BACKEND='x11', GSK_RENDERER='cairo', GSETTINGS_BACKEND='memory',
                                NO_AT_BRIDGE='0', GTK_A11Y='atspi', XDG_CURRENT_DESKTOP='test')

    def _start_panel(self):
        panel = self.start('/usr/bin/python3', '-B', str(HERE / 'panel.py'), stdout=subprocess.PIPE)
        assert panel.stdout.readline().startswith('panel'), 'panel.py did not start'

    def _start_accessibility(self):
        services = self.folder / 'services'
        (services / 'org.ouroboros.Ouroboros.service').write_text(
            f'[D-BUS Service]\nName=org.ouroboros.Ouroboros\nExec={self.build}/tray/ouroboros --gapplication-service\n',
            encoding='utf-8')
        self.bus_call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'UpdateActivationEnvironment',
                      dbus.Dictionary({k: v for k, v in self.environment.items()}, signature='ss'))
        self.bus_call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'ReloadConfig')
        self.start(LAUNCHER, '--launch-immediately')
        assert wait_until(lambda: self.owner('org.a11y.Bus'), 10), 'at-spi-bus-launcher did not start'

    def bus_call(self, name, path, interface, member, *arguments):
        bus = self.connect()
        try:
            return dbus.Interface(bus.get_object(name, path, introspect=False), interface).get_dbus_method(member)(*arguments)
        finally:
            bus.close()

    # ---- the tray ----

    def start_tray(self):
        tray = self.start(str(self.build / 'tray/ouroboros-tray'), '--gapplication-service')
        assert wait_until(lambda: self.panel()['items'], 15), 'the icon did not register'
        return tray

    def panel(self):
        return json.loads(self.bus_call('org.ouroboros.Test.Panel', '/', 'org.ouroboros.Test.Panel', 'Told'))

    def click_notification(self, number, action):
        self.bus_call('org.ouroboros.Test.Panel', '/', 'org.ouroboros.Test.Panel', 'Click', dbus.UInt32(number), action)

    def icon(self, name):
        return self.bus_call(self.panel()['items'][-1], '/StatusNotifierItem', 'org.freedesktop.DBus.Properties', 'Get',
                             'org.kde.StatusNotifierItem', name)

    def menu(self):
        """The entries of the icon's menu: label → number."""
        layout = self.bus_call(self.panel()['items'][-1], '/StatusNotifierItem/Menu', 'com.canonical.dbusmenu', 'GetLayout',
                               dbus.Int32(0), dbus.Int32(-1), dbus.Array([], signature='s'))[1]
        return {str(entry[1].get('label', '')): int(entry[0]) for entry in layout[2]}

    def click_menu(self, label):
        self.bus_call(self.panel()['items'][-1], '/StatusNotifierItem/Menu', 'com.canonical.dbusmenu', 'Event',
                      dbus.Int32(self.menu()[label]), 'clicked', dbus.Int32(0, variant_level=1), dbus.UInt32(0))

    # ---- the daemon ----

    def request(self, name, **terms):
        """Somebody asks to let an agent in; the approval's id."""
        return self.tool('request_connection', name=name, **terms)['approval_id']

    def state(self, approval):
        return self.tool('get_approval', approval_id=approval)['state']

    def connections(self):
        return {row['name']: row for row in self.tool('list_connections')['connections']}

    # ---- the window ----

    def hands(self, verb, *arguments):
        if not self._hands:
            self._hands = self.start('/usr/bin/python3', '-B', str(HERE / 'hands.py'), stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE)
        self._hands.stdin.write(json.dumps([verb, *arguments]) + '\n')
        self._hands.stdin.flush()
        said = json.loads(self._hands.stdout.readline())
        assert not isinstance(said, dict), said['error']
        return said

    def open_window(self, approval=None):
        path, interface = '/org/ouroboros/Ouroboros', 'org.freedesktop.Application'
        if approval:
            self.bus_call('org.ouroboros.Ouroboros', path, interface, 'ActivateAction', 'review',
                          dbus.Array([approval], signature='v'), dbus.Dictionary({}, signature='sv'))
        else:
            self.bus_call('org.ouroboros.Ouroboros', path, interface, 'Activate', dbus.Dictionary({}, signature='sv'))
