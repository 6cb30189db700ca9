# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory of a process and all its descendants."""
import pathlib
import threading


def tree(pid):
    """The pid and those of all its descendants."""
    pids = [pid]
    for known in pids:
        try:
            for task in pathlib.Path(f'/proc/{known}/task').iterdir():
                pids += map(int, (task / 'children').read_text(encoding='utf-8').split())
        except OSError:
            continue
    return pids


def _field(path, name):
    try:
        for line in path.read_text(encoding='utf-8').splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0


def rss_mb(pid):
    """Resident set of one process, in MiB."""
    return _field(pathlib.Path(f'/proc/{pid}/status'), 'VmRSS:') / 1024


def pss_mb(pid):
    """Memory of a process tree in MiB, pages that several share counted once."""
    return sum(_field(pathlib.Path(f'/proc/{p}/smaps_rollup'), 'Pss:') for p in tree(pid)) / 1024


def high_water_mb(pid):
    """The most that each process of a tree has ever held, summed, in MiB: no less than the tree has held at any moment of
    their lives, and more if they peaked at different times or share pages."""
    return sum(_field(pathlib.Path(f'/proc/{p}/status'), 'VmHWM:') for p in tree(pid)) / 1024


class Peak:
    """While in the with statement: .mb is the highest pss_mb(), looked at five times a second; .bound_mb the highest
    high_water_mb(), looked at fifty times: what a process held between two looks, it has held."""
    LOOK_SEC, PSS_LOOKS = 0.02, 10

    def __init__(self, pid):
        self.pid, self.mb, self.bound_mb = pid, 0.0, 0.0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def _watch(self):
        looks = 0
        while not self.over.wait(self.LOOK_SEC):
            self.bound_mb = max(self.bound_mb, high_water_mb(self.pid))
            looks += 1
            if looks % self.PSS_LOOKS == 0:
                self.mb = max(self.mb, pss_mb(self.pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.over.set()
        self.thread.join()
