# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the integration suite: `desk` has a running daemon with an open vault, `desktop` makes desktops
of any kind. A failed test shows what the daemon said."""
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from desktop import Desktop, build_root  # noqa: E402

SANITIZER = re.compile('Sanitizer|runtime error')  # of a build that has them


@pytest.fixture
def desktop():
    """Makes desktops without a daemon; all end with the test."""
    made = []

    def make(**options):
        desk = Desktop(build_root(), **options)
        made.append(desk)
        return desk.__enter__()
    yield make
    for desk in made:
        said = desk.log() if (desk.folder / 'daemon.log').exists() else ''
        print(said)
        desk.close()
        assert not SANITIZER.search(said)


@pytest.fixture
def desk(desktop):
    """One desktop with a running daemon."""
    made = desktop()
    made.start_daemon()
    return made


@pytest.fixture(scope='module')
def shared():
    """The same for all tests of a module that only ask."""
    with Desktop(build_root()) as made:
        made.start_daemon()
        yield made
        made.end_daemon()
        print(made.log())
        assert not SANITIZER.search(made.log())
