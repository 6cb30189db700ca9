# SPDX-License-Identifier: GPL-3.0-or-later
"""What Go's own type checker says of a folder of modules, as a Truth: go-truth.go, built and run with the installed go (Debian's 1.19).

An import of a package is one of the file that stands for it: its first by name that is built on this machine and is no test."""
import os

import projects
import truth

GOPATH = '/usr/share/gocode'  # where Debian's golang-*-dev packages lie


def program(folder):
    """Builds the program into a folder; its path."""
    path = os.path.join(folder, 'go-truth')
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'go-truth.go')
    environment = dict(os.environ, GO111MODULE='off', GOPATH=GOPATH, GOCACHE=os.path.join(folder, 'cache'))
    projects.said(['go', 'build', '-o', path, source], env=environment)
    return path


def read(lines):
    told = truth.Truth()
    for line in lines:
        word, path, *rest = line.rstrip('\n').split('\t')
        if word == 'path':
            told.paths.add(path)
        elif word == 'define':
            told.definitions.add((path, int(rest[0]), rest[1]))
        elif word == 'other':
            told.others.add((path, int(rest[0]), rest[1]))
        elif word == 'import':
            told.imports.add((path, rest[0]))
        else:
            places = told.calls.setdefault((path, int(rest[0]), int(rest[1])), set())
            if rest[2] != '-':
                places.add((rest[2], int(rest[3])))
    return told


def build(folder, go_truth):
    """folder: of the sources; go_truth: the program."""
    environment = dict(os.environ, GO111MODULE='off', GOPATH=GOPATH)
    return read(projects.said([go_truth, folder], env=environment).splitlines())
