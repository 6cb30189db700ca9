# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Python files call something: the place of the last name of what is called; and what they declare by def and class. Told by
Python's own parser."""
import ast
import warnings


def _name(callee):
    if isinstance(callee, ast.Name):
        return callee.lineno, callee.col_offset, callee.id
    if isinstance(callee, ast.Attribute):
        # the attribute's name ends where the expression ends
        return callee.end_lineno, callee.end_col_offset - len(callee.attr.encode()), callee.attr
    return None


def _parsed(text):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def calls(path):
    """(line from 1, column from 0 in bytes, name) of each; None if the file is no Python."""
    with open(path, 'rb') as file:
        tree = _parsed(file.read())
    if tree is None:
        return None
    found = (_name(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [place for place in found if place]


def declared(lines):
    """(line, name) of each def and class."""
    tree = _parsed(b'\n'.join(lines))
    return {(node.lineno, node.name) for node in ast.walk(tree or ast.Module([], []))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
