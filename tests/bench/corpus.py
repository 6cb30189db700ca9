# SPDX-License-Identifier: GPL-3.0-or-later
"""A tree of real documentation: what the packages of this machine bring in text, Markdown, HTML, PDF and
office formats, each content once, packed ones unpacked, sorted, so that two runs see the same."""
import gzip
import hashlib
import os
import pathlib

PLACES = ('/usr/share/doc', '/usr/share/help', '/usr/share/gtk-doc', '/usr/lib/python3', '/usr/share/docutils',
          '/usr/share/R/doc')
ENDINGS = ('.txt', '.md', '.html', '.htm', '.pdf', '.odt', '.docx')
PROSE = ('copyright', 'readme', 'changelog', 'news', 'authors', 'todo', 'faq', 'install', 'thanks', 'history')
MAX_BYTES = 4 << 20


def _files():
    for place in PLACES:
        for folder, folders, names in os.walk(place):
            folders.sort()
            for name in sorted(names):
                path = pathlib.Path(folder, name)
                if not path.is_symlink() and path.is_file() and path.stat().st_size <= MAX_BYTES:
                    yield path


def _content(path):
    """(ending, bytes) of what is wanted in the corpus, else None."""
    name = path.name.lower()
    if name.endswith(ENDINGS):
        return pathlib.Path(name).suffix, path.read_bytes()
    if name.endswith('.gz'):
        inner = name[:-3]
        ending = pathlib.Path(inner).suffix if inner.endswith(ENDINGS) else '.txt'
        if inner.endswith(ENDINGS) or inner.startswith(PROSE):
            return ending, gzip.decompress(path.read_bytes())
    elif name.startswith(PROSE) and '.' not in name:
        return '.txt', path.read_bytes()
    return None


def assemble(target, limit):
    """Fills the folder target, if that was not done before, with at most limit files; returns how many."""
    stamp = target.with_name(target.name + '.count')
    if stamp.exists():
        return int(stamp.read_text(encoding='utf-8'))
    seen = {}
    for path in _files():
        found = _content(path)
        if not found or not found[1].strip():
            continue
        seen.setdefault(hashlib.sha256(found[1]).digest(), (path, *found))
    # an even choice over all places when there is more than wanted
    chosen = list(seen.values())
    step = max(1.0, len(chosen) / limit)
    chosen = [chosen[int(i * step)] for i in range(min(limit, len(chosen)))]
    for number, (path, ending, content) in enumerate(chosen):
        folder = target / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f'{path.name.split(".")[0]}-{number}{ending}').write_bytes(content)
    stamp.write_text(str(len(chosen)), encoding='utf-8')
    return len(chosen)


def forget(target):
    """Drops the files from the page cache, so that each program reads them from the disk."""
    for folder, _, names in os.walk(target):
        for name in names:
            fd = os.open(os.path.join(folder, name), os.O_RDONLY | os.O_CLOEXEC)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(fd)
