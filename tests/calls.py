# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of the daemon with busctl, and waiting: what tests on a private desktop and in a container share."""
import json
import pathlib
import re
import time

NAME = 'org.ouroboros.Ouroboros1'
PATH = '/org/ouroboros/Ouroboros1'
DEBUG = {'SYSTEMD_LOG_LEVEL': 'debug'}  # the environment in which busctl says the names of errors


class CallError(Exception):
    """What came instead of an answer; name is the D-Bus error's without org.ouroboros.Error."""

    def __init__(self, name, message):
        super().__init__(f'{name}: {message}')
        self.name, self.message = name.removeprefix('org.ouroboros.Error.'), message


def call_command(bus, method, *arguments, interactive=False, timeout=30):
    """busctl's command line for Interface.Method on a bus, '--user' or '--system'; arguments begin with their signature."""
    interface, _, member = method.rpartition('.')
    return ['busctl', bus, '--json=short', f'--timeout={timeout}',
            f'--allow-interactive-authorization={"yes" if interactive else "no"}',
            'call', NAME, PATH, f'{NAME}.{interface}', member, *map(str, arguments)]


def answer(done):
    """The list of what came, from a busctl that has ended and was run with DEBUG; CallError if it was refused."""
    if done.returncode:
        found = re.findall(r'error-name=(\S+\.\S+)\s+error-message=(.*)', done.stderr)
        raise CallError(*(found[-1] if found else ('none', done.stderr[-600:])))
    return plain(json.loads(done.stdout)) if done.stdout.strip() else []


def plain(value):
    """busctl's JSON without its type annotations."""
    if isinstance(value, dict):
        if set(value) == {'type', 'data'}:
            return plain(value['data'])
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def ended(pid):
    """Is the process gone, or only not yet reaped?"""
    try:
        return pathlib.Path(f'/proc/{pid}/stat').read_text(encoding='utf-8').rsplit(')', 1)[1].split()[0] in 'ZX'
    except OSError:
        return True


def wait_until(condition, timeout=10, step=0.02):
    """The first true value of condition(), or its last when the time is over."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(step)
