# SPDX-License-Identifier: GPL-3.0-or-later
"""What the code graph costs: repositories of real code until all of it can be asked, beside the bare parse with the same
grammars and beside universal-ctags, which only lists symbols; one changed file in a graph of 20,000; questions of an agent.
Processor time is that of the daemon and of the helpers it started."""
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time

import agent
import code_graph  # puts tests/oracle on the path
import memory
import projects
import session

NAMES = ['code.typescript.cpu_s', 'code.typescript.peak_mb', 'code.python.cpu_s', 'code.python.peak_mb', 'code.vs_parse',
         'code.vs_ctags', 'code.resync_ms', 'code.callers_ms', 'code.curve_ratio']
TYPESCRIPT = ['rxjs', 'zod', 'effect']  # npm packages
LINES = {'typescript': 300_000, 'python': 800_000}  # about
TARGETS = {'typescript': ('<= 5', '<= 300'), 'python': ('<= 15', '<= 500')}
CURVE = [200, 2000, 20000]
EDITS, CALLS = 8, 400
QUIET_SEC = 3.0  # a change is followed within two
TIMEOUT_SEC = 900


# ---- what is read ----

def sources(build, language):
    """(folder, path) of real files of a language."""
    if language == 'python':
        top = pathlib.Path(os.__file__).parent
        yield from ((top, path) for path in sorted(top.rglob('*.py')) if 'dist-packages' not in path.parts)
        return
    for package in reversed(TYPESCRIPT):
        top = projects.npm(code_graph.folder_of(build)) / package / 'src'
        yield from ((top.parent, path) for path in sorted(top.rglob('*.ts')) if not path.name.endswith('.d.ts'))


def corpus(build, language, work, lines):
    """A folder with about so many lines; and how many files and lines there are."""
    folder, files, have = work / f'speed-{language}-{lines}', 0, 0
    shutil.rmtree(folder, ignore_errors=True)
    for top, path in sources(build, language):
        if have >= lines:
            break
        target = folder / top.name / path.relative_to(top)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        have += path.read_bytes().count(b'\n')
        files += 1
    return folder, files, have


def many(build, work, count):
    """A repository of so many small files, in packages that are alike but each for itself."""
    folder = work / f'speed-many-{count}'
    shutil.rmtree(folder, ignore_errors=True)
    top = projects.npm(code_graph.folder_of(build)) / 'rxjs' / 'src'
    files = [path for path in sorted(top.rglob('*.ts')) if not path.name.endswith('.d.ts')]
    for number in range(count):
        path = files[number % len(files)]
        target = folder / f'package-{number // len(files)}' / path.relative_to(top)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return folder


# ---- what it costs ----

def cpu(pid):
    """Seconds of processor time of a process, of those that it started, and of those that it has reaped."""
    ticks = 0
    for one in memory.tree(pid):
        try:
            fields = pathlib.Path(f'/proc/{one}/stat').read_text(encoding='utf-8').rsplit(')', 1)[1].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15] if one == pid else fields[11:13]))
    return ticks / os.sysconf('SC_CLK_TCK')


def exact_ms(pid):
    """Milliseconds on a processor, to the nanosecond, of the threads that there are."""
    total = 0
    for one in memory.tree(pid):
        for task in pathlib.Path(f'/proc/{one}/task').glob('*/schedstat'):
            try:
                total += int(task.read_text(encoding='utf-8').split()[0])
            except OSError:
                continue
    return total / 1e6


def synced(user, count):
    end = time.monotonic() + TIMEOUT_SEC
    while time.monotonic() < end:
        rows = user.call('list_repositories')['repositories']
        if len(rows) == count and all(row['state'] == 'synced' for row in rows):
            return rows
        time.sleep(0.25)
    raise RuntimeError(f'not all was read within {TIMEOUT_SEC} s')


class Reading:
    """A daemon with an empty store that reads a folder: .cpu_s, .wall_s, .peak_mb (what each process has held at most, summed),
    .shared_mb (the same with shared pages counted once, as far as was looked); open for questions meanwhile."""

    def __init__(self, build, folder):
        self.private = session.Session(build, keyring='unlocked')
        self.folder = folder

    def __enter__(self):
        self.private.__enter__()
        self.private.serve()
        self.user = agent.Agent(self.private.http_port, agent.mint(self.private, 'Bench'))
        pid = self.private.owner()
        before, began = cpu(pid), time.monotonic()
        with memory.Peak(pid) as peak:
            self.private.call('Code', 'AddRepository', 'sa{sv}', str(self.folder), '0')
            self.row = synced(self.user, 1)[0]
            if not self.row['symbols']:
                raise RuntimeError(f'nothing was read: {self.row}')
        self.cpu_s, self.wall_s = cpu(pid) - before, time.monotonic() - began
        self.peak_mb, self.shared_mb = peak.bound_mb, peak.mb
        return self

    def __exit__(self, *exception):
        return self.private.__exit__(*exception)


def spent(command, **how):
    """What a program prints, and its (processor seconds, seconds, peak MiB)."""
    began = time.monotonic()
    with tempfile.TemporaryFile('w+') as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **how)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f'{command[0]} failed')
        output.seek(0)
        return output.read(), (usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1024)


def parse_s(build, folder):
    """Seconds of processor time of the bare parse, on one thread: of what our front-ends give the parser (the stricter measure:
    they hide what a grammar does not know), and of the files as they are."""
    with tempfile.TemporaryFile('w+') as names:
        names.write('\n'.join(str(path) for path in folder.rglob('*') if path.is_file()))
        names.seek(0)
        said, _ = spent([build / 'tests/syntax/ouroboros-syntax-dump', '--bare'], stdin=names)
    return [float(number) for number in re.fullmatch(r'bare parse ([\d.]+) s; of the files as they are ([\d.]+) s', said.strip()).groups()]


def ctags(folder):
    return spent(['ctags', '-R', '-f', '/dev/null', str(folder)])[1]


def show(name, took, note=''):
    """took: processor seconds, seconds, peak MiB; None: not measured."""
    cells = [' ' * 9 if value is None else f'{value:9.2f}' for value in took]
    print(f'  {name:30} {cells[0]} CPU-s {cells[1]} s {cells[2]} MiB  {note}', flush=True)


# ---- figures ----

def read_language(build, work, language, quick, wanted):
    folder, files, lines = corpus(build, language, work, LINES[language] // (10 if quick else 1))
    (bare, raw), tags = parse_s(build, folder), ctags(folder)
    with Reading(build, folder) as reading:
        took = (reading.cpu_s, reading.wall_s, reading.peak_mb)
        how = (f'{files} files, {lines} lines; {reading.row["symbols"]} symbols, {reading.row["edges"]} edges; wall '
               f'{reading.wall_s:.1f} s; peaks of all processes summed, {reading.shared_mb:.0f} MiB with shared pages once; '
               f'bare parse {bare:.2f} ({raw:.2f} of the files as they are), universal-ctags {tags[0]:.2f} CPU-s')
    print(f'{language}: {files} files, {lines} lines', flush=True)
    show('code graph, ready to ask', took, f'peaks of all its processes summed; {reading.shared_mb:.1f} with shared pages once')
    show('bare parse, same grammars', (bare, None, None), f'one thread, without reading files; of the files as they are {raw:.2f} CPU-s')
    show('universal-ctags, symbols only', tags)
    shutil.rmtree(folder)
    for what, value, unit, target in zip(('cpu_s', 'peak_mb'), (took[0], took[2]), ('CPU-s', 'MiB'), TARGETS[language]):
        if f'code.{language}.{what}' in wanted:
            yield {'name': f'code.{language}.{what}', 'value': value, 'unit': unit, 'target': target, 'how': how}
    for name, reference, target in (('code.vs_parse', bare, '<= 2×'), ('code.vs_ctags', tags[0], '<= 20×')):
        if name in wanted and language == 'typescript':
            yield {'name': name, 'value': took[0], 'unit': 'CPU-s', 'reference': reference, 'target': target, 'how': how}


def resync_ms(reading):
    """Processor time for one file with a changed function, above that of a quiet time as long."""
    pid = reading.private.owner()
    path = sorted(reading.folder.rglob('Subscriber.ts'))[0]
    text, spent = path.read_text(encoding='utf-8'), []
    for edit in range(EDITS):
        quiet = exact_ms(pid)
        time.sleep(QUIET_SEC)
        quiet = exact_ms(pid) - quiet
        before = exact_ms(pid)
        path.write_text(f'{text}\nexport function edited{edit}(): number {{ return {edit}; }}\n', encoding='utf-8')
        time.sleep(QUIET_SEC)
        spent.append(exact_ms(pid) - before - quiet)
        if not reading.user.call('query_codebase', kind='symbols', name=f'edited{edit}')['rows']:
            raise RuntimeError('a changed file was not read again within three seconds')
    return statistics.median(spent)


def question_ms(user, **arguments):
    taken = []
    for _ in range(CALLS):
        began = time.perf_counter()
        answer = user.call('query_codebase', **arguments)
        taken.append((time.perf_counter() - began) * 1000)
    if not answer['rows']:
        raise RuntimeError(f'nothing was found for {arguments}')
    return statistics.median(taken)


def grown(build, work, quick, wanted):
    costs = {}
    for count in CURVE[:2] if quick else CURVE:
        folder = many(build, work, count)
        with Reading(build, folder) as reading:
            costs[count] = reading.cpu_s
            if count == max(CURVE[:2] if quick else CURVE):
                if 'code.resync_ms' in wanted:
                    yield {'name': 'code.resync_ms', 'value': resync_ms(reading), 'unit': 'ms', 'target': '<= 50',
                           'how': f'processor time for one changed file of {count}, median of {EDITS}'}
                if 'code.callers_ms' in wanted:
                    symbols = question_ms(reading.user, kind='symbols', name='createOperatorSubscriber', limit=10)
                    callers = question_ms(reading.user, kind='callers', symbol_id=reading.user.call(
                        'query_codebase', kind='symbols', name='createOperatorSubscriber', limit=1)['rows'][0]['symbol_id'], limit=20)
                    yield {'name': 'code.callers_ms', 'value': callers, 'unit': 'ms', 'target': '<= 2',
                           'how': f'p50 through MCP over HTTP in {count} files; symbols {symbols:.2f} ms'}
        shutil.rmtree(folder)
    if 'code.curve_ratio' in wanted:
        few, all_files = sorted(costs)[-2:]
        yield {'name': 'code.curve_ratio', 'value': costs[all_files] / all_files * 1000, 'unit': 'ms/file',
               'reference': costs[few] / few * 1000, 'target': '<= 1.25×',
               'how': 'CPU-s: ' + ', '.join(f'{cost:.2f} for {count} files' for count, cost in costs.items())}


def measure(build, quick, wanted):
    # not in the build folder, which this repository's own .gitignore leaves out
    with tempfile.TemporaryDirectory(prefix='ouroboros-code-') as name:
        work = pathlib.Path(name)
        for language in LINES:
            if any(name.startswith(f'code.{language}.') for name in wanted) or \
                    language == 'typescript' and {'code.vs_parse', 'code.vs_ctags'} & set(wanted):
                yield from read_language(build, work, language, quick, wanted)
        if {'code.resync_ms', 'code.callers_ms', 'code.curve_ratio'} & set(wanted):
            yield from grown(build, work, quick, wanted)
