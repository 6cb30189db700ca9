# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that leave, flood or never read, and a second daemon on the same vault: the daemon stays, answers
others, and has everything that it acknowledged. (More of the kind in test_calls.py and test_socket.py.)"""
import pytest
from account import Account
from desktop import NAME, PATH
from gi.repository import Gio, GLib

FLOOD = 1000
CONFLICT = 5  # exit status, as in the table of errors


@pytest.fixture
def account(desk):
    made = Account(desk)
    made.keep('before')
    yield made
    made.survives()


def bus_of(desk):
    return Gio.DBusConnection.new_for_address_sync(
        desk.environment['DBUS_SESSION_BUS_ADDRESS'],
        Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)


def remember(text, expects_reply=True):
    message = Gio.DBusMessage.new_method_call(NAME, PATH, f'{NAME}.Graph', 'Remember')
    message.set_body(GLib.Variant('(sssa{sv})', ('Flood', 'note', text, {})))
    if not expects_reply:
        message.set_flags(Gio.DBusMessageFlags.NO_REPLY_EXPECTED)
    return message


@pytest.mark.parametrize('expects_reply', [True, False])
def test_a_client_that_sends_1000_calls_and_never_reads_harms_nobody(account, expects_reply):
    bus = bus_of(account.desk)
    for number in range(FLOOD):
        bus.send_message(remember(f'flood {number}', expects_reply), Gio.DBusSendMessageFlags.NONE)
    for number in range(20):
        account.keep(f'beside the flood {number}')
    bus.flush_sync(None)
    bus.close_sync(None)
    account.stands()


def test_clients_that_leave_in_the_middle_of_a_write_harm_nobody(account):
    for number in range(30):
        bus = bus_of(account.desk)
        bus.send_message(remember(f'left {number}'), Gio.DBusSendMessageFlags.NONE)
        bus.flush_sync(None)
        bus.close_sync(None)
        account.keep(f'stays {number}')
    account.stands()


def test_a_second_daemon_on_one_vault_says_conflict_and_the_first_goes_on(desktop):
    first = desktop(keyring='none')
    first.start_daemon()
    account = Account(first)
    account.keep('first come')
    second = desktop(keyring='none', environment={name: first.environment[name] for name in ('HOME', 'XDG_DATA_HOME')})
    second.start_daemon(wait=False)
    account.keep('meanwhile')
    assert second.daemon.wait(30) == CONFLICT
    assert 'in use by another daemon' in second.log() and str(account.pid) in second.log()
    account.keep('and goes on')
    account.survives()
