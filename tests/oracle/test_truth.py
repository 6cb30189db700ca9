# SPDX-License-Identifier: GPL-3.0-or-later
"""What the figures of the code graph rest on: columns are bytes whatever an indexer counts in, what a compiler does not say is
not counted, and the strict figure asks for all that it says. Seen to fail: columns taken as they are, edges at silent sites
counted as wrong, inactive lines judged, names cut at their dots."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import scip  # noqa: E402
import truth  # noqa: E402

LINE = 'é😀 = call()'
NAME_AT = {scip.UTF8: 9, scip.UTF16: 6, scip.UTF32: 5}


def message(*fields):
    """A protocol buffer of (number, int or bytes), all below 128."""
    data = b''
    for number, value in fields:
        data += bytes([number << 3, value]) if isinstance(value, int) else bytes([number << 3 | 2, len(value)]) + value
    return data


def index(encoding):
    at = NAME_AT[encoding or scip.UTF16]
    occurrence = message((1, bytes([0, at, at + 4])), (2, b'local 1'))
    fields = [(1, b'a.ts'), (2, occurrence)] + ([(6, encoding)] if encoding else [])
    return message((2, message(*fields)))


class Columns(unittest.TestCase):
    def test_that_they_are_bytes_in_every_encoding(self):
        for encoding in (None, scip.UTF8, scip.UTF16, scip.UTF32):
            with tempfile.NamedTemporaryFile() as file:
                file.write(index(encoding))
                file.flush()
                document, = scip.read(file.name, lambda path: [LINE.encode()])
            occurrence, = document.occurrences
            self.assertEqual((occurrence.column, occurrence.name), (9, 'call'), encoding)


def call(line, kind, target_line, name='f'):
    return f'call\ta\t{line}\t0\t{kind}\tb\t{target_line}\tfunction\t{name}'


class Calls(unittest.TestCase):
    told = truth.Truth(paths={'a', 'b'}, inactive={'a': [(50, 60)]},
                       calls={('a', 1, 0): {('b', 1)}, ('a', 2, 0): set(), ('a', 3, 0): {('b', 3)}},
                       local_calls={('a', 4, 0): {('b', 4)}}, also={('a', 3, 0): {('b', 9)}})

    def figure(self, *lines, **how):
        return truth.measure(self.told, lines, **how)['calls']

    def test_that_a_right_one_counts_on_both_sides(self):
        figure = self.figure(call(1, 'exact', 1))
        self.assertEqual((figure.found, figure.ours, figure.reached, figure.theirs), (1, 1, 1, 2))

    def test_that_an_edge_where_the_compiler_sees_something_outside_is_wrong(self):
        self.assertEqual(self.figure(call(2, 'exact', 1)).precision, 0)

    def test_that_an_edge_where_the_compiler_is_silent_or_reads_nothing_is_not_judged(self):
        figure = self.figure(call(30, 'exact', 1), call(55, 'exact', 1))
        self.assertEqual((figure.ours, figure.unjudged), (0, 1))

    def test_that_unsure_classes_are_answers_only_if_asked_for(self):
        line = call(1, 'ambiguous', 1)
        self.assertEqual((self.figure(line).reached, self.figure(line, classes=truth.ALL).reached), (0, 1))

    def test_that_the_strict_figure_asks_for_what_is_local_and_takes_only_what_the_compiler_names(self):
        line = call(3, 'exact', 9)
        self.assertEqual((self.figure(line).reached, self.figure(line).theirs), (1, 2))
        self.assertEqual((self.figure(line, strict=True).reached, self.figure(line, strict=True).theirs), (0, 3))


class Definitions(unittest.TestCase):
    def test_that_a_name_may_have_dots(self):
        told = truth.Truth(paths={'a'}, definitions={('a', 1, '~type.make')})
        figure = truth.measure(told, ['definition\ta\t1\t0\tfield\tSchema.~type.make'])['definitions']
        self.assertEqual((figure.precision, figure.recall), (1, 1))

    def test_that_what_no_compiler_told_is_wrong(self):
        told = truth.Truth(paths={'a'})
        self.assertEqual(truth.measure(told, ['definition\ta\t1\t0\tfield\tA.b'])['definitions'].precision, 0)


if __name__ == '__main__':
    unittest.main()
