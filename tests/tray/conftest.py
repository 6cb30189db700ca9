# SPDX-License-Identifier: GPL-3.0-or-later
"""`screen` has a running daemon with an open vault, a screen and a panel; all that it started ends with the test."""
import pytest
import screen as screens


@pytest.fixture
def screen():
    why = screens.lacking()
    if why:
        pytest.skip(why)
    with screens.Screen() as made:
        made.start_daemon()
        yield made
        print(made.log())
        print((made.folder / 'session.log').read_text(encoding='utf-8', errors='replace'))
