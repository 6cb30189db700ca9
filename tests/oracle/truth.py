# SPDX-License-Identifier: GPL-3.0-or-later
"""What a compiler says of a repository, and how near our code graph comes to it.

A Truth has definitions, imports and calls; measure() holds the lines of ours against it. What the compiler does not
tell (a call of something of unknown type) is not counted, neither for nor against."""
import collections
import dataclasses

CONSTRUCTORS = ('constructor', '<constructor>', '__init__', '__new__')


@dataclasses.dataclass
class Truth:
    # (path, line, name) of what other files could name: to be found
    definitions: set = dataclasses.field(default_factory=set)
    # … and of everything else that is defined, parameters apart: no mistake if found
    others: set = dataclasses.field(default_factory=set)
    # (path, line, name) of what the compiler takes for a use of something defined elsewhere: a mistake if we define it there;
    # None: it tells of everything, and what it does not tell is a mistake
    named: set | None = None
    # (path, path of what it imports), both in the repository
    imports: set = dataclasses.field(default_factory=set)
    # (path, line, column) → the places (path, line) any of which is right; empty: it is not in the repository
    calls: dict = dataclasses.field(default_factory=dict)
    # the same for calls of what is local to a function: no mistake if found
    local_calls: dict = dataclasses.field(default_factory=dict)
    # files that the compiler has read
    paths: set = dataclasses.field(default_factory=set)


@dataclasses.dataclass
class Figure:
    found: int = 0    # right ones of ours
    ours: int = 0     # … of so many that can be judged
    reached: int = 0  # of the compiler's
    theirs: int = 0   # … of so many
    wrong: list = dataclasses.field(default_factory=list)
    missed: list = dataclasses.field(default_factory=list)

    @property
    def precision(self):
        return self.found / self.ours if self.ours else 1.0

    @property
    def recall(self):
        return self.reached / self.theirs if self.theirs else 1.0

    def __str__(self):
        return (f'precision {self.precision:.4f} ({self.found} of {self.ours}), '
                f'recall {self.recall:.4f} ({self.reached} of {self.theirs})')


def read_lines(lines):
    """The lines of a linked repository by their first word."""
    ours = collections.defaultdict(list)
    for line in lines:
        word, *rest = line.rstrip('\n').split('\t')
        ours[word].append(rest)
    return ours


def _definitions(truth, rows):
    figure = Figure()
    ours = {(path, int(line), name.rsplit('.', 1)[-1].rsplit(':', 1)[-1]) for path, line, _, _, name, *_ in rows
            if path in truth.paths}
    right = truth.definitions | truth.others
    ours = {place for place in ours if place in right or place[2] != 'default'}  # an export without a name: no compiler names it
    if truth.named is not None:
        ours &= right | truth.named
    figure.ours, figure.theirs = len(ours), len(truth.definitions)
    figure.wrong = sorted(ours - right)
    figure.missed = sorted(truth.definitions - ours)
    figure.found, figure.reached = figure.ours - len(figure.wrong), figure.theirs - len(figure.missed)
    return figure


def _imports(truth, rows):
    figure = Figure()
    ours = {(path, target) for path, _, target, *_ in rows
            if target != '-' and path in truth.paths and target in truth.paths}
    figure.ours, figure.theirs = len(ours), len(truth.imports)
    figure.wrong, figure.missed = sorted(ours - truth.imports), sorted(truth.imports - ours)
    figure.found, figure.reached = figure.ours - len(figure.wrong), figure.theirs - len(figure.missed)
    return figure


def _calls(truth, rows, classes):
    figure = Figure()
    ours = collections.defaultdict(set)
    for path, line, column, kind, target, target_line, _, name in rows:
        if target != '-' and kind in classes:
            ours[path, int(line), int(column)].add((target, int(target_line), name))
    for place, targets in sorted(ours.items()):
        right = truth.calls.get(place, truth.local_calls.get(place))
        if right is None:
            continue
        figure.ours += len(targets)
        good = [target for target in targets if target[:2] in right]
        figure.found += len(good)
        figure.wrong += [(place, target, sorted(right)) for target in targets if target[:2] not in right]
    for place, right in sorted(truth.calls.items()):
        if right:
            figure.theirs += 1
            if any(target[:2] in right for target in ours.get(place, ())):
                figure.reached += 1
            else:
                figure.missed.append((place, sorted(right)))
    return figure


def measure(truth, lines, classes=('exact', 'import-resolved')):
    """{'definitions', 'imports', 'calls'} → Figure; classes: of the edges that count as our answer."""
    ours = read_lines(lines)
    return {'definitions': _definitions(truth, ours['definition']),
            'imports': _imports(truth, ours['import']),
            'calls': _calls(truth, ours['call'], classes)}
