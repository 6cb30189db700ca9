# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files Python's own import machinery finds for the imports of a file."""
import ast
import importlib.machinery
import importlib.util
import os
import warnings

SUFFIXES = ('.py', '.pyi')


def _find(name, path):
    try:
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        stubs = (os.path.join(part, name.rpartition('.')[2] + '.pyi') for part in path)
        stub = None if spec else next(filter(os.path.isfile, stubs), None)
        return importlib.machinery.ModuleSpec(name, None, origin=stub) if stub else spec  # what is compiled has its stub only
    except KeyError:  # a folder without __init__.py whose package is not imported here
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [os.path.join(part, name.rpartition('.')[2]) for part in path
                                           if os.path.isdir(os.path.join(part, name.rpartition('.')[2]))]
        return spec


class Finder:
    """Modules under one folder that is on Python's path."""

    def __init__(self, root):
        self.root = os.path.abspath(root)
        # where a repository keeps its packages, if not at its top
        self.path = [self.root, *(folder for folder in (os.path.join(self.root, name) for name in ('src', 'lib', 'python'))
                                  if os.path.isdir(folder) and not os.path.exists(os.path.join(folder, '__init__.py')))]
        self.specs = {}

    def _spec(self, name):
        if name not in self.specs:
            parent, _, _ = name.rpartition('.')
            above = self._spec(parent) if parent else None
            path = self.path if not parent else above.submodule_search_locations if above else None
            self.specs[name] = _find(name, path) if path else None
        return self.specs[name]

    def file(self, name):
        """The file of a module, relative to the root; None: there is none, or it is no source."""
        spec = self._spec(name)
        if not spec or not spec.origin or not spec.origin.endswith(SUFFIXES):
            return None
        relative = os.path.relpath(spec.origin, self.root)
        return None if relative.startswith('..') else relative

    def name(self, path):
        """The module that a file is, and the package in which it stands."""
        top = max((folder for folder in self.path if os.path.join(self.root, path).startswith(folder + '/')), key=len)
        parts = os.path.relpath(os.path.join(self.root, path), top).removesuffix('.py').split('/')
        if parts[-1] == '__init__':
            return '.'.join(parts[:-1]), '.'.join(parts[:-1])
        return '.'.join(parts), '.'.join(parts[:-1])


def _modules(node, package):
    """The names of modules that a statement imports, and of those that its names may be."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names], []
    if isinstance(node, ast.ImportFrom):
        base = node.module or ''
        if node.level:
            try:
                base = importlib.util.resolve_name('.' * node.level + base, package)
            except ImportError:
                return [], []
        return [base], [f'{base}.{alias.name}' for alias in node.names if alias.name != '*']
    return [], []


def imports(root, path, finder):
    """Files (relative to root) that the file at root/path imports; None if it is no Python."""
    with open(os.path.join(root, path), 'rb') as file:
        text = file.read()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    _, package = finder.name(path)
    found = set()
    for node in ast.walk(tree):
        whole, maybe = _modules(node, package)
        found |= {finder.file(name) for name in whole if name}
        found |= {finder.file(name) for name in maybe}
    return found - {None, path}
