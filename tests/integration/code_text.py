# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of files of code_model.py in Java, C#, Rust, C and C++."""
import posixpath


def stem(path):
    return posixpath.basename(path).rsplit('.', 1)[0]


def dotted(path):
    return path.rsplit('.', 1)[0].replace('/', '.')


def is_class(item):
    return hasattr(item, 'methods')


def calls(chain, this, made, null, link='.'):
    """A chain of calls; this: what the method is called on, None outside of a class."""
    how, name, methods = chain
    first = {'call': f'{name}({null})', 'new': made(name), 'taken': 'x', 'self': this or 'x', 'field': f'{this}{link}P' if this else 'x',
             'unknown': 'y'}[how]
    return first + ''.join(f'{link if how != "new" or number else "."}{m}({null})' for number, m in enumerate(methods))


def is_type(name):
    return name.startswith('C')


def of_java(file):
    lines = [f'package {dotted(posixpath.dirname(file.path) + ".")};']
    for name, source in sorted(file.sources.items()):
        lines.append(f'import {"" if is_type(name) else "static "}{dotted(source)}.{name};')
    lines += [f'import {"" if is_type(name) else "static "}{dotted(source)}.*;' for name, _, source in file.passed]
    lines.append(f'public class {stem(file.path)} {{')
    for item in file.items:
        inside = is_class(item)
        if inside:
            lines += [f'  public static class {item.name}{f" extends {item.base}" if item.base else ""} {{', f'    {item.field} P;']
        for f in item.methods if inside else [item]:
            lines.append(f'    public {"" if inside else "static "}{f.returns} {f.name}({f.takes} x, Object y) {{')
            lines += [f'      {calls(c, inside and "this", lambda n: f"new {n}()", "null")};' for c in f.chains if c[2] or c[0] in ('call', 'new')]
            lines += ['      return null;', '    }']
        lines += ['  }'] if inside else []
    return [*lines, '}']


def of_csharp(file):
    lines = sorted({f'using {dotted(posixpath.dirname(source) + ".")};' for source in file.sources.values()})
    lines += sorted({f'using static {dotted(source)};' for name, source in file.sources.items() if not is_type(name)})
    lines += [f'using {alias}x = {dotted(posixpath.dirname(source) + ".")}.{name};' for name, alias, source in file.passed if name != '*']
    lines += [f'namespace {dotted(posixpath.dirname(file.path) + ".")};']
    loose = [i for i in file.items if not is_class(i)]
    for item in [i for i in file.items if is_class(i)] + [None]:
        if item:
            lines += [f'public partial class {item.name}{f" : {item.base}" if item.base else ""} {{', f'  public {item.field} P;']
        else:
            lines.append(f'public static partial class {stem(file.path)} {{')
        for f in item.methods if item else loose:
            lines.append(f'  public {"" if item else "static "}{f.returns} {f.name}({f.takes} x, object y) {{')
            lines += [f'    {calls(c, item and "this", lambda n: f"new {n}()", "null")};' for c in f.chains if c[2] or c[0] in ('call', 'new')]
            lines += ['    return null;', '  }']
        lines.append('}')
    return lines


def rust_path(path):
    parts = path.rsplit('.', 1)[0].split('/')[1:]
    return '::'.join(['crate', *(parts[:-1] if parts[-1] in ('mod', 'lib') else parts)])


def of_rust(file):
    lines = [f'use {rust_path(source)}::{name};' for name, source in sorted(file.sources.items())]
    for name, alias, source in file.passed:
        lines.append(f'pub use {rust_path(source)}::{name}' + ('' if name == '*' else f' as {alias}') + ';')
    lines += [f'{v}mod {name};' for v, name in file.mods]
    for item in file.items:
        inside = is_class(item)
        if inside:
            lines += [f'pub struct {item.name} {{ pub P: Box<{item.field}> }}', f'impl {item.name} {{']
        for f in item.methods if inside else [item]:
            lines.append(f'pub fn {f.name}({"&self, " if inside else ""}x: &{f.takes}, y: ()) -> {f.returns} {{')
            lines += [f'    {calls(c, inside and "self", lambda n: n + "::new()", "x")};' for c in f.chains]
            lines += ['    todo!()', '}']
        lines += ['}'] if inside else []
    return lines


def included(file):
    """By the way to them, or, as with folders that the compiler is told, by the end of their paths."""
    folder = posixpath.dirname(file.path)
    others = sorted({*file.sources.values(), *(source for _, _, source in file.passed)} - {file.path})
    if file.alias:
        return [f'#include <{"/".join(source.split("/")[-1 - file.blank % 2:])}>' for source in others]
    return [f'#include "{posixpath.relpath(source, folder)}"' for source in others]


def of_c(file):
    """It has no methods: those of a class are functions of their own, its base is a member."""
    lines = included(file)
    for item in file.items:
        if is_class(item):
            lines += [f'struct {item.name} {{', f'    struct {item.field} *P;', *([f'    struct {item.base} B;'] if item.base else []), '};']
            continue
        lines.append(f'struct {item.returns} *{item.name}(struct {item.takes} *x, void *y)' + (' {' if file.path.endswith('.c') else ';'))
        if file.path.endswith('.c'):
            lines += [f'    {c[1]}(0);' if c[0] == 'call' else '    x->P;' for c in item.chains] + ['    return 0;', '}']
    return lines


def of_cpp(file):
    lines = ['#pragma once', *included(file)]
    for item in file.items:
        inside = is_class(item)
        if inside:
            lines += [f'class {item.name}{f" : public {item.base}" if item.base else ""} {{', 'public:', f'    {item.field} *P;']
        for f in item.methods if inside else [item]:
            lines.append(f'    {f.returns} *{f.name}({f.takes} *x, void *y) {{')
            lines += [f'        {calls(c, inside and "this", lambda n: n + "()", "nullptr", "->")};' for c in f.chains if c[2] or c[0] in ('call', 'new')]
            lines += ['        return nullptr;', '    }']
        lines += ['};'] if inside else []
    return lines


TEXTS = {'java': of_java, 'cs': of_csharp, 'rs': of_rust, 'c': of_c, 'h': of_c, 'cpp': of_cpp, 'hpp': of_cpp}
