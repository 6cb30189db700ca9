#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tour.py [--keep] [FOLDER]: what ./dev run shows. Starts a private session with the daemon just built, takes
FOLDER in and shows what became of it, with the commands that a person would use. Nothing of the person's own
data, keyring or settings is touched, and FOLDER is only read."""
import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import session  # noqa: E402  (found through the line above)

SOURCE = HERE.parent
TELLING = ('author', 'has_procedure', 'cites', 'table_row', 'links_to', 'date', 'title', 'references_url')
COLOURS = sys.stdout.isatty() and not os.environ.get('NO_COLOR') and os.environ.get('TERM', 'dumb') != 'dumb'


def style(code, text):
    return f'\033[{code}m{text}\033[0m' if COLOURS else text


def heading(text):
    print(f'\n{style("1;34", text)}\n{style("34", "─" * len(text))}', flush=True)


def remark(text):
    print(style('2', text), flush=True)


class Failed(Exception):
    """A command of the tour did not work."""


class Tour:
    def __init__(self, desk, folder):
        self.desk, self.folder = desk, folder

    def ctl(self, *words, fine=(0,)):
        """Runs ouroborosctl, showing the command and what it says."""
        shown = ' '.join(f'"{w}"' if re.search(r'[^\w./:=…-]', w) else w for w in map(str, words))
        print(f'\n{style("32", "$")} {style("1", "ouroborosctl " + shown)}', flush=True)
        done = subprocess.run(['ouroborosctl', *map(str, words)], env=self.desk.environment, stdin=subprocess.DEVNULL,
                              check=False)
        if done.returncode not in fine:
            raise Failed(f'ouroborosctl {words[0]} failed with status {done.returncode}')

    def ask(self, *words):
        """The answer of ouroborosctl --json, unseen."""
        done = self.desk.run('ouroborosctl', '--json', *map(str, words), check=False, timeout=120)
        if done.returncode:
            raise Failed(f'ouroborosctl {" ".join(map(str, words))}: {done.stderr.strip()}')
        return json.loads(done.stdout)

    # ---- the stations ----

    def take_in(self):
        heading('A folder becomes a memory')
        remark('The folder is only read. Its files are parsed in a confined process without network or file system.')
        self.ctl('root', 'add', self.folder)
        self.ctl('root', 'list')
        self.ctl('status')
        self.show_errors()

    def show_errors(self):
        others = self.ask('documents', '--state', 'unsupported', '-n', 500)['documents']
        if others:
            kinds = collections.Counter((d['reason'] or '').split(': ')[-1] for d in others)
            remark('\nListed, but of types that are not read: '
                   + ', '.join(f'{count} {kind}' for kind, count in kinds.most_common(6)))
        documents = self.ask('documents', '--errors', '-n', 500)['documents']
        if not documents:
            return
        remark('\nSome files could not be read; each says why, and costs only itself:')
        reasons = collections.Counter((d['reason'] or d['error']).split(':')[0] for d in documents)
        for reason, count in reasons.most_common(5):
            print(f'{count:6}  {reason}')
        self.ctl('documents', '--errors', '-n', 3)

    def show_facts(self):
        heading('Facts, each with the words it rests on')
        remark('No model was asked: these were found by rules, and every quote was checked against its document.')
        used = {row['name'] for row in self.ask('predicates')['predicates'] if row['count'] > 0}
        self.ctl('predicates')
        for predicate in [p for p in TELLING if p in used][:4]:
            self.ctl('query', '--predicate', predicate, '-n', 2)
        if not used:
            remark('No facts were found in this folder.')

    def words(self):
        """A word to search for: one that titles or at least texts have, in most documents but not in all."""
        documents = [d for d in self.ask('documents', '-n', 40)['documents'] if d['state'] in ('searchable', 'indexed')]
        titles = {w for d in documents for w in re.findall(r'[^\W\d_]{5,}', d['title'].lower())}
        counts = collections.Counter()
        for document in documents:
            counts.update(set(re.findall(r'[^\W\d_]{5,}', self.ask('text', document['document_id'])['text'].lower())))
        common = [word for word, number in counts.most_common() if number < max(2, len(documents))] or list(counts)
        return ([word for word in common if word in titles] or common or ['nothing'])[:1]

    def search(self):
        heading('Search, best first')
        own = self.folder == SOURCE / 'samples'
        for words in ([['oxalic', 'acid'], ['rent', 'orchard']] if own else [self.words()]):
            self.ctl('search', *words, '-n', 3)

    def subject(self):
        """An entity to say something about: one with a summary, so that it is seen how that is overruled."""
        for predicate in ('summary', 'title', None):
            facts = self.ask('query', '-n', 1, *(['-p', predicate] if predicate else []))['knowledge_facts']
            if facts:
                return facts[0]['entity_id']
        entities = self.ask('entities', '-n', 1)['entities']
        return entities[0]['id'] if entities else 'A first thing'

    def claim(self):
        """What an extractor claims, on the samples, whose words are known."""
        heading('What a machine claims waits for you')
        remark('An extractor sends a batch of claims with their quotes. Names that nobody declared wait, with what is said of them.')
        document = next(d for d in self.ask('documents', '-n', 500)['documents'] if d['path'] == 'about.md')
        claims = [{'entity': name, 'predicate': 'part_of', 'object': 'Lindenhof Honey Cooperative', 'quote': quote} for name, quote in (
            ('Mill orchard', '| Mill orchard | 14 | Marta Oyelaran | apple, lime |'), ('Size', '| Product | Size | Price |'),
            ('Moon orchard', '| Moon orchard | 99 | Nobody | cheese |'))]
        self.ctl('tools', 'call', 'submit_claim_graph', json.dumps({
            'doc_id': document['document_id'], 'extractor': 'the tour', 'claims': claims,
            'entities': [{'name': 'Mill orchard', 'type': 'place'}, {'name': 'Size', 'type': 'thing'}]}))
        self.ctl('discovered', 'list')
        self.ctl('discovered', 'dismiss', 'Size', '--reason', 'the head of a table')
        self.ctl('discovered', 'promote', 'Mill orchard')
        remark('\nFacts follow from facts by rules, and every belief can be traced to the words it rests on:')
        self.ctl('rule', 'confirm', 'has_part')
        self.ctl('trace', 'Lindenhof Honey Cooperative', 'has_part')

    def read(self):
        heading('Read as you like')
        self.ctl('topology', '-n', 3)
        self.ctl('sql', 'SELECT trust_tier, predicate, count(*) AS n FROM facts GROUP BY 1, 2 ORDER BY n DESC LIMIT 5')

    def revert(self):
        heading('Your word counts most, and everything can be taken back')
        entity = self.subject()
        self.ctl('remember', entity, 'summary', 'Said by a person, which outranks any document.',
                 '--reason', 'the tour')
        self.ctl('query', entity, '--predicate', 'summary')
        self.ctl('trace', entity, 'summary')
        self.ctl('log', '-n', 4)
        group = self.ask('log', '-n', 1)['mutations'][0]['group_id']
        remark('\nWhat would be known if that had never been written?')
        self.ctl('preview', group)
        self.ctl('revert', group, '--reason', 'only a demonstration')
        remark('\nAs it was before; and the journal tells both, the change and its revert:')
        self.ctl('query', entity, '--predicate', 'summary', fine=(0, 3))  # 3: it was new, and is gone again
        self.ctl('log', '-n', 3)
        self.ctl('verify')

    def go(self):
        self.take_in()
        self.show_facts()
        self.search()
        if self.folder == SOURCE / 'samples':
            self.claim()
        self.read()
        self.revert()


def farewell(kept):
    heading('From here')
    if not kept:
        print('Keep such a session up and play with it:   ./dev run --keep [FOLDER]')
    print('''Install it for good, as a service of yours that starts when it is needed:
    ./dev package
    sudo apt install ./build/packages/ouroboros_*.deb
    systemctl --user enable --now ouroborosd.socket ouroboros-mcp.socket
    ouroborosctl root add ~/Documents
The README tells more; man ouroborosctl tells all.''', flush=True)


def keep(desk):
    """Holds the session until the person leaves: in a shell of it on a terminal, else until a signal comes."""
    heading('The session stays up')
    if sys.stdin.isatty():
        print('This shell is in it: try ouroborosctl, busctl --user, gdbus. "exit" ends everything.', flush=True)
        subprocess.run(['bash', '--norc', '-i'], check=False,
                       env={**desk.environment, 'PS1': 'ouroboros$ ', 'TERM': os.environ.get('TERM', 'dumb')})
        return
    for name in ('HOME', 'XDG_RUNTIME_DIR', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'DBUS_SESSION_BUS_ADDRESS',
                 'DBUS_SYSTEM_BUS_ADDRESS', 'PATH'):
        print(f"export {name}='{desk.environment[name]}'")
    print(f'It ends with this process: kill {os.getpid()}', flush=True)
    signal.pause()


def environment():
    width = str(min(shutil.get_terminal_size((100, 24)).columns, 120))
    return {'PATH': f'{SOURCE}/build/cli:{os.environ.get("PATH", "/usr/bin:/bin")}', 'COLUMNS': width,
            'SYSTEMD_COLORS': '1' if COLOURS else '0', 'SYSTEMD_PAGER': '', 'TERM': os.environ.get('TERM', 'dumb'),
            'LANG': os.environ.get('LANG', 'C.UTF-8')}


def main():
    parser = argparse.ArgumentParser(prog='./dev run', description='Shows what Ouroboros makes of a folder.')
    parser.add_argument('folder', nargs='?', type=pathlib.Path, default=SOURCE / 'samples')
    parser.add_argument('--keep', action='store_true', help='leave the session up')
    options = parser.parse_args()
    folder = options.folder.resolve()
    if not folder.is_dir():
        parser.error(f'{options.folder} is not a folder')
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(128 + signal.SIGTERM))
    heading('A private session')
    remark('With a bus, a home folder and a keyring of its own (a real gnome-keyring with a throw-away password),\n'
           'apart from yours. In place of polkit a stand-in says yes; on your desktop, polkit asks you where it '
           'matters.')
    with session.Session(SOURCE / 'build', keyring='unlocked', environment=environment()) as desk:
        try:
            Tour(desk, folder).go()
        except Failed as failure:
            said = (desk.folder / 'session.log').read_text(errors='replace')[-4000:]
            print(f'\n{failure}\nThe session said:\n{said}', file=sys.stderr)
            return 1
        if options.keep:
            keep(desk)
    farewell(options.keep)
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
