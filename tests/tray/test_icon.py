# SPDX-License-Identifier: GPL-3.0-or-later
"""The icon in the panel: what waits is a number in it, an entry of its menu and a notification, until it is decided."""
import os
import signal
import subprocess

from screen import HERE, wait_until


def red_pixels(screen):
    """Of the largest pixmap: ARGB in network order."""
    width, height, data = max(screen.icon('IconPixmap'), key=lambda pixmap: int(pixmap[0]))
    data = bytes(data)
    assert len(data) == int(width) * int(height) * 4
    return sum(1 for i in range(0, len(data), 4) if data[i] > 200 and data[i + 1] > 180 and data[i + 2] < 80 and data[i + 3] < 80)


def shows(screen, count):
    return wait_until(lambda: str(screen.icon('XAyatanaLabel')) == (str(count) if count else ''), 10)


def notifications(screen):
    return {shown['summary']: (int(number), shown) for number, shown in screen.panel()['notifications'].items()}


def test_a_request_is_a_badge_a_menu_entry_and_a_notification(screen):
    """Seen to fail: with the ObjectManager's signals not subscribed to; without draw_number()."""
    screen.start_tray()
    assert shows(screen, 0) and red_pixels(screen) == 0 and str(screen.icon('Status')) == 'Active'
    screen.request('Claude')
    assert shows(screen, 1) and red_pixels(screen) > 50
    assert str(screen.icon('Status')) == 'NeedsAttention'
    assert any('Claude' in label for label in screen.menu()) and '1 decision waits for you' in screen.menu()
    assert wait_until(lambda: notifications(screen), 10)
    (summary, (_, shown)), = notifications(screen).items()
    assert 'Claude' in summary and 'Asked by' in shown['body']
    assert 'Review…' in shown['actions'] and 'Deny' in shown['actions'] and 'Approve' not in shown['actions']
    assert str(screen.icon('IconAccessibleDesc')) == 'Ouroboros: 1 decision waits for you'


def test_what_waits_at_the_start_is_shown(screen):
    screen.request('Claude')
    screen.request('Codex')
    screen.start_tray()
    assert shows(screen, 2) and wait_until(lambda: len(notifications(screen)) == 2, 10)


def test_what_is_decided_elsewhere_goes(screen):
    screen.start_tray()
    asked = screen.request('Claude')
    assert shows(screen, 1) and wait_until(lambda: notifications(screen), 10)
    screen.tool('resolve_approval', approval_id=asked, decision='deny')
    assert shows(screen, 0) and red_pixels(screen) == 0
    assert wait_until(lambda: not notifications(screen), 10)
    assert not any('Claude' in label for label in screen.menu())


def test_a_notification_denies_and_lets_nobody_in(screen):
    screen.start_tray()
    asked = screen.request('Claude')
    assert wait_until(lambda: notifications(screen), 10)
    (number, shown), = notifications(screen).values()
    screen.click_notification(number, shown['actions'][shown['actions'].index('Deny') - 1])
    assert wait_until(lambda: screen.state(asked) == 'denied', 10)
    assert screen.connections() == {} and shows(screen, 0)


def test_a_denial_that_polkit_forbids_is_told_and_it_still_waits(screen):
    screen.start_tray()
    asked = screen.request('Claude')
    assert wait_until(lambda: notifications(screen), 10)
    screen.polkit_says('no', 'org.ouroboros.approval.resolve')
    (number, shown), = notifications(screen).values()
    screen.click_notification(number, shown['actions'][shown['actions'].index('Deny') - 1])
    assert wait_until(lambda: 'It was not denied' in notifications(screen), 10)
    assert screen.state(asked) == 'pending'


def test_a_panel_that_comes_again_gets_the_icon_again(screen):
    screen.start_tray()
    panel = next(p for p in screen.started if str(HERE / 'panel.py') in p.args)
    panel.send_signal(signal.SIGKILL)
    panel.wait()
    again = screen.start('/usr/bin/python3', '-B', str(HERE / 'panel.py'), stdout=subprocess.PIPE)
    assert again.stdout.readline().startswith('panel')
    assert wait_until(lambda: screen.panel()['items'], 15)


def test_it_outlives_the_daemon_and_hears_the_next_one(screen):
    tray = screen.start_tray()
    screen.request('Claude')
    assert shows(screen, 1)
    assert screen.end_daemon() == 0
    assert tray.poll() is None and str(screen.icon('XAyatanaLabel')) == '1'
    screen.start_daemon()
    screen.request('Codex')
    assert shows(screen, 2)


def test_the_menu_opens_the_window_and_ends_the_tray(screen):
    tray = screen.start_tray()
    screen.click_menu('Open Ouroboros')
    assert wait_until(lambda: screen.owner('org.ouroboros.Ouroboros'), 20)
    assert os.path.exists(f'/proc/{screen.owner("org.ouroboros.Ouroboros")}')
    screen.click_menu('Quit')
    assert tray.wait(10) == 0
