# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what, with the real polkit: allow, challenge, prompt, refuse."""
import pytest
from daemon import CallError, denied


def test_a_person_at_the_seat_writes_without_being_asked(alice, seat):
    assert alice.remember('Ada', 'note', 'seen').startswith('fact-')


def test_without_a_seat_reading_is_free_and_writing_is_not(alice):
    assert alice.status()['vault_state'] == 'open'
    assert alice.facts('Ada') == []
    denied(alice.remember, 'Ada', 'note', 'from a shell without a seat')
    assert alice.facts('Ada') == []


def test_a_tool_that_writes_is_guarded_like_the_method(alice):
    denied(alice.tool, 'remember_fact', entity_name='Ada', predicate='note', object='by a side door')
    assert alice.tool('list_entities')['entities'] == []


def test_a_rule_that_forbids_is_obeyed(alice, seat):
    rule = 'polkit.addRule(function(action) { if (action.id == "org.ouroboros.write") return polkit.Result.NO; });'
    alice.remember('Ada', 'note', 'before the rule')
    alice.machine.write('/etc/polkit-1/rules.d/10-test.rules', rule)
    try:
        alice.machine.run('systemctl', 'restart', 'polkit')
        denied(alice.remember, 'Ada', 'note', 'after the rule')
        assert len(alice.facts('Ada')) == 1
    finally:
        alice.machine.run('rm', '/etc/polkit-1/rules.d/10-test.rules')
        alice.machine.run('systemctl', 'restart', 'polkit')


def test_another_user_cannot_read_it(alice):
    alice.status()
    done = alice.machine.run(
        'busctl', '--address=unix:path=/run/user/1000/bus', 'status', user='bob', check=False)
    assert done.returncode


def test_without_polkit_guarded_methods_are_unavailable(alice, seat):
    alice.status()
    alice.machine.run('systemctl', 'mask', '--now', '--runtime', 'polkit')
    try:
        with pytest.raises(CallError) as caught:
            alice.remember('Ada', 'note', 'nobody to ask')
        assert caught.value.name == 'Unavailable'
        assert alice.facts('Ada') == []
    finally:
        alice.machine.run('systemctl', 'unmask', '--runtime', 'polkit')
        alice.machine.run('systemctl', 'start', 'polkit')
    assert alice.remember('Ada', 'note', 'polkit is back')


class TestRestoreAsksEveryTime:
    """data.restore asks even the person at the seat, every time."""

    @pytest.fixture
    def backup(self, alice, seat):
        alice.remember('Ada', 'note', 'in the backup')
        folder = '/home/alice/Ouroboros/backup'
        alice.machine.run('mkdir', '-p', folder, user='alice')
        alice.call('Manager.Backup', 's', folder)
        alice.remember('Ada', 'note', 'after the backup')
        yield folder
        alice.machine.run('rm', '-rf', folder)

    def notes(self, alice):
        return sorted(f['object'] for f in alice.facts('Ada'))

    def test_with_the_password(self, alice, backup, agent):
        agent('pw:alicepw')
        alice.call('Manager.Restore', 's', backup, interactive=True, timeout=60)
        assert self.notes(alice) == ['in the backup']

    @pytest.mark.parametrize('answer', ['pw:wrong', 'cancel'])
    def test_not_with_a_wrong_answer(self, alice, backup, agent, answer):
        agent(answer)
        denied(alice.call, 'Manager.Restore', 's', backup, interactive=True, timeout=60)
        assert self.notes(alice) == ['after the backup', 'in the backup']

    def test_a_prompt_nobody_answers_holds_up_nobody_else(self, alice, backup, agent):
        agent('hang')
        hanging = alice.machine.start(*alice.call_command('Manager.Restore', 's', backup, interactive=True), user='alice',
                                      session=True)
        alice.machine.wait_for('journalctl', '--user', '-u', 'agent', '-o', 'cat', contains='BEGIN', user='alice')
        assert self.notes(alice) == ['after the backup', 'in the backup']
        hanging.kill()
        hanging.wait()

    def test_not_without_an_agent(self, alice, backup):
        denied(alice.call, 'Manager.Restore', 's', backup, interactive=True)
        assert self.notes(alice) == ['after the backup', 'in the backup']
