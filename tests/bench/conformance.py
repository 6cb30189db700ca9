# SPDX-License-Identifier: GPL-3.0-or-later
"""Scored scenarios of the official MCP conformance suites that do not pass."""
import os
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / 'integration'))

NAMES = ['conformance.failed']


def measure(build, quick, wanted):
    os.environ.setdefault('OUROBOROS_BUILD_ROOT', str(build))
    import test_conformance as suite  # needs pytest, which nothing else here does
    passed, failed, checks = 0, [], 0
    for package, what in suite.CHECKS:
        names = suite.required(what) if package == 'new' else suite.ACTIVE
        with suite.Server() as server:
            options = ('--requirements', what) if package == 'new' else ('--suite', what)
            found, _ = server.check(suite.NEW if package == 'new' else suite.OLD, *options)
        checks += suite.successes({name: found.get(name, []) for name in names})
        good = [name for name in names if found.get(name) and not suite.failures(found[name])]
        passed += len(good)
        failed += [f'{what} {name}' for name in names if name not in good]
    yield {'name': 'conformance.failed', 'value': len(failed), 'unit': 'scenarios', 'target': '<= 0',
           'how': f'{passed} scored server scenarios of {len(suite.CHECKS)} runs pass with {checks} checks '
                  f'(0.2 pre-release with --requirements, 0.1.16 active){": " if failed else ""}{", ".join(failed)}'}
