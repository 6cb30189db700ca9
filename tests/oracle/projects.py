# SPDX-License-Identifier: GPL-3.0-or-later
"""The real code that is measured: where each project is had (Debian source and binary packages, npm packages, the machine's own
Python), which part of it is measured, and what its compiler must be told. All lies below one folder, and is fetched once."""
import collections
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent

# fetch(work) → the folder of the sources; options: what its compiler must be told (compilers.py says what)
Project = collections.namedtuple('Project', 'name fetch options')


class Unavailable(Exception):
    """A project, or a tool, that cannot be had here, and why."""


# ---- where from ----

def said(command, **how):
    """What a program prints; Unavailable if it is not there or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors='replace', check=False, **how)
    except FileNotFoundError as error:
        raise Unavailable(f'{command[0]} is not installed') from error
    if done.returncode:
        raise Unavailable(f'{pathlib.Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-300:]}')
    return done.stdout

def npm(work, name='npm'):
    """The folder of npm packages that tests/oracle/<name>/package-lock.json lists."""
    folder = work / name
    lock = (HERE / name / 'package-lock.json').read_bytes()
    there = folder / 'node_modules' / '.ouroboros'
    if not there.exists() or there.read_bytes() != lock:
        folder.mkdir(parents=True, exist_ok=True)
        for file in ('package.json', 'package-lock.json'):
            shutil.copyfile(HERE / name / file, folder / file)
        _run(['npm', 'ci', '--loglevel=error', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'], folder,
             'npm cannot fetch the packages')
        there.write_bytes(lock)
    return folder / 'node_modules'


def _run(command, folder, trouble):
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors='replace', check=False)
    except FileNotFoundError as error:
        raise Unavailable(f'{command[0]} is not installed') from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or f'status {done.returncode}').splitlines()[0]
        raise Unavailable(f'{trouble}: {last.split("http")[0].strip()}')
    return done.stdout


def _apt(work):
    """The words of an apt-get that knows the sources of the Debian that this machine has, with lists of its own."""
    state = work / 'apt'
    (state / 'lists/partial').mkdir(parents=True, exist_ok=True)
    own = pathlib.Path('/etc/apt/sources.list.d/debian.sources')
    if not own.exists():
        raise Unavailable('apt has no debian.sources here to take source packages from')
    (state / 'debian.sources').write_text(own.read_text(encoding='utf-8').replace('Types: deb\n', 'Types: deb deb-src\n'),
                                          encoding='utf-8')
    words = ['apt-get', '-o', f'Dir::Etc::sourcelist={state}/debian.sources', '-o', 'Dir::Etc::sourceparts=-',
             '-o', f'Dir::State::lists={state}/lists', '-o', 'APT::Sandbox::User=root', '-qq']
    if not all(any((state / 'lists').glob(f'*{kind}*')) for kind in ('Sources', 'Packages')):
        _run([*words, 'update'], state, 'apt cannot fetch its lists')
    return words


def _emptied(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def debian_source(package, work):
    """The folder of a Debian source package as its authors released it."""
    folder = work / 'sources' / package
    if folder.exists():
        return folder
    words, part = _apt(work), _emptied(work / 'apt' / package)
    _run([*words, 'source', '--download-only', package], part, f'the source package {package} cannot be fetched')
    archive = next(path for path in sorted(part.glob('*.orig.tar.*')) if path.suffix != '.asc')
    (part / 'tree').mkdir()
    _run(['tar', 'xf', archive, '-C', 'tree', '--strip-components=1'], part, 'tar')
    folder.parent.mkdir(exist_ok=True)
    (part / 'tree').rename(folder)
    return folder


def debian_crate(package, work):
    """The folder of a crate, out of the librust-…-dev package that carries its sources."""
    folder = work / 'sources' / package
    if folder.exists():
        return folder
    words, part = _apt(work), _emptied(work / 'apt' / package)
    _run([*words, 'download', package], part, f'the package {package} cannot be fetched')
    _run(['dpkg-deb', '-x', next(part.glob('*.deb')), 'tree'], part, 'dpkg-deb')
    folder.parent.mkdir(exist_ok=True)
    next((part / 'tree/usr/share/cargo/registry').iterdir()).rename(folder)
    return folder


def _copied(source, folder, **how):
    if not folder.exists():
        part = folder.with_name(folder.name + '.part')
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(source, part, **how)
        part.rename(folder)
    return folder


# ---- what of it ----

def _source(name, package, part='.', **options):
    """A part of a Debian source package, alone in a folder of its own."""
    return Project(name, lambda work: _copied(debian_source(package, work) / part, work / 'projects' / name), options)


def _crate(name, package, **options):
    return Project(name, lambda work: _copied(debian_crate(package, work), work / 'projects' / name), options)


def _npm_sources(package, part):
    """A part of an npm package, under the name that it has there."""
    name = package.replace('/', '-')

    def fetch(work):
        _copied(npm(work) / package / part, work / 'projects' / name / part)
        return work / 'projects' / name
    return Project(name, fetch, {'package': package, 'part': part})


def _standard_library(work):
    """That of the machine's own Python, without its tests."""
    library = _run(['/usr/bin/python3', '-c', 'import os; print(os.path.dirname(os.__file__))'], work, 'python3').strip()
    return _copied(library, work / 'projects' / 'python-library', ignore=shutil.ignore_patterns(
        'test', 'tests', 'config-*', 'lib-dynload', '__pycache__', 'dist-packages', 'idlelib', 'lib2to3', 'turtledemo', '*.so'))


PROJECTS = {
    'typescript': [_npm_sources('rxjs', 'src'), _npm_sources('zod', 'src'), _npm_sources('effect', 'src')],
    'javascript': [_npm_sources('three', 'src'), _npm_sources('undici', 'lib')],
    'python': [Project('library', _standard_library, {}), _source('jinja2', 'jinja2', 'src')],
    'java': [_source('lang3', 'libcommons-lang3-java', 'src/main/java'),
             _source('collections4', 'libcommons-collections4-java', 'src/main/java'),
             _source('jackson', 'jackson-core', 'src/main/java')],
    'csharp': [_source('protobuf', 'protobuf', 'csharp/src/Google.Protobuf'), _source('dbus-sharp', 'dbus-sharp', 'src'),
               _source('hyena', 'hyena')],
    'go': [_source('goldmark', 'golang-github-yuin-goldmark'), _source('cobra', 'golang-github-spf13-cobra'),
           _source('yaml', 'golang-gopkg-yaml.v3')],
    'rust': [_crate('regex-syntax', 'librust-regex-syntax-dev', features=['unicode', *(f'unicode-{part}' for part in (
                'age', 'bool', 'case', 'gencat', 'perl', 'script', 'segment'))]),
             _crate('gimli', 'librust-gimli-dev', features=['read', 'read-core', 'std']),
             _crate('nom', 'librust-nom-dev', features=['std', 'alloc'], needs=[
                 ('librust-memchr-dev', 'memchr', ['std']), ('librust-minimal-lexical-dev', 'minimal_lexical', ['std'])])],
    'c': [_source('lua', 'lua5.4', 'src', arguments=['-DLUA_USE_LINUX']),
          _source('uv', 'libuv1', arguments=['-Iinclude', '-Isrc', '-D_GNU_SOURCE', '-D_FILE_OFFSET_BITS=64'], only=['src', 'include']),
          _source('zstd', 'libzstd', 'lib', arguments=['-I.', '-Icommon', '-DZSTD_MULTITHREAD'])],
    'cpp': [_source('leveldb', 'leveldb', arguments=['-I.', '-Iinclude', '-DLEVELDB_PLATFORM_POSIX=1', '-std=c++17']),
            _source('re2', 're2', arguments=['-I.', '-std=c++17', '-pthread']),
            _source('jsoncpp', 'libjsoncpp', arguments=['-Iinclude', '-std=c++17'])],
}
