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


class Peak:
    """The highest pss_mb() while in the with statement, looked at five times a second."""

    def __init__(self, pid):
        self.pid, self.mb = pid, 0.0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def _watch(self):
        while not self.over.wait(0.2):
            self.mb = max(self.mb, pss_mb(self.pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.over.set()
        self.thread.join()
