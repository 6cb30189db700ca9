# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's real keyring in a container, unlocked as a log-in would, locked, taken away or frozen."""
import container as containers

SERVICE = 'gnome-keyring-daemon.service'
HIDDEN = '/root/hidden-services'
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
        self.end()
        self.user('systemctl', '--user', 'start', SERVICE)
        self.machine.wait_for('busctl', '--user', 'status', 'org.freedesktop.secrets', user='alice')

    def lock(self):
        self.user('busctl', '--user', 'call', 'org.freedesktop.secrets', '/org/freedesktop/secrets',
                  'org.freedesktop.Secret.Service', 'Lock', 'ao', '1', '/org/freedesktop/secrets/collection/login')

    def hide(self):
        """As if no keyring were installed: neither systemd nor the bus can start one."""
        self.machine.run('sh', '-c', f'mkdir -p {HIDDEN}; cd /usr/share/dbus-1/services; '
                                     f'mv org.freedesktop.secrets.service org.gnome.keyring.service {HIDDEN}')
        self.reload_bus()
        self.user('systemctl', '--user', 'mask', '--now', '--runtime', SERVICE, 'gnome-keyring-daemon.socket')
        self.end()

    def show(self):
        self.machine.run('sh', '-c', f'mv {HIDDEN}/* /usr/share/dbus-1/services; rmdir {HIDDEN}', check=False)
        self.reload_bus()
        self.user('systemctl', '--user', 'unmask', '--runtime', SERVICE, 'gnome-keyring-daemon.socket')

    def reload_bus(self):
        self.user('busctl', '--user', 'call', 'org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'ReloadConfig')

    def end(self):
        """Also the one that the bus has started without systemd."""
        self.user('systemctl', '--user', 'kill', '--signal=CONT', SERVICE, check=False)
        self.user('systemctl', '--user', 'stop', SERVICE, 'gnome-keyring-daemon.socket', check=False)
        self.user('pkill', '-u', 'alice', '-f', 'gnome-keyring-daemon', check=False)
        containers.wait_until(lambda: self.user('pgrep', '-u', 'alice', '-f', 'gnome-keyring-daemon', check=False).returncode)

    def signal(self, name):
        self.user('systemctl', '--user', 'kill', f'--signal={name}', SERVICE)

    def remove(self):
        self.show()
        self.end()
        self.user('rm', '-rf', DROP_IN, '/home/alice/.local/share/keyrings')
        self.user('systemctl', '--user', 'daemon-reload')
