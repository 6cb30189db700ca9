# SPDX-License-Identifier: GPL-3.0-or-later
"""A Truth of the lines that JavaTruth.java and CsharpTruth.cs print, and of the programs that print them."""
import collections
import glob
import os
import pathlib
import subprocess

import truth

HERE = pathlib.Path(__file__).resolve().parent


def _places(words):
    """"PATH LINE[ PATH LINE…]", "-": none in the folder."""
    if words[0] == '-':
        return set()
    pairs = [pair.split('\t') for pair in '\t'.join(words).split(' ')]
    return {(path, int(line)) for path, line in pairs}


def build(lines):
    told = truth.Truth()
    inactive = collections.defaultdict(list)
    for line in lines:
        word, path, *rest = line.split('\t')
        if word == 'path':
            told.paths.add(path)
        elif word in ('definition', 'other'):
            (told.definitions if word == 'definition' else told.others).add((path, int(rest[0]), rest[1]))
        elif word == 'import':
            told.imports.add((path, rest[0]))
        elif word == 'inactive':
            inactive[path].append((int(rest[0]), int(rest[1])))
        elif word == 'call':
            told.calls.setdefault((path, int(rest[0]), int(rest[1])), _places(rest[2:]))
    told.definitions = {one for one in told.definitions if one[0] in told.paths}
    told.imports = {one for one in told.imports if one[1] in told.paths}
    return told, inactive


def without(lines, inactive):
    """The lines of our program but those of definitions where the compiler reads nothing."""
    for line in lines:
        word, path, number, *_ = line.split('\t')
        if word != 'definition' or not any(first <= int(number) <= last for first, last in inactive[path]):
            yield line


def java(folder, paths, jars=()):
    """What the JDK's compiler says; jars: of what the sources use."""
    exports = [word for part in ('tree', 'util', 'code')
               for word in ('--add-exports', f'jdk.compiler/com.sun.tools.javac.{part}=ALL-UNNAMED')]
    done = subprocess.run(['java', *exports, HERE / 'JavaTruth.java', folder, ':'.join(map(str, jars))], input='\n'.join(paths),
                          capture_output=True, text=True, check=True, errors='replace')
    return build(done.stdout.splitlines())[0]


def csharp(folder, paths, sdk, work):
    """What Roslyn says: sdk is the folder of a .NET SDK (3.1 or later)."""
    roslyn = max(glob.glob(f'{sdk}/sdk/*/Roslyn/bincore'))
    references = max(glob.glob(f'{sdk}/packs/Microsoft.NETCore.App.Ref/*/ref/*'))
    environment = dict(os.environ, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT='1', DOTNET_CLI_TELEMETRY_OPTOUT='1')
    program = pathlib.Path(work) / 'CsharpTruth.dll'
    compiler = [f'{roslyn}/Microsoft.CodeAnalysis.dll', f'{roslyn}/Microsoft.CodeAnalysis.CSharp.dll']
    used = [f'-r:{name}' for name in glob.glob(f'{references}/*.dll') + compiler]
    subprocess.run([f'{sdk}/dotnet', 'exec', f'{roslyn}/csc.dll', '-nologo', '-nowarn:CS1702', f'-out:{program}', *used,
                    HERE / 'CsharpTruth.cs'], check=True, env=environment)
    version = os.path.basename(max(glob.glob(f'{sdk}/shared/Microsoft.NETCore.App/*')))
    program.with_suffix('.runtimeconfig.json').write_text(
        f'{{"runtimeOptions": {{"framework": {{"name": "Microsoft.NETCore.App", "version": "{version}"}}}}}}', encoding='utf-8')
    for name in compiler + glob.glob(f'{roslyn}/System.*.dll'):
        link = program.with_name(os.path.basename(name))
        if not link.exists():
            link.symlink_to(name)
    done = subprocess.run([f'{sdk}/dotnet', 'exec', program, folder, references], input='\n'.join(paths), capture_output=True,
                          text=True, check=True, errors='replace', env=environment)
    return build(done.stdout.splitlines())
