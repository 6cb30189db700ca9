# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that others wrote, driven by tests: the TypeScript SDK's by tests/clients/client.mjs, the Inspector's command
line as it is."""
import itertools
import json
import pathlib
import queue
import subprocess
import threading
import time

import npm

HERE = pathlib.Path(__file__).resolve().parent
INSPECTOR = '@modelcontextprotocol/inspector-cli/build/index.js'


class Refused(Exception):
    """What the client threw."""

    def __init__(self, error):
        super().__init__(f'{error["name"]} {error["code"]}: {error["message"]} {error["data"] or ""}')
        self.code, self.message, self.data = error['code'], error['message'], error['data']


class Sdk:
    """One client in a process of its own. Use as a context manager; environment: of the session, for stdio's bridge."""

    def __init__(self, generation, door, *target, environment=None, bearer=None):
        self.numbers, self.answers, self.lines = itertools.count(1), {}, queue.Queue()
        self.process = subprocess.Popen(
            [npm.node(), str(HERE.parent / 'clients/client.mjs'), generation, door, *map(str, target)],
            env={**npm.environment(), **(environment or {}), **({'OUROBOROS_BEARER': bearer} if bearer else {})},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding='utf-8')
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def begin(self, what, /, **given):
        """Has it begin to do something; end() gives what came of it."""
        number = next(self.numbers)
        self.process.stdin.write(json.dumps({'id': number, 'do': what, **given}) + '\n')
        self.process.stdin.flush()
        return number

    def end(self, number, timeout=40):
        until = time.monotonic() + timeout
        while number not in self.answers:
            line = self.lines.get(timeout=max(0.01, until - time.monotonic()))
            assert line is not None, 'the client ended'
            self.answers[line['id']] = line
        line = self.answers.pop(number)
        if 'error' in line:
            raise Refused(line['error'])
        return line['result']

    def do(self, what, /, **given):
        return self.end(self.begin(what, **given))

    def call(self, name, /, **arguments):
        return self.do('call', name=name, arguments=arguments)

    def told(self, method, timeout=10):
        """The first notification of the method, waited for."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            for one in self.do('told'):
                if one['method'] == method:
                    return one
            time.sleep(0.05)
        raise AssertionError(f'{method} did not come')


def inspect(target, method, *options, environment=None, bearer=None):
    """Runs the Inspector's command line once; returns its JSON, or raises Refused with what it said."""
    header = ['--header', f'Authorization: Bearer {bearer}'] if bearer else []
    script = pathlib.Path(npm.script(INSPECTOR))
    done = subprocess.run([npm.node(), str(script), *target, '--method', method, *options, *header],
                          env={**npm.environment(), **(environment or {})}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60, check=False, cwd=script.parent)  # it looks for its own package.json from where it is
    if done.returncode:
        raise Refused({'name': 'inspector', 'code': done.returncode, 'message': done.stdout + done.stderr, 'data': None})
    return json.loads(done.stdout)
