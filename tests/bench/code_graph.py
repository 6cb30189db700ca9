# SPDX-License-Identifier: GPL-3.0-or-later
"""The code graph against compilers: of each language how many definitions, imports and calls it finds in real code, and how
many of those that it tells are right (tests/oracle says how the truth is had). Indexes of compilers take minutes and are
kept in the build folder."""
import collections
import functools
import pathlib
import pickle
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / 'tests/oracle'))
import from_compiler  # noqa: E402
import from_scip  # noqa: E402
import from_scip_python  # noqa: E402
import python_calls  # noqa: E402
import truth  # noqa: E402

NPM = ROOT / 'tests/oracle/npm'
# what npm packages of TypeScript are measured on: package, folder of its sources
TYPESCRIPT = [('rxjs', 'src'), ('zod', 'src'), ('effect', 'src')]
# what Java is measured on: Debian source packages that need nothing but the JDK
JAVA = ['libcommons-lang3-java', 'libcommons-collections4-java', 'jackson-core']
TARGETS = {'definitions': ('>= 0.99', '>= 0.99'), 'imports': ('>= 0.98', '>= 0.98')}
CALLS = {'typescript': ('>= 0.98', '>= 0.92'), 'python': ('>= 0.85', '>= 0.85')}
LANGUAGES = ['typescript', 'python', 'java']
NAMES = [f'code.{language}.{what}.{side}' for language in LANGUAGES for what in ('definitions', 'imports', 'calls')
         for side in ('precision', 'recall')]


def npm_packages():
    """The folder of installed packages."""
    lock = (NPM / 'package-lock.json').read_bytes()
    there = NPM / 'node_modules' / '.ouroboros'
    if not there.exists() or there.read_bytes() != lock:
        subprocess.run(['npm', 'ci', '--loglevel=error', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'],
                       cwd=NPM, check=True, stdout=subprocess.DEVNULL)
        there.write_bytes(lock)
    return NPM / 'node_modules'


def lines_of(folder):
    return lambda path: (folder / path).read_text(encoding='utf-8', errors='replace').split('\n')


def typescript_calls(folder):
    files = [str(path.relative_to(folder)) for path in sorted(folder.rglob('*.ts')) if not path.name.endswith('.d.ts')]
    done = subprocess.run(['node', ROOT / 'tests/oracle/typescript-calls.cjs', ROOT / 'node_modules/typescript', folder],
                          input='\n'.join(files), capture_output=True, text=True, check=True)
    calls = collections.defaultdict(list)
    for line in filter(None, done.stdout.split('\n')):
        path, row, column, name = line.split('\t')
        calls[path].append((int(row), int(column), name))
    return calls


def typescript_project(package, sources, work):
    """(folder, truth) of one package."""
    folder = work / package
    if not (folder / 'index.scip').exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(npm_packages() / package / sources, folder / sources)
        (folder / 'tsconfig.json').write_text(
            '{"compilerOptions": {"target": "es2022", "module": "esnext", "moduleResolution": "bundler", "strict": true,'
            ' "skipLibCheck": true, "noEmit": true, "lib": ["es2022", "dom"], "allowImportingTsExtensions": true,'
            f' "paths": {{"{package}": ["./{sources}/index.ts"], "{package}/*": ["./{sources}/*"]}}}},'
            f' "include": ["{sources}/**/*.ts"]}}', encoding='utf-8')
        program = npm_packages() / '@sourcegraph/scip-typescript/dist/src/main.js'
        subprocess.run(['node', '--max-old-space-size=8000', program, 'index', '--output', 'index.part'], cwd=folder,
                       check=True, capture_output=True)
        (folder / 'index.part').rename(folder / 'index.scip')
    return folder, from_scip.build(folder / 'index.scip', lines_of(folder), typescript_calls(folder))


def python_project(work):
    """The standard library of the machine's own Python, without its tests."""
    folder = work / 'python'
    if not (folder / 'index.scip').exists():
        shutil.rmtree(folder, ignore_errors=True)
        library = pathlib.Path(subprocess.run(['/usr/bin/python3', '-c', 'import os; print(os.path.dirname(os.__file__))'],
                                              capture_output=True, text=True, check=True).stdout.strip())
        shutil.copytree(library, folder, ignore=shutil.ignore_patterns(
            'test', 'tests', 'config-*', 'lib-dynload', '__pycache__', 'dist-packages', 'idlelib', 'lib2to3', 'turtledemo', '*.so'))
        program = npm_packages() / '@sourcegraph/scip-python/index.js'
        subprocess.run(['node', '--max-old-space-size=8000', program, 'index', '.', '--project-name=library',
                        '--project-version=1', '--output=index.part'], cwd=folder, check=True, capture_output=True)
        (folder / 'index.part').rename(folder / 'index.scip')
    calls = {str(path.relative_to(folder)): python_calls.calls(path) for path in sorted(folder.rglob('*.py'))}
    return folder, from_scip_python.build(folder, folder / 'index.scip', lines_of(folder), calls)


def debian_source(package, work):
    """The folder of a source package of the Debian that this machine has."""
    folder = work / package
    if folder.exists():
        return folder
    state = work / 'apt'
    (state / 'lists/partial').mkdir(parents=True, exist_ok=True)
    sources = pathlib.Path('/etc/apt/sources.list.d/debian.sources').read_text(encoding='utf-8')
    (state / 'debian.sources').write_text(sources.replace('Types: deb\n', 'Types: deb-src\n'), encoding='utf-8')
    options = ['-o', f'Dir::Etc::sourcelist={state}/debian.sources', '-o', 'Dir::Etc::sourceparts=-',
               '-o', f'Dir::State::lists={state}/lists', '-o', 'APT::Sandbox::User=root', '-qq']
    if not any((state / 'lists').glob('*Sources*')):
        subprocess.run(['apt-get', *options, 'update'], check=True, cwd=state)
    part = state / package
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    subprocess.run(['apt-get', *options, 'source', '--download-only', package], check=True, cwd=part, stdout=subprocess.DEVNULL)
    (part / 'tree').mkdir()
    subprocess.run(['tar', 'xf', next(part.glob('*.orig.tar.*')), '-C', 'tree', '--strip-components=1'], check=True, cwd=part)
    (part / 'tree').rename(folder)
    return folder


def java_project(package, work):
    """The main sources of a package; those that javac finds errors in (they use what its build makes) are not held against it."""
    folder = work / f'java-{package}'
    if not folder.exists():
        shutil.copytree(debian_source(package, work) / 'src/main/java', folder)
    return folder, from_compiler.java(folder, sorted(str(path.relative_to(folder)) for path in folder.rglob('*.java')))


def projects(language, work, quick):
    if language == 'java':
        return [functools.partial(java_project, package, work) for package in JAVA[:1 if quick else None]]
    if language == 'typescript':
        return [functools.partial(typescript_project, package, sources, work) for package, sources in TYPESCRIPT[:1 if quick else 3]]
    return [functools.partial(python_project, work)]


def known(project, name, work):
    """(folder, truth), made once."""
    kept = work / f'{name}.truth'
    if not kept.exists():
        made = project()
        part = kept.with_suffix('.part')
        part.write_bytes(pickle.dumps(made))
        part.rename(kept)
    return pickle.loads(kept.read_bytes())


def figures_of(build, language, work, quick):
    sums = {what: truth.Figure() for what in ('definitions', 'imports', 'calls')}
    for number, project in enumerate(projects(language, work, quick)):
        folder, told = known(project, f'{language}-{number}', work)
        linked = subprocess.run([build / 'tests/code/ouroboros-link-dump', folder], capture_output=True, text=True, check=True,
                                errors='replace')
        for what, figure in truth.measure(told, linked.stdout.splitlines()).items():
            total = sums[what]
            for field in ('found', 'ours', 'reached', 'theirs'):
                setattr(total, field, getattr(total, field) + getattr(figure, field))
    return sums


def measure(build, quick, wanted):
    work = build / 'bench-code'
    work.mkdir(exist_ok=True)
    for language in LANGUAGES:
        if not any(name.startswith(f'code.{language}.') for name in wanted):
            continue
        for what, figure in figures_of(build, language, work, quick).items():
            targets = CALLS.get(language, ('>= 0.95', '>= 0.85')) if what == 'calls' else TARGETS[what]
            for side, target, (part, whole) in zip(('precision', 'recall'), targets,
                                                   ((figure.found, figure.ours), (figure.reached, figure.theirs))):
                name = f'code.{language}.{what}.{side}'
                if name in wanted:
                    yield {'name': name, 'value': part / max(whole, 1), 'unit': '', 'target': target,
                           'how': f'{part} of {whole}'}
