# SPDX-License-Identifier: GPL-3.0-or-later
"""What a compiler says of a repository, and how near our code graph comes to it.

A Truth has definitions, imports and calls; measure() holds the lines of ours against it. What the compiler does not
tell (a call of something of unknown type) is not counted, neither for nor against; README.md has all that is left out, and why."""
import collections
import dataclasses

# classes of edges that count as an answer; of the others the graph itself says that they are no more than names
ANSWERS = ('exact', 'import-resolved')
ALL = ANSWERS + ('name-unique', 'ambiguous')


@dataclasses.dataclass
class Truth:
    # (path, line, name) of what other files could name: to be found
    definitions: set = dataclasses.field(default_factory=set)
    # … and of everything else that is defined, parameters apart: no mistake if found
    others: set = dataclasses.field(default_factory=set)
    # … of those others the ones that are to be found as well in the strict figure
    unasked: set = dataclasses.field(default_factory=set)
    # (path, line, name) of what the compiler takes for a use of something defined elsewhere: a mistake if we define it there;
    # None: it tells of everything, and what it does not tell is a mistake
    named: set | None = None
    # (path, path of what it imports), both in the repository
    imports: set = dataclasses.field(default_factory=set)
    # (path, line, column) → the places (path, line) any of which is right; empty: it is not in the repository
    calls: dict = dataclasses.field(default_factory=dict)
    # the same for calls of what is local to a function: no mistake if found, and to be found in the strict figure
    local_calls: dict = dataclasses.field(default_factory=dict)
    # the same for what counts in the strict figure only
    unasked_calls: dict = dataclasses.field(default_factory=dict)
    # place of a call → places that are as right, though the compiler does not name them; not in the strict figure
    also: dict = dataclasses.field(default_factory=dict)
    # files that the compiler has read, and how many it could not
    paths: set = dataclasses.field(default_factory=set)
    left_out: int = 0
    # path → (first, last) lines that it did not read: what we say of them cannot be judged
    inactive: dict = dataclasses.field(default_factory=dict)

    def is_read(self, path, line):
        known = self.__dict__.setdefault('_inactive_lines', {})
        if path not in known:
            known[path] = {line for first, last in self.inactive.get(path, ()) for line in range(first, last + 1)}
        return path in self.paths and line not in known[path]


@dataclasses.dataclass
class Figure:
    found: int = 0     # right ones of ours
    ours: int = 0      # … of so many that can be judged
    reached: int = 0   # of the compiler's
    theirs: int = 0    # … of so many
    unjudged: int = 0  # of ours that the compiler says nothing of
    wrong: list = dataclasses.field(default_factory=list)
    missed: list = dataclasses.field(default_factory=list)

    @property
    def precision(self):
        return self.found / self.ours if self.ours else 1.0

    @property
    def recall(self):
        return self.reached / self.theirs if self.theirs else 1.0

    def add(self, other):
        for field in ('found', 'ours', 'reached', 'theirs', 'unjudged'):
            setattr(self, field, getattr(self, field) + getattr(other, field))

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


def _last(qualified, known):
    """The name that a qualified one ends with: one of those known in that line if it does, for names may have dots in them."""
    fitting = [name for name in known if qualified == name or qualified.endswith(('.' + name, ':' + name))]
    return max(fitting, key=len) if fitting else qualified.rsplit('.', 1)[-1].rsplit(':', 1)[-1]


def _definitions(truth, rows, strict):
    figure = Figure()
    right = truth.definitions | truth.others | truth.unasked
    known = collections.defaultdict(set)
    for path, line, name in right:
        known[path, line].add(name)
    ours = {(path, int(line), _last(name, known[path, int(line)])) for path, line, _, _, name, *_ in rows
            if truth.is_read(path, int(line))}
    asked = truth.definitions | truth.unasked if strict else truth.definitions
    ours = {place for place in ours if place in right or place[2] != 'default'}  # an export without a name: no compiler names it
    if truth.named is not None:
        silent = ours - right - truth.named
        figure.unjudged = len(silent)
        ours = ours if strict else ours - silent
    figure.ours, figure.theirs = len(ours), len(asked)
    figure.wrong, figure.missed = sorted(ours - right), sorted(asked - ours)
    figure.found, figure.reached = figure.ours - len(figure.wrong), figure.theirs - len(figure.missed)
    return figure


def _imports(truth, rows):
    figure = Figure()
    ours = {(path, target) for path, line, target, *_ in rows
            if target != '-' and truth.is_read(path, int(line)) and target in truth.paths}
    figure.ours, figure.theirs = len(ours), len(truth.imports)
    figure.wrong, figure.missed = sorted(ours - truth.imports), sorted(truth.imports - ours)
    figure.found, figure.reached = figure.ours - len(figure.wrong), figure.theirs - len(figure.missed)
    return figure


def _asked_calls(truth, strict):
    """(what is to be found, what our edges are judged by)."""
    if strict:
        asked = {**truth.unasked_calls, **truth.local_calls, **truth.calls}
        return asked, asked
    judged = {**truth.local_calls, **truth.calls}
    return truth.calls, {place: right | truth.also.get(place, set()) for place, right in judged.items()}


def _calls(truth, rows, classes, strict):
    figure = Figure()
    ours = collections.defaultdict(set)
    for path, line, column, kind, target, target_line, _, name in rows:
        if target != '-' and kind in classes and truth.is_read(path, int(line)):
            ours[path, int(line), int(column)].add((target, int(target_line), name))
    asked, judged = _asked_calls(truth, strict)
    for place, targets in sorted(ours.items()):
        right = judged.get(place)
        if right is None:
            figure.unjudged += len(targets)
            continue
        good = [target for target in targets if target[:2] in right]
        if good and not strict:
            # beside the right one others that this configuration does not compile: the call goes there in another one
            figure.unjudged += len(targets)
            targets = {target for target in targets if target[:2] in right or truth.is_read(*target[:2])}
            figure.unjudged -= len(targets)
        figure.ours += len(targets)
        figure.found += len(good)
        figure.wrong += [(place, target, sorted(right)) for target in targets if target[:2] not in right]
    for place, right in sorted(asked.items()):
        if right:
            figure.theirs += 1
            if any(target[:2] in judged[place] for target in ours.get(place, ())):
                figure.reached += 1
            else:
                figure.missed.append((place, sorted(right)))
    return figure


def measure(truth, lines, classes=ANSWERS, strict=False):
    """{'definitions', 'imports', 'calls'} → Figure; classes: of the edges that count as our answer; strict: README.md."""
    ours = read_lines(lines)
    return {'definitions': _definitions(truth, ours['definition'], strict),
            'imports': _imports(truth, ours['import']),
            'calls': _calls(truth, ours['call'], classes, strict)}
