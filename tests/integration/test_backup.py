# SPDX-License-Identifier: GPL-3.0-or-later
"""Backup, restore and re-keying, with everything that can be wrong with a backup."""
import hashlib
import json
import os
import pathlib
import subprocess
import shutil
import tempfile

import dbus
import desktop
import pytest
from desktop import NAME, CallError


@pytest.fixture
def backup(desk):
    """A folder with a backup that holds one fact; the daemon holds a second one."""
    desk.remember('Ada', 'note', 'in the backup')
    folder = desk.folder / 'backup'
    desk.call('Manager.Backup', 's', folder)
    desk.remember('Ada', 'note', 'after the backup')
    return folder


def test_a_backup_is_whole_and_sha256sum_agrees(desk, backup):
    manifest = json.loads((backup / 'manifest.json').read_text(encoding='utf-8'))
    assert manifest['format'] == 1 and manifest['entries'] > 0
    assert {'vault.db', 'ops.db', 'SHA256SUMS', 'manifest.json'} <= {p.name for p in backup.iterdir()}
    desk.run('sha256sum', '--check', '--strict', 'SHA256SUMS', cwd=backup)
    assert b'in the backup' not in (backup / 'vault.db').read_bytes()
    assert (backup.stat().st_mode & 0o777) == 0o700


def test_restore_brings_back_what_was_and_keeps_the_journal_whole(desk, backup):
    desk.call('Manager.Restore', 's', backup)
    assert desk.objects('Ada') == ['in the backup']
    assert desk.call('Journal.Verify')[0]['ok'] is True
    desk.remember('Ada', 'note', 'life goes on')
    desk.end_daemon()
    desk.start_daemon()
    assert desk.objects('Ada') == ['in the backup', 'life goes on']


def kept(desk):
    data = pathlib.Path(desk.environment['XDG_DATA_HOME']) / 'ouroboros'
    return {path: path.read_bytes() for path in data.glob('*.before-restore*')}


def test_each_restore_keeps_what_it_replaced_and_names_it(desk, backup):
    first = desk.call('Manager.Restore', 's', backup)[0]
    before = kept(desk)
    assert {first['kept'], first['kept_ops']} == {str(path) for path in before}
    second = desk.call('Manager.Restore', 's', backup)[0]
    assert second['kept'] != first['kept']
    assert {path: content for path, content in kept(desk).items() if path in before} == before
    assert len(kept(desk)) == 4


def test_a_failed_restore_brings_no_file_into_the_vault(desk, backup):
    content = b'of the backup only'
    name = f'sha256/{hashlib.sha256(content).hexdigest()[:2]}/{hashlib.sha256(content).hexdigest()}'
    (backup / name).parent.mkdir(exist_ok=True, parents=True)
    (backup / name).write_bytes(content)
    with open(backup / 'SHA256SUMS', 'a', encoding='utf-8') as sums:
        sums.write(f'{hashlib.sha256(content).hexdigest()}  {name}\n')
    manifest = json.loads((backup / 'manifest.json').read_text(encoding='utf-8'))
    (backup / 'manifest.json').write_text(json.dumps({**manifest, 'files': manifest['files'] + 1}), encoding='utf-8')
    ops = bytearray((backup / 'ops.db').read_bytes())
    ops[100:200] = bytes(100)
    (backup / 'ops.db').write_bytes(ops)
    sum_again(backup)
    restore_fails(desk, backup, 'Corrupt')
    assert not (pathlib.Path(desk.environment['HOME']) / 'Ouroboros/vault' / name).exists() and not kept(desk)


def restore_fails(desk, folder, *names):
    with pytest.raises(CallError) as caught:
        desk.call('Manager.Restore', 's', folder)
    assert caught.value.name in names, caught.value
    assert desk.objects('Ada') == ['after the backup', 'in the backup']
    assert desk.status()['vault_state'] == 'open'


def sum_again(backup):
    """Makes the sums and the manifest fit whatever is in the folder now."""
    sums = backup / 'SHA256SUMS'
    names = [line[66:] for line in sums.read_text(encoding='utf-8').splitlines()]
    sums.write_text(''.join(f'{hashlib.sha256((backup / n).read_bytes()).hexdigest()}  {n}\n' for n in names), encoding='utf-8')
    manifest = json.loads((backup / 'manifest.json').read_text(encoding='utf-8'))
    manifest['sums_sha256'] = hashlib.sha256(sums.read_bytes()).hexdigest()
    (backup / 'manifest.json').write_text(json.dumps(manifest), encoding='utf-8')


def test_no_backup_at_all_is_not_found(desk, backup):
    restore_fails(desk, desk.folder / 'nothing', 'NotFound')
    restore_fails(desk, desk.folder / 'home', 'NotFound')


@pytest.mark.parametrize('name', ['vault.db', 'ops.db', 'SHA256SUMS'])
def test_one_changed_byte_is_found_before_anything_is_touched(desk, backup, name):
    content = bytearray((backup / name).read_bytes())
    content[len(content) // 2] ^= 1
    (backup / name).write_bytes(content)
    restore_fails(desk, backup, 'Corrupt')


@pytest.mark.parametrize('name', ['vault.db', 'ops.db'])
def test_a_damaged_database_with_fitting_sums_leaves_the_old_state(desk, backup, name):
    content = bytearray((backup / name).read_bytes())
    content[100:200] = bytes(100)
    (backup / name).write_bytes(content)
    sum_again(backup)
    restore_fails(desk, backup, 'Corrupt')


@pytest.mark.parametrize('name', ['vault.db', 'ops.db', 'SHA256SUMS'])
def test_a_missing_file_is_found(desk, backup, name):
    (backup / name).unlink()
    restore_fails(desk, backup, 'NotFound', 'Corrupt')


@pytest.mark.parametrize('name', ['vault.db', 'ops.db', 'SHA256SUMS', 'manifest.json'])
def test_a_file_that_never_ends_holds_nobody(desk, backup, name):
    (backup / name).unlink()
    os.mkfifo(backup / name)
    restore_fails(desk, backup, 'Invalid')
    (backup / name).unlink()
    (backup / name).symlink_to('/dev/zero')
    restore_fails(desk, backup, 'Invalid')
    assert desk.end_daemon() == 0


def test_a_huge_manifest_is_not_read(desk, backup):
    (backup / 'manifest.json').write_text('{"format":1,"x":"' + 'x' * 70_000 + '"}', encoding='utf-8')
    restore_fails(desk, backup, 'Limit')


@pytest.fixture
def elsewhere(desk):
    """A folder on another file system than the vault's."""
    shm = pathlib.Path('/dev/shm')
    if not shm.is_dir() or shm.stat().st_dev == desk.folder.stat().st_dev:
        pytest.skip('no second file system at /dev/shm')
    folder = pathlib.Path(tempfile.mkdtemp(prefix='ouroboros-test-', dir=shm))
    yield folder
    shutil.rmtree(folder)


def test_backup_and_restore_reach_another_file_system(desk, elsewhere):
    desk.remember('Ada', 'note', 'in the backup')
    content = os.urandom(300_000)
    name = hashlib.sha256(content).hexdigest()
    file = pathlib.Path(desk.environment['HOME']) / 'Ouroboros/vault/sha256' / name[:2] / name
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    desk.call('Manager.Backup', 's', elsewhere)
    desk.run('sha256sum', '--check', '--strict', 'SHA256SUMS', cwd=elsewhere)
    desk.remember('Ada', 'note', 'after the backup')
    file.unlink()
    desk.call('Manager.Restore', 's', elsewhere)
    assert desk.objects('Ada') == ['in the backup']
    assert file.read_bytes() == content


def test_a_manifest_that_makes_no_sense_is_refused(desk, backup):
    for text, names in (('{', ('Invalid',)), ('{"format":2}', ('Corrupt',)), ('[]', ('Invalid',))):
        (backup / 'manifest.json').write_text(text, encoding='utf-8')
        restore_fails(desk, backup, *names)


def test_sums_cannot_lead_outside_of_the_folder(desk, backup):
    line = hashlib.sha256(pathlib.Path('/etc/passwd').read_bytes()).hexdigest() + '  ../../../etc/passwd\n'
    with open(backup / 'SHA256SUMS', 'a', encoding='utf-8') as sums:
        sums.write(line)
    manifest = json.loads((backup / 'manifest.json').read_text(encoding='utf-8'))
    manifest['sums_sha256'] = hashlib.sha256((backup / 'SHA256SUMS').read_bytes()).hexdigest()
    (backup / 'manifest.json').write_text(json.dumps(manifest), encoding='utf-8')
    restore_fails(desk, backup, 'Corrupt')


def test_a_backup_wants_an_empty_folder_and_an_absolute_path(desk, backup):
    for folder, name in ((backup, 'Conflict'), ('relative', 'Invalid'), ('', 'Invalid'), (desk.folder / 'a/b', 'NotFound')):
        with pytest.raises(CallError) as caught:
            desk.call('Manager.Backup', 's', folder)
        assert caught.value.name == name, caught.value
    empty = desk.folder / 'empty'
    empty.mkdir()
    desk.call('Manager.Backup', 's', empty)


def vault_of(desk):
    return pathlib.Path(desk.environment['HOME']) / 'Ouroboros/vault'


def test_a_failed_backup_leaves_nothing(desk):
    target = desk.folder / 'target'
    target.mkdir()
    (vault_of(desk) / 'sha256').mkdir(parents=True, exist_ok=True)
    (vault_of(desk) / 'sha256/ab').write_bytes(b'no folder')
    with pytest.raises(CallError):
        desk.call('Manager.Backup', 's', target)
    assert not target.exists() or not list(target.iterdir())


def test_a_damaged_file_is_left_out_and_named_and_the_rest_is_a_sound_backup(desk):
    desk.remember('Ada', 'note', 'in the backup')
    bad, good = 'ab/ab' + '0' * 62, hashlib.sha256(b'good').hexdigest()
    for name, content in ((bad, b'something else'), (f'{good[:2]}/{good}', b'good')):
        path = vault_of(desk) / 'sha256' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    target = desk.folder / 'target'
    report = desk.call('Manager.Backup', 's', target)[0]
    assert json.loads(report['damaged']) == [f'sha256/{bad}'] and report['files_bad'] == 1 and report['files'] == 1
    assert report['bytes'] == 4 and 'rescan' in report['problem']
    desk.run('sha256sum', '--check', '--strict', 'SHA256SUMS', cwd=target)
    assert not (target / 'sha256' / bad).exists()
    desk.remember('Ada', 'note', 'after the backup')
    desk.call('Manager.Restore', 's', target)
    assert desk.objects('Ada') == ['in the backup']


def test_verify_finds_a_changed_file_of_the_vault(desk):
    shard = pathlib.Path(desk.environment['HOME']) / 'Ouroboros/vault/sha256/ab'
    shard.mkdir(parents=True)
    (shard / ('ab' + '0' * 62)).write_bytes(b'something else')
    report = desk.call('Manager.Verify')[0]
    assert report['ok'] is False and report['files_bad'] == 1 and 'sha256/ab/ab' in report['problem']
    assert desk.status()['check_ok'] is False


def test_a_new_key_keeps_everything(desk):
    desk.remember('Ada', 'note', 'kept')
    before = (pathlib.Path(desk.environment['XDG_DATA_HOME']) / 'ouroboros/vault.db').read_bytes()[:16]
    desk.call('Manager.Rekey')
    assert desk.objects('Ada') == ['kept']
    assert (pathlib.Path(desk.environment['XDG_DATA_HOME']) / 'ouroboros/vault.db').read_bytes()[:16] != before
    desk.end_daemon()
    desk.start_daemon()
    assert desk.objects('Ada') == ['kept']


def test_a_backup_from_before_new_keys_is_restored_with_the_key_of_now(desk, backup):
    desk.call('Manager.Rekey')
    desk.call('Manager.Rekey')
    desk.end_daemon()
    desk.start_daemon()
    desk.call('Manager.Restore', 's', backup)
    assert desk.objects('Ada') == ['in the backup']
    desk.end_daemon()
    desk.start_daemon()
    assert desk.objects('Ada') == ['in the backup'] and desk.call('Journal.Verify')[0]['ok'] is True


def edit_manifest(backup, **members):
    manifest = json.loads((backup / 'manifest.json').read_text(encoding='utf-8'))
    manifest.update(members)
    (backup / 'manifest.json').write_text(json.dumps({k: v for k, v in manifest.items() if v is not None}), encoding='utf-8')


def test_a_backup_with_a_key_that_is_not_known_says_which_and_how_to_bring_it(desk, backup):
    edit_manifest(backup, key_id='00' * 16)
    with pytest.raises(CallError, match='00' * 16 + '.*key export.*key import') as caught:
        desk.call('Manager.Restore', 's', backup)
    assert caught.value.name == 'Unavailable'
    assert desk.objects('Ada') == ['after the backup', 'in the backup']
    edit_manifest(backup, key_id='../../../etc/passwd')
    restore_fails(desk, backup, 'Corrupt')


def test_a_backup_comes_into_another_home_with_its_key(desk, backup):
    key = desk.folder / 'key'
    ctl = str(desk.build / 'cli/ouroborosctl')
    desk.run(ctl, 'key', 'export', key)
    assert len(key.read_text(encoding='ascii').strip()) == 64 and (key.stat().st_mode & 0o777) == 0o600
    with desktop.Desktop(desk.build) as other:
        other.start_daemon()
        with pytest.raises(CallError, match='key import') as caught:
            other.call('Manager.Restore', 's', backup)
        assert caught.value.name == 'Unavailable'
        other.run(ctl, 'key', 'import', key)
        other.call('Manager.Restore', 's', backup)
        assert other.objects('Ada') == ['in the backup']
        assert key.read_text(encoding='ascii').strip() not in other.log()


def test_a_key_is_not_written_over_anything(desk):
    there = desk.folder / 'there'
    there.write_text('mine', encoding='ascii')
    done = subprocess.run([str(desk.build / 'cli/ouroborosctl'), 'key', 'export', there], env=desk.environment, check=False,
                          capture_output=True, text=True)
    assert done.returncode and 'exists already' in done.stderr and there.read_text(encoding='ascii') == 'mine'


def test_a_backup_that_names_no_key_is_tried_with_the_key_of_now(desk, backup):
    edit_manifest(backup, key_id=None)
    desk.call('Manager.Restore', 's', backup)
    assert desk.objects('Ada') == ['in the backup']
    desk.call('Manager.Rekey')
    desk.remember('Ada', 'note', 'after the backup')
    restore_fails(desk, backup, 'Unavailable')


def test_a_damaged_vault_is_mended_by_restore(desk, backup):
    desk.end_daemon()
    path = pathlib.Path(desk.environment['XDG_DATA_HOME']) / 'ouroboros/vault.db'
    path.write_bytes(bytes(8192))
    desk.start_daemon()
    assert desk.status()['vault_state'] in ('corrupt', 'unavailable')
    desk.call('Manager.Restore', 's', backup)
    assert desk.status()['vault_state'] == 'open'
    assert desk.objects('Ada') == ['in the backup']


def test_only_one_such_operation_at_a_time(desk):
    callers = [desk.start(*desk.command('Manager.Verify'), stderr=-1) for _ in range(8)]
    said = [caller.communicate(timeout=30)[1] for caller in callers]
    assert any(caller.returncode == 0 for caller in callers)
    assert all('under way' in text for caller, text in zip(callers, said) if caller.returncode)


def test_how_far_it_is_is_signalled(desk):
    monitor = desk.start('gdbus', 'monitor', '--session', '--dest', NAME, stdout=-1)
    while 'is owned by' not in monitor.stdout.readline():
        pass
    desk.call('Manager.Rebuild', 's', 'all')
    line = ''
    while f"{NAME}.Manager.Progress ('rebuild', 1.0)" not in line:
        line = monitor.stdout.readline()
        assert line, 'no signal came'
    monitor.terminate()
    monitor.wait()


def test_a_check_that_went_well_is_remembered(desk):
    desk.call('Manager.Verify')
    first = desk.status()['checked_at'][:19]
    desk.end_daemon()
    desk.start_daemon()
    assert desk.status()['checked_at'][:19] == first and desk.status()['check_ok'] is True
    os.utime(pathlib.Path(desk.environment['XDG_DATA_HOME']) / 'ouroboros/checked', (0, 0))
    desk.call('Manager.Verify')
    desk.end_daemon()
    desk.start_daemon()
    assert desk.status()['checked_at'][:19] >= first, 'the time of an old check was kept for ever'


def test_a_backup_through_a_descriptor_needs_an_open_folder(desk):
    desk.remember('Ada', 'note', 'in the backup')
    bus = desk.connect()
    manager = dbus.Interface(bus.get_object(NAME, desktop.PATH, introspect=False), f'{NAME}.Manager')
    folder = desk.folder / 'opened'
    folder.mkdir()
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    report = manager.BackupTo(dbus.types.UnixFd(fd))
    os.close(fd)
    assert report['folder'] == str(folder)
    desk.run('sha256sum', '--check', '--strict', 'SHA256SUMS', cwd=folder)
    with open(folder / 'manifest.json', encoding='utf-8') as file, pytest.raises(dbus.DBusException) as caught:
        manager.BackupTo(dbus.types.UnixFd(file.fileno()))
    assert caught.value.get_dbus_name() == 'org.ouroboros.Error.Invalid'
    bus.close()
