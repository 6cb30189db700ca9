#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a desktop has for a tray, on the bus of $DBUS_SESSION_BUS_ADDRESS: the watcher that icons register with, and
the notifications. org.ouroboros.Test.Panel on / tells what came, and plays the person who clicks."""
import json

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

WATCHER, NOTIFICATIONS = 'org.kde.StatusNotifierWatcher', 'org.freedesktop.Notifications'


class Watcher(dbus.service.Object):
    def __init__(self, bus):
        super().__init__(dbus.service.BusName(WATCHER, bus, do_not_queue=True), '/StatusNotifierWatcher')
        self.items = []

    @dbus.service.method(WATCHER, in_signature='s', sender_keyword='sender')
    def RegisterStatusNotifierItem(self, _, sender):
        self.items.append(str(sender))


class Notifications(dbus.service.Object):
    def __init__(self, bus):
        super().__init__(dbus.service.BusName(NOTIFICATIONS, bus, do_not_queue=True), '/org/freedesktop/Notifications')
        self.shown, self.next = {}, 1

    @dbus.service.method(NOTIFICATIONS, in_signature='susssasa{sv}i', out_signature='u')
    def Notify(self, _name, replaces, _icon, summary, body, actions, _hints, _timeout):
        number = int(replaces) or self.next
        self.next = max(self.next, number) + 1
        self.shown[number] = {'summary': str(summary), 'body': str(body), 'actions': list(map(str, actions))}
        return dbus.UInt32(number)

    @dbus.service.method(NOTIFICATIONS, in_signature='u')
    def CloseNotification(self, number):
        self.shown.pop(int(number), None)
        self.NotificationClosed(number, 3)

    @dbus.service.method(NOTIFICATIONS, out_signature='as')
    def GetCapabilities(self):
        return ['actions', 'body']

    @dbus.service.method(NOTIFICATIONS, out_signature='ssss')
    def GetServerInformation(self):
        return 'panel', 'ouroboros', '1', '1.2'

    @dbus.service.signal(NOTIFICATIONS, signature='uu')
    def NotificationClosed(self, number, reason):
        pass

    @dbus.service.signal(NOTIFICATIONS, signature='us')
    def ActionInvoked(self, number, action):
        pass


class Panel(dbus.service.Object):
    def __init__(self, bus):
        super().__init__(bus, '/')
        self.watcher, self.notifications = Watcher(bus), Notifications(bus)
        self.name = dbus.service.BusName('org.ouroboros.Test.Panel', bus)

    @dbus.service.method('org.ouroboros.Test.Panel', out_signature='s')
    def Told(self):
        """{"items": [unique name…], "notifications": {number: {summary, body, actions}}}"""
        return json.dumps({'items': self.watcher.items, 'notifications': self.notifications.shown})

    @dbus.service.method('org.ouroboros.Test.Panel', in_signature='us')
    def Click(self, number, action):
        self.notifications.ActionInvoked(number, action)


def main():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    loop = GLib.MainLoop()
    bus.call_on_disconnection(lambda connection: loop.quit())
    panel = Panel(bus)
    print('panel: there', flush=True)
    loop.run()
    del panel


if __name__ == '__main__':
    main()
