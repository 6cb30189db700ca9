# SPDX-License-Identifier: GPL-3.0-or-later
"""A Truth of the lines that JavaTruth.java and CsharpTruth.cs print, and of the programs that print them."""
import glob
import os
import pathlib

import projects
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
    for line in lines:
        word, path, *rest = line.split('\t')
        if word == 'path':
            told.paths.add(path)
        elif word in ('definition', 'other'):
            (told.definitions if word == 'definition' else told.others).add((path, int(rest[0]), rest[1]))
        elif word == 'import':
            told.imports.add((path, rest[0]))
        elif word == 'inactive':
            told.inactive.setdefault(path, []).append((int(rest[0]), int(rest[1])))
        elif word == 'unread':
            told.left_out += 1
        elif word == 'call':
            told.calls.setdefault((path, int(rest[0]), int(rest[1])), _places(rest[2:]))
    told.definitions = {one for one in told.definitions if one[0] in told.paths}
    told.imports = {one for one in told.imports if one[1] in told.paths}
    return told


def java(folder, paths, jars=()):
    """What the JDK's compiler says; jars: of what the sources use."""
    exports = [word for part in ('tree', 'util', 'code')
               for word in ('--add-exports', f'jdk.compiler/com.sun.tools.javac.{part}=ALL-UNNAMED')]
    return build(projects.said(['java', *exports, HERE / 'JavaTruth.java', folder, ':'.join(map(str, jars))],
                               input='\n'.join(paths)).splitlines())


def csharp(folder, paths, sdk, work, defines=()):
    """What Roslyn says: sdk is the folder of a .NET SDK (3.1 or later); defines: of the preprocessor."""
    roslyn = max(glob.glob(f'{sdk}/sdk/*/Roslyn/bincore'))
    references = max(glob.glob(f'{sdk}/packs/Microsoft.NETCore.App.Ref/*/ref/*'))
    dotnet = pathlib.Path(sdk) / 'dotnet'
    dotnet.chmod(0o755)  # npm packages do not say so
    environment = dict(os.environ, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT='1', DOTNET_CLI_TELEMETRY_OPTOUT='1',
                       DEFINE=';'.join(defines))
    program = pathlib.Path(work) / 'CsharpTruth.dll'
    # .NET Core 3.1 knows OpenSSL 1.1, which current systems have no more
    projects.said(['cc', '-shared', '-fPIC', '-o', f'{work}/libssl.so.ouroboros', HERE / 'openssl3.c', '-Wl,--no-as-needed', '-lssl',
                   '-lcrypto'])
    environment.update(CLR_OPENSSL_VERSION_OVERRIDE='ouroboros', LD_LIBRARY_PATH=str(work))
    compiler = [f'{roslyn}/Microsoft.CodeAnalysis.dll', f'{roslyn}/Microsoft.CodeAnalysis.CSharp.dll']
    used = [f'-r:{name}' for name in glob.glob(f'{references}/*.dll') + compiler]
    projects.said([dotnet, 'exec', f'{roslyn}/csc.dll', '-nologo', '-nowarn:CS1702', f'-out:{program}', *used,
                   HERE / 'CsharpTruth.cs'], env=environment)
    version = os.path.basename(max(glob.glob(f'{sdk}/shared/Microsoft.NETCore.App/*')))
    program.with_suffix('.runtimeconfig.json').write_text(
        f'{{"runtimeOptions": {{"framework": {{"name": "Microsoft.NETCore.App", "version": "{version}"}}}}}}', encoding='utf-8')
    for name in compiler + glob.glob(f'{roslyn}/System.*.dll'):
        link = program.with_name(os.path.basename(name))
        link.unlink(missing_ok=True)  # it may be of another build
        link.symlink_to(name)
    return build(projects.said([dotnet, 'exec', program, folder, references], input='\n'.join(paths), env=environment).splitlines())
