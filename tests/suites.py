#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""suites.py SUITE…: runs suites of the trees in build/ and build-asan/, says for each how many tests ran, and
as the last line "N passed, N failed, N skipped". The exit status is 1 if anything failed or broke.

A test is what a test program reports as one (TAP), or a case of pytest, or a program that reports nothing.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

SOURCE = pathlib.Path(__file__).resolve().parents[1]
LIMIT_SEC = 1500  # of one suite
ENVIRONMENT = {**os.environ, 'OUROBOROS_BUILD_ROOT': str(SOURCE / 'build'), 'PYTHONDONTWRITEBYTECODE': '1'}
COLOURS = sys.stdout.isatty() and not os.environ.get('NO_COLOR')


class Count:
    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        return f'{self.passed} passed, {self.failed} failed, {self.skipped} skipped'


def run(command, log, extra=None):
    """Runs to the end or the limit, output into log; what it started and left in its group ends with it."""
    with open(log, 'wb') as file:
        process = subprocess.Popen(command, cwd=SOURCE, env={**ENVIRONMENT, **(extra or {})}, stdin=subprocess.DEVNULL,
                                   stdout=file, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            return process.wait(LIMIT_SEC)
        except subprocess.TimeoutExpired:
            file.write(f'\nended after {LIMIT_SEC} s\n'.encode())
            return 124
        finally:
            try:
                os.killpg(process.pid, signal.SIGTERM if process.poll() is None else signal.SIGKILL)
                process.wait(10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass


def count_tap(text):
    count = Count()
    for line in text.splitlines():
        match = re.match(r'(not )?ok\b(.*)', line)
        if not match:
            continue
        if re.search(r'# *skip', match[2], re.IGNORECASE):
            count.skipped += 1
        elif match[1] and not re.search(r'# *todo', match[2], re.IGNORECASE):
            count.failed += 1
        else:
            count.passed += 1
    return count


def count_program(entry):
    """One line of meson's log: what the program told, at least its own result."""
    count = count_tap(entry.get('stdout', ''))
    result = entry['result']
    if result in ('OK', 'EXPECTEDFAIL'):
        if count.passed + count.skipped == 0:
            count.passed = 1
    elif result == 'SKIP':
        count.skipped = max(count.skipped, 1)
    else:
        count.failed = max(count.failed, 1)
    return count


def run_meson(tree, suite, name):
    logs = SOURCE / tree / 'meson-logs'
    logs.mkdir(exist_ok=True)
    for old in logs.glob(f'{name}.*'):
        old.unlink()
    command = ['meson', 'test', '-C', tree, '--no-rebuild', '--suite', suite, '--logbase', name, '--print-errorlogs',
               '--num-processes', str(os.cpu_count() or 2)]
    extra = {'OUROBOROS_BUILD_ROOT': str(SOURCE / tree)}
    status = run(command, logs / f'{name}.out', extra)
    count = Count()
    entries = logs / f'{name}.json'
    for line in entries.read_text(encoding='utf-8').splitlines() if entries.exists() else []:
        count.add(count_program(json.loads(line)))
    if status and not count.failed:
        count.failed = 1
    return count, logs / f'{name}.out'


def run_pytest(folder, *options):
    logs = SOURCE / 'build' / 'meson-logs'
    logs.mkdir(exist_ok=True)
    report = logs / f'{folder}.xml'
    report.unlink(missing_ok=True)
    status = run(['/usr/bin/python3', '-m', 'pytest', '-q', '-p', 'no:cacheprovider', f'--junitxml={report}', *options,
                  f'tests/{folder}'], logs / f'{folder}.out')
    count = Count()
    for case in ElementTree.parse(report).iter('testcase') if report.exists() else []:
        if case.find('failure') is not None or case.find('error') is not None:
            count.failed += 1
        elif case.find('skipped') is not None:
            count.skipped += 1
        else:
            count.passed += 1
    if status not in (0, 5) and not count.failed:  # 5: no test was found
        count.failed = 1
    return count, logs / f'{folder}.out'


def run_suite(suite):
    if suite == 'sanitizer':
        count, log = run_meson('build-asan', 'unit', 'sanitizer')
        if not count.failed:
            more, log = run_meson('build-asan', 'fuzz', 'sanitizer-fuzz')
            count.add(more)
        return count, log
    if suite == 'integration':
        return run_pytest('integration', '-n', '2', '--dist', 'loadgroup')
    if suite == 'system':
        return run_pytest('system', '-rs')
    return run_meson('build', suite, suite)


def skips(log):
    """Why tests were skipped, as pytest says it."""
    text = log.read_text(encoding='utf-8', errors='replace')
    return re.findall(r'^SKIPPED \[\d+\] \S+ (.*)$', text, re.MULTILINE)


def main():
    total = Count()
    began = time.monotonic()
    for suite in sys.argv[1:]:
        start = time.monotonic()
        count, log = run_suite(suite)
        total.add(count)
        mark = 'FAILED' if count.failed else 'ok' if count.passed else 'none'
        if COLOURS:
            mark = f'\033[{31 if count.failed else 32}m{mark}\033[0m'
        print(f'{suite:12} {mark:6}  {count}  ({time.monotonic() - start:.0f} s)', flush=True)
        if count.failed:
            print(log.read_text(encoding='utf-8', errors='replace')[-20000:], flush=True)
        elif count.skipped:
            for reason in sorted(set(skips(log))):
                print(f'{"":12} skipped: {reason}', flush=True)
    print(f'in {time.monotonic() - began:.0f} s', flush=True)
    print(total, flush=True)
    return 1 if total.failed or not total.passed else 0


sys.exit(main())
