# SPDX-License-Identifier: GPL-3.0-or-later
"""tap.py FOLDER [pytest argument…]: runs pytest there and speaks TAP, so that meson sees each test."""
import sys

import pytest


class Tap:
    """One line per test: a failure in its set-up or its end counts as the test's."""

    def __init__(self):
        self.count = 0
        self.state = {}

    @staticmethod
    def pytest_addoption(parser):
        # pytest's own comes with its terminal output, and assertion messages ask for it
        parser.addoption('--verbose', action='count', default=0)

    def pytest_collection_finish(self, session):
        print(f'1..{len(session.items)}', flush=True)

    def pytest_collectreport(self, report):
        if report.failed:
            print(f'Bail out! {report.nodeid} cannot be loaded')
            print('\n'.join('# ' + line for line in str(report.longrepr).splitlines()), flush=True)

    def pytest_runtest_logreport(self, report):
        worst = self.state.get(report.nodeid)
        if worst is None or report.failed or (report.skipped and not worst.failed):
            self.state[report.nodeid] = report
        if report.when == 'teardown':
            self.say(self.state.pop(report.nodeid))

    def say(self, report):
        self.count += 1
        name = report.nodeid.replace('#', '_')
        if report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            print(f'ok {self.count} - {name} # SKIP {reason}'.replace('\n', ' '), flush=True)
            return
        print(f'{"not ok" if report.failed else "ok"} {self.count} - {name}', flush=True)
        if report.failed:
            print('\n'.join('# ' + line for line in report.longreprtext.splitlines()), flush=True)


def main():
    # -p no:terminal: nothing but TAP on stdout
    return pytest.main(['-p', 'no:terminal', '-p', 'no:cacheprovider', *sys.argv[1:]], plugins=[Tap()])


sys.exit(main())
