#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and uses windows as a screen reader does, by AT-SPI, on the desktop that it is started in. A line of JSON in,
[verb, role, name, …], one out: the answer, or {"error": …} if what is looked for does not come within seconds."""
import json
import sys
import time

import gi
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

SECONDS = 15


def pump():
    while GLib.MainContext.default().iteration(False):
        pass


def walk(node):
    yield node
    for index in range(min(node.get_child_count(), 300)):
        child = node.get_child_at_index(index)
        if child:
            yield from walk(child)


def windows():
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(index)
        if application and application.get_name() in ('ouroboros', 'Ouroboros', 'org.ouroboros.Ouroboros'):
            application.clear_cache()
            yield from (application.get_child_at_index(i) for i in range(application.get_child_count()))


def named(node, name):
    """Buttons of a dialog are called by their mnemonic and their label."""
    own = node.get_name() or ''
    return name in (own, own.rpartition(' ')[2]) or (name.endswith('*') and own.startswith(name[:-1]))


def look(role, name):
    for window in windows():
        for node in walk(window):
            if node.get_role_name() == role and named(node, name) and node.get_state_set().contains(Atspi.StateType.VISIBLE):
                return node
    return None


def find(role, name):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            node = look(role, name)
        except GLib.Error:  # it went while it was looked at
            node = None
        if node:
            return node
        pump()
        time.sleep(0.1)
    raise LookupError(f'no {role} "{name}"; there are: ' + ', '.join(sorted(set(everything()))))


def everything():
    return [f'{node.get_role_name()} "{node.get_name()}"' for window in windows() for node in walk(window)]


def text(node):
    return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))


def click(role, name):
    node = find(role, name)
    assert node.get_n_actions() > 0 and node.do_action(0), f'{name} cannot be clicked'


def read(role, name):
    return text(find(role, name))


def write(role, name, what):
    assert Atspi.EditableText.set_text_contents(find(role, name), what), f'{name} cannot be written'


def focused():
    """Where the keyboard is: [role, name]."""
    for window in windows():
        for node in walk(window):
            if node.get_state_set().contains(Atspi.StateType.FOCUSED):
                return [node.get_role_name(), node.get_name()]
    return None


def seen(role, name):
    return look(role, name) is not None


def main():
    Atspi.init()
    Atspi.set_timeout(3000, 10000)
    verbs = {'click': click, 'read': read, 'write': write, 'focused': focused, 'seen': seen, 'everything': everything,
             'find': lambda role, name: bool(find(role, name))}
    for line in sys.stdin:
        verb, *arguments = json.loads(line)
        try:
            said = verbs[verb](*arguments)
        except (LookupError, AssertionError, GLib.Error) as error:
            said = {'error': str(error)}
        print(json.dumps(said), flush=True)


if __name__ == '__main__':
    main()
