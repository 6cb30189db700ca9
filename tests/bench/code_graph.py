# SPDX-License-Identifier: GPL-3.0-or-later
"""The code graph against compilers: of each language how many definitions, imports and calls it finds in real code, and how
many of those that it tells are right. tests/oracle/README.md says how the truth is had, what counts, and what does not.
What compilers have said is kept in the build folder: it takes minutes."""
import hashlib
import pathlib
import pickle
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ORACLE = HERE.parent / 'oracle'
sys.path.insert(0, str(ORACLE))
import compilers  # noqa: E402
import projects  # noqa: E402
import truth  # noqa: E402

TARGETS = {'definitions': ('>= 0.99', '>= 0.99'), 'imports': ('>= 0.98', '>= 0.98')}
CALLS = {'typescript': ('>= 0.98', '>= 0.92'), 'python': ('>= 0.85', '>= 0.85')}
OTHER_CALLS = ('>= 0.95', '>= 0.85')
LANGUAGES = list(projects.PROJECTS)
WHAT = ('definitions', 'imports', 'calls')
NAMES = [f'code.{language}.{what}.{side}' for language in LANGUAGES for what in WHAT for side in ('precision', 'recall')]
# how the same edges look to a stricter and to a laxer reader: word, classes that count, strict
VARIANTS = [('headline', truth.ANSWERS, False), ('all edges', truth.ALL, False), ('strict', truth.ANSWERS, True)]


def folder_of(build):
    work = build / 'bench-code'
    work.mkdir(exist_ok=True)
    return work


# ---- what compilers and we say ----

def _told(language, job):
    """The Truth of a project, from an earlier run if nothing changed."""
    kept = job.kept('truth')
    digest = compilers.digest(language)
    if kept.exists():
        known, told = pickle.loads(kept.read_bytes())
        if known == digest:
            return told
    told = compilers.tell(language, job)
    part = kept.with_suffix('.part')
    part.write_bytes(pickle.dumps((digest, told)))
    part.rename(kept)
    return told


def _is_cpp(folder):
    """Are headers those of C++? As the daemon takes it: there are more sources of C++ than of C."""
    return len(compilers.files(folder, *compilers.CPP_ENDINGS)) > len(compilers.files(folder, *compilers.C_ENDINGS))


def _linked(build, folder):
    words = [build / 'tests/code/ouroboros-link-dump', *(['--cpp'] if _is_cpp(folder) else []), folder]
    return subprocess.run(words, capture_output=True, text=True, check=True, errors='replace').stdout.splitlines()


def _figures(told, lines):
    """{variant: {'definitions', 'imports', 'calls'} → Figure}"""
    return {word: truth.measure(told, lines, classes, strict) for word, classes, strict in VARIANTS}


# ---- what is printed ----

def _row(word, figures):
    cells = [f'{figures[what].precision:.4f} {figures[what].recall:.4f}' for what in WHAT]
    print(f'  {word:24} ' + '   '.join(cells), flush=True)


def _show(name, told, figures):
    calls = figures['headline']['calls']
    left = f', {told.left_out} not' if told.left_out else ''
    _row(name, figures['headline'])
    print(f'    {len(told.paths)} files read{left}; calls inside {calls.theirs}, judged edges {calls.ours}, of '
          f'{calls.unjudged} more the compiler says nothing', flush=True)


def _show_all(sums):
    for word, _, _ in VARIANTS[1:]:
        _row(f'all: {word}', sums[word])


def _heading(language, work):
    print(f'{language}: {compilers.ORACLES[language].version(work)}', flush=True)
    print(f'  {"precision, recall of":24} {"definitions":13}   {"imports":13}   calls', flush=True)


def _unavailable(error):
    print(f'  skipped: {error}', flush=True)


# ---- figures ----

def _measured(build, language, work, quick):
    """The sums over all projects that can be had; None if there is none."""
    sums, count = {word: {what: truth.Figure() for what in WHAT} for word, _, _ in VARIANTS}, 0
    for project in projects.PROJECTS[language][:1 if quick else None]:
        try:
            job = compilers.Job(f'{language}-{project.name}', project.fetch(work), work, project.options)
            told = _told(language, job)
        except projects.Unavailable as error:
            _unavailable(f'{project.name}: {error}')
            continue
        figures = _figures(told, _linked(build, job.folder))
        _show(project.name, told, figures)
        count += 1
        for word, of_what in figures.items():
            for what, figure in of_what.items():
                sums[word][what].add(figure)
    return sums if count else None


def _how(sums, what, side):
    parts = []
    for word, _, _ in VARIANTS:
        figure = sums[word][what]
        part, whole = (figure.found, figure.ours) if side == 'precision' else (figure.reached, figure.theirs)
        parts.append(f'{word} {part} of {whole}')
    if side == 'precision' and sums['headline'][what].unjudged:
        parts.append(f'{sums["headline"][what].unjudged} not judged')
    return '; '.join(parts)


def _rows(language, sums, wanted):
    for what in WHAT:
        targets = CALLS.get(language, OTHER_CALLS) if what == 'calls' else TARGETS[what]
        figure = sums['headline'][what]
        for side, target, value in zip(('precision', 'recall'), targets, (figure.precision, figure.recall)):
            name = f'code.{language}.{what}.{side}'
            if name in wanted:
                yield {'name': name, 'value': value, 'unit': '', 'target': target, 'how': _how(sums, what, side)}


def measure(build, quick, wanted):
    work = folder_of(build)
    for language in LANGUAGES:
        if not any(name.startswith(f'code.{language}.') for name in wanted):
            continue
        try:
            _heading(language, work)
            sums = _measured(build, language, work, quick)
        except projects.Unavailable as error:
            _unavailable(f'{language}: {error}')
            continue
        if sums:
            _show_all(sums)
            yield from _rows(language, sums, wanted)


def show_repository(build, language, folder, misses):
    """Measures a repository of anybody's own and prints what is found; nothing is written into it, nor into bench.json."""
    folder, work = folder.resolve(), folder_of(build)
    name = f'{language}-own-' + hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    try:
        _heading(language, work)
        job = compilers.Job(name, folder, work)
        told = compilers.tell(language, job)  # it may have changed since
    except projects.Unavailable as error:
        _unavailable(error)
        return 1
    figures = _figures(told, _linked(build, folder))
    _show(folder.name, told, figures)
    _show_all(figures)
    for what in WHAT:
        print(f'{what}: {figures["headline"][what]}', flush=True)
        for word in ('wrong', 'missed'):
            for one in getattr(figures['headline'][what], word)[:misses]:
                print(f'  {word} {one}')
    return 0
