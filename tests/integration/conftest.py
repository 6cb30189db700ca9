# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the integration suite: `desk` has a running daemon with an open vault, `desktop` makes desktops
of any kind. A failed test shows what the daemon said."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from desktop import Desktop, build_root  # noqa: E402


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
        if (desk.folder / 'daemon.log').exists():
            print(desk.log())
        desk.close()


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
        print(made.log())
