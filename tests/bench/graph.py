# SPDX-License-Identifier: GPL-3.0-or-later
"""The graph's tools on stores of 10,000 to 1,000,000 facts over a tenth as many entities and 80 predicates, inside one
process as the daemon calls them; beside them the same SELECT on the same rows in plain SQLite."""
import hashlib
import json
import shutil
import sqlite3
import statistics
import subprocess

NAMES = ['graph.query_vs_sqlite', 'graph.query_p99_ms', 'graph.contradictions_s', 'graph.trace_ms', 'graph.curve_ratio',
         'graph.claims_ms', 'graph.quote_gbps', 'graph.bytes_per_fact', 'journal.share']
SIZES, SIZES_QUICK = (10_000, 100_000, 1_000_000), (2_000, 20_000)
RUNS = 3


def program(build, name, *arguments, timeout=3600):
    done = subprocess.run([build / 'tests/bench' / name, *map(str, arguments)], capture_output=True, text=True,
                          check=False, timeout=timeout)
    if done.returncode:
        raise RuntimeError(f'{name}: {done.stderr.strip()[-500:]}')
    return done.stdout


def world(build, facts):
    """A folder with vault.db and plain.db of so many facts; kept for later runs while neither schema nor world change."""
    here = build.parent / 'tests/bench'
    sources = [*sorted((build.parent / 'daemon').glob('store/schema/*.sql')), here / 'world.h', here / 'make-graph.c']
    mark = hashlib.sha256(b''.join(path.read_bytes() for path in sources)).hexdigest()[:12]
    folder = build / 'bench' / f'graph-{facts}-{mark}'
    if not folder.is_dir():
        part = folder.with_suffix('.part')
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        program(build, 'make-graph', part, facts)
        program(build, 'export-plain', part / 'vault.db', part / 'plain.db')
        part.rename(folder)
    return folder


def ask(build, folder, facts, what):
    return json.loads(program(build, 'bench-graph', folder, facts, what))


def query_times(build, folder, facts):
    """Medians of runs in turn: (ours in µs, plain in µs, ours at the 99th percentile in µs)."""
    sql = program(build, 'bench-graph', folder, facts, 'sql').strip()
    ours, plain, late = [], [], []
    for _ in range(RUNS):
        answer = ask(build, folder, facts, 'query')
        median, rows = program(build, 'plain-query', folder / 'plain.db', sql, 20_000, facts // 10).split()
        if int(rows) != answer['rows']:
            raise RuntimeError(f'query_knowledge told {answer["rows"]} facts, plain SQLite {rows}')
        ours.append(answer['p50_us'])
        late.append(answer['p99_us'])
        plain.append(float(median))
    return statistics.median(ours), statistics.median(plain), max(late)


def queries(build, sizes, folders):
    times = {facts: query_times(build, folders[facts], facts) for facts in sizes}
    ours, plain, late = times[sizes[-1]]
    curve = ', '.join(f'{facts}: {times[facts][0]:.1f} µs (plain {times[facts][1]:.1f})' for facts in sizes)
    print('  query_knowledge of one entity, median by size of the graph: ' + curve, flush=True)
    how = 'query_knowledge of the current facts of one entity by its id, 10 of them, 2,000 entities in turns, into a sink'
    yield {'name': 'graph.query_vs_sqlite', 'value': ours, 'unit': 'µs', 'reference': plain, 'target': '<= 2×',
           'how': f'{how}; medians of {RUNS} runs in turn with the same prepared SELECT on the same rows in plain SQLite, '
                  f'all columns read; {sizes[-1]} facts'}
    yield {'name': 'graph.query_p99_ms', 'value': late / 1000, 'unit': 'ms', 'target': '<= 2',
           'how': f'{how}; worst 99th percentile of {RUNS} runs'}
    yield {'name': 'graph.curve_ratio', 'value': ours, 'unit': 'µs', 'reference': times[sizes[0]][0], 'target': '<= 2×',
           'how': f'{how}; {sizes[-1]} against {sizes[0]} facts; {curve}; the target is ours'}


def contradictions(build, folder, facts):
    answer = ask(build, folder, facts, 'contradictions')
    return {'name': 'graph.contradictions_s', 'value': answer['seconds'], 'unit': 's', 'target': '<= 1',
            'how': f'find_contradictions over everything, all pages of 500: {answer["found"]} found; {facts} facts'}


def trace(build, folder, facts):
    answer = ask(build, folder, facts, 'trace')
    return {'name': 'graph.trace_ms', 'value': answer['p99_ms'], 'unit': 'ms', 'target': '<= 5',
            'how': 'trace_belief of facts that superseded or contradict others, 2,000 calls, 99th percentile '
                   f'(median {answer["p50_ms"]:.2f} ms); {facts} facts'}


def claims(build, folder, facts):
    answer = ask(build, folder, facts, 'claims')
    return {'name': 'graph.claims_ms', 'value': answer['ms'], 'unit': 'ms', 'target': '<= 150',
            'how': f'submit_claim_graph of 1,000 new claims with quotes from {answer["documents"]} documents, median of 5, '
                   f'to the synced commit; {facts} facts'}


def quotes(build, folder, facts):
    answer = ask(build, folder, facts, 'quotes')
    if answer['valid'] != answer['checked'] or answer['checked'] < facts * 0.8:
        raise RuntimeError(f'{answer["valid"]} of {answer["checked"]} quotes hold')
    return {'name': 'graph.quote_gbps', 'value': answer['bytes'] / answer['search_seconds'] / 1e9, 'unit': 'GB/s',
            'target': '>= 1', 'how': f'verify_quotes over all {answer["checked"]} facts with a quote: {answer["bytes"]} bytes of text '
            f'scanned in the {answer["search_seconds"]:.2f} s of searching; with reading facts and texts from the '
            f'encrypted store {answer["seconds"]:.1f} s'}


def sizes_of(folder):
    """Bytes of pages by table, its indexes counted with it."""
    with sqlite3.connect(f'file:{folder / "plain.db"}?mode=ro', uri=True) as plain:
        return dict(plain.execute('SELECT s.tbl_name, sum(d.pgsize) FROM dbstat d JOIN sqlite_schema s ON s.name = d.name '
                                  'WHERE d.aggregate = 1 GROUP BY s.tbl_name'))


def storage(build, folder, facts):
    sizes = sizes_of(folder)
    journal = sizes['mutations'] + sizes.get('writes', 0)
    graph = sum(size for table, size in sizes.items() if table not in ('document_text', 'documents', 'roots', 'chunks'))
    how = f'pages of all tables but documents and their texts, indexes and journal included, over {facts} facts'
    print('  ' + ', '.join(f'{table} {size / facts:.0f}' for table, size in sorted(sizes.items(), key=lambda s: -s[1])[:6])
          + ' bytes per fact', flush=True)
    yield {'name': 'graph.bytes_per_fact', 'value': graph / facts, 'unit': 'bytes', 'target': '<= 4000',
           'how': how + '; a page of the vault holds 80 bytes less than one of the plain copy that was counted; the target is ours'}
    yield {'name': 'journal.share', 'value': journal / graph, 'unit': 'of these', 'target': '<= 0.75',
           'how': how + '; the part that is the journal, which holds each row before and after; the target is ours'}


def measure(build, quick, wanted):
    sizes = SIZES_QUICK if quick else SIZES
    curve = {'graph.query_vs_sqlite', 'graph.query_p99_ms', 'graph.curve_ratio'} & set(wanted)
    folders = {facts: world(build, facts) for facts in (sizes if curve else sizes[-1:])}
    facts, folder = sizes[-1], folders[sizes[-1]]
    if curve:
        yield from (figure for figure in queries(build, sizes, folders) if figure['name'] in wanted)
    if {'graph.bytes_per_fact', 'journal.share'} & set(wanted):
        yield from (figure for figure in storage(build, folder, facts) if figure['name'] in wanted)
    for name, one in (('graph.contradictions_s', contradictions), ('graph.trace_ms', trace),
                      ('graph.quote_gbps', quotes), ('graph.claims_ms', claims)):
        if name in wanted:
            yield one(build, folder, facts)
