# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's real keyring in a container, unlocked as a log-in would, locked, taken away or frozen."""

SERVICE = 'gnome-keyring-daemon.service'
DROP_IN = f'/home/alice/.config/systemd/user/{SERVICE}.d/unlock.conf'


class Keyring:
    """Alice's keyring daemon, unlocked with a password as a login would."""

    def __init__(self, machine):
        self.machine = machine

    def user(self, *command, **options):
        return self.machine.run(*command, user='alice', **options)

    def unlock(self, password='alicepw'):
        self.machine.write(DROP_IN, f"""[Service]
ExecStart=
ExecStart=/usr/bin/gnome-keyring-daemon --foreground --unlock --components=secrets --control-directory=%t/keyring
StandardInput=data
StandardInputText={password}
""", user='alice')
        self.user('systemctl', '--user', 'daemon-reload')
        self.user('systemctl', '--user', 'restart', SERVICE)
        self.machine.wait_for('busctl', '--user', 'status', 'org.freedesktop.secrets', user='alice')

    def lock(self):
        self.user('busctl', '--user', 'call', 'org.freedesktop.secrets', '/org/freedesktop/secrets',
                  'org.freedesktop.Secret.Service', 'Lock', 'ao', '1', '/org/freedesktop/secrets/collection/login')

    def mask(self):
        self.user('systemctl', '--user', 'mask', '--now', '--runtime', SERVICE, 'gnome-keyring-daemon.socket')

    def unmask(self):
        self.user('systemctl', '--user', 'unmask', '--runtime', SERVICE, 'gnome-keyring-daemon.socket')

    def signal(self, name):
        self.user('systemctl', '--user', 'kill', f'--signal={name}', SERVICE)

    def remove(self):
        self.unmask()
        self.user('systemctl', '--user', 'kill', '--signal=CONT', SERVICE, check=False)
        self.user('systemctl', '--user', 'stop', SERVICE, 'gnome-keyring-daemon.socket', check=False)
        self.user('rm', '-rf', DROP_IN, '/home/alice/.local/share/keyrings')
        self.user('systemctl', '--user', 'daemon-reload')
