# SPDX-License-Identifier: GPL-3.0-or-later
"""run.py [--build DIR] [--quick] [NAME…], or run.py --repository FOLDER --language LANGUAGE: measures, prints a table, and writes bench.json into the build
folder: one object per figure, {name, value, unit, reference, ratio, target, met, how}. Figures that
were not measured now stay as an earlier run left them. A NAME may be a prefix: "ingest"."""
import argparse
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import bus  # noqa: E402  (found through the line above)
import code_graph  # noqa: E402
import code_speed  # noqa: E402
import conformance  # noqa: E402
import crash_figure  # noqa: E402
import graph  # noqa: E402
import ingest  # noqa: E402
import isolate  # noqa: E402
import mcp  # noqa: E402
import write  # noqa: E402

BENCHES = [write, bus, graph, ingest, isolate, mcp, conformance, crash_figure, code_graph, code_speed]  # each: NAMES, measure(build, quick, wanted) yielding figures
FIELDS = ('name', 'value', 'unit', 'reference', 'ratio', 'target', 'met', 'how')


def judge(figure):
    """Fills in ratio and met. The target is '>= 3' or '<= 25', of the ratio if the unit it names is ×."""
    figure.setdefault('reference', None)
    if figure['reference'] and figure.get('ratio') is None:
        figure['ratio'] = figure['value'] / figure['reference']
    figure.setdefault('ratio', None)
    relation, limit = figure['target'].split()[:2]
    measured = figure['ratio'] if limit.endswith('×') else figure['value']
    bound = float(limit.rstrip('×'))
    figure['met'] = measured >= bound if relation == '>=' else measured <= bound
    for key in ('value', 'reference', 'ratio'):
        if isinstance(figure[key], float):
            figure[key] = round(figure[key], 3)
    return {key: figure[key] for key in FIELDS}


def merge(path, figures):
    """Writes the figures over those of the same name; the file is replaced whole."""
    try:
        known = {f['name']: f for f in json.loads(path.read_text(encoding='utf-8'))}
    except (OSError, ValueError):
        known = {}
    known.update({f['name']: f for f in figures})
    part = path.with_suffix('.part')
    part.write_text(json.dumps(sorted(known.values(), key=lambda f: f['name']), indent=2, ensure_ascii=False) + '\n',
                    encoding='utf-8')
    part.replace(path)


def show(figure):
    reference = '' if figure['reference'] is None else f'{figure["reference"]:g}'
    ratio = '' if figure['ratio'] is None else f'{figure["ratio"]:.2f}×'
    print(f'{figure["name"]:22} {figure["value"]:>12g} {figure["unit"]:9} {reference:>12} {ratio:>8}  '
          f'{figure["target"]:9} {"met" if figure["met"] else "MISSED"}', flush=True)


def main():
    parser = argparse.ArgumentParser(description='Measures Ouroboros side by side with references.')
    parser.add_argument('--build', type=pathlib.Path, default=HERE.parents[1] / 'build')
    parser.add_argument('--quick', action='store_true', help='a small version of each')
    parser.add_argument('names', nargs='*', metavar='NAME', help='figures or prefixes of their names')
    parser.add_argument('--repository', type=pathlib.Path, metavar='FOLDER',
                        help='holds what the code graph says of a repository of your own against its compiler (tests/oracle/README.md)')
    parser.add_argument('--language', choices=code_graph.LANGUAGES)
    parser.add_argument('--misses', type=int, default=10, help='of --repository: so many of what is wrong or missed are listed')
    options = parser.parse_args()
    options.build = options.build.resolve()
    if bool(options.repository) != bool(options.language):
        parser.error('--repository and --language belong together')
    if options.repository:
        return code_graph.show_repository(options.build, options.language, options.repository, options.misses)
    all_names = [name for bench in BENCHES for name in bench.NAMES]
    wanted = [n for n in all_names if not options.names or any(n.startswith(p) for p in options.names)]
    if not wanted:
        parser.error(f'no such figure; there are {", ".join(all_names)}')
    print(f'{"figure":22} {"value":>12} {"unit":9} {"reference":>12} {"ratio":>8}  {"target":9}', flush=True)
    failed = False
    for bench in BENCHES:
        names = [name for name in bench.NAMES if name in wanted]
        if not names:
            continue
        try:
            for figure in bench.measure(options.build, options.quick, names):
                figure = judge(figure)
                merge(options.build / 'bench.json', [figure])
                show(figure)
        except Exception as error:  # one bench that breaks must not keep the others from running
            failed = True
            print(f'{", ".join(names)}: could not be measured: {error}', file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
