# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of what the graph and the Time Machine are for, once, as people and agents would do it: documents, claims
that wait, a contradiction and the human's word, what follows by rules, the past, what was done and what it would be
without, taking it back, carrying it elsewhere, and deleting for good. By busctl and by ouroborosctl."""
import json
import re

import pytest
from desktop import CallError, build_root, wait_until

CTL = f'{build_root()}/cli/ouroborosctl'
MILL = '''# The mill

The old mill has four wheels. Its miller is Ada Pond.
The mill belongs to the Lindenhof estate.
'''
ESTATE = '''# The estate

The Lindenhof estate belongs to the county.
The mill has three wheels, it is said.
'''
VOCABULARY = [('wheels', 'number', 'one'), ('miller', 'text', 'many'), ('within', 'entity', 'many'), ('all_within', 'entity', 'many')]


def ctl(desk, *words, status=0):
    done = desk.run(CTL, *map(str, words), check=False)
    assert done.returncode == status, f'{words}: {done.returncode}: {done.stdout}{done.stderr}'
    return done.stdout + done.stderr


def ask(desk, *words):
    return json.loads(ctl(desk, '--json', *words))


def refused(name, call, *arguments):
    with pytest.raises(CallError) as caught:
        call(*arguments)
    assert caught.value.name == name, caught.value
    return caught.value.message


class Story:
    """Where the story stands; each step leaves what the next ones speak of."""

    def __init__(self, desk):
        self.desk = desk
        notes = desk.folder / 'notes'
        notes.mkdir()
        (notes / 'mill.md').write_text(MILL, encoding='utf-8')
        (notes / 'estate.md').write_text(ESTATE, encoding='utf-8')
        ctl(desk, 'root', 'add', notes)
        self.documents = {d['path']: d['document_id'] for d in ask(desk, 'documents')['documents']}
        for name, kind, cardinality in VOCABULARY:
            desk.call('Graph.ProposePredicate', 'ssss', name, kind, cardinality, f'{name} of a mill')

    def claims(self):
        return self.desk.tool('submit_claim_graph', doc_id=self.documents['mill.md'], extractor='a test',
                              entities=[{'name': 'Old Mill', 'type': 'place'}, {'name': 'Lindenhof Estate', 'type': 'place'},
                                        {'name': 'Four Wheels', 'type': 'thing'}],
                              claims=[{'entity': 'Old Mill', 'predicate': 'wheels', 'object': 4, 'quote': 'The old mill has four wheels.'},
                                      {'entity': 'Old Mill', 'predicate': 'miller', 'object': 'Ada Pond', 'quote': 'Its miller is Ada Pond.'},
                                      {'entity': 'Old Mill', 'predicate': 'within', 'object': 'Lindenhof Estate',
                                       'quote': 'The mill belongs to the Lindenhof estate.'},
                                      {'entity': 'Four Wheels', 'predicate': 'note', 'object': 'is no name', 'quote': 'four wheels'},
                                      {'entity': 'Old Mill', 'predicate': 'miller', 'object': 'Nobody', 'quote': 'not in the text'}])

    def triage(self):
        """Two names become entities, one is noise."""
        ctl(self.desk, 'discovered', 'promote', 'lindenhof ESTATE')
        self.promoted = ask(self.desk, 'discovered', 'promote', 'Old Mill', '--name', 'The Old Mill')
        noise = next(d for d in self.desk.call('Documents.Discovered', 'usa{sv}', 0, '', 0)[0] if d['name'] == 'Four Wheels')
        self.desk.call('Documents.Dismiss', 'sa{sv}', noise['discovered_id'], 0)
        self.mill = self.promoted['entity_id']

    def disagree(self):
        return self.desk.tool('submit_claim_graph', doc_id=self.documents['estate.md'], claims=[
            {'entity': 'old mill', 'predicate': 'wheels', 'object': 3, 'quote': 'The mill has three wheels'}])

    def decide(self):
        self.word = ask(self.desk, 'remember', 'The Old Mill', 'wheels', '4', '--number', '--reason', 'I counted them')

    def follow(self):
        """A rule, and what it infers over two documents' worth of facts."""
        self.desk.call('Graph.Remember', 'sssa{sv}', 'The County', 'note', 'a county', 0)
        self.desk.call('Graph.Remember', 'sssa{sv}', 'Lindenhof Estate', 'within', 'The County', 0)
        return self.desk.call('Graph.DefineRule', 'ssasssa{sv}', 'inside', 'closure', 1, 'within', 'all_within', 'all around', 0)[0]


@pytest.fixture(scope='module')
def story(shared):
    """As far as the inferred facts: what the tests that only ask are about."""
    told = Story(shared)
    told.answer = told.claims()
    told.queue = ctl(shared, 'discovered', 'list')
    told.triage()
    told.again = told.claims()
    told.disagree()
    told.open = ctl(shared, 'contradictions')
    told.decide()
    told.rule = told.follow()
    return told


def test_claims_of_undeclared_names_wait_and_false_quotes_are_dropped(story):
    assert [row['status'] for row in story.answer['results']] == ['held'] * 4 + ['dropped']
    assert 'Old Mill  place  3 claims in 1 document' in story.queue and '“Its miller is Ada Pond.”' in story.queue


def test_promoting_records_the_claims_and_what_was_dismissed_stays_away(story):
    assert story.promoted['recorded'] == 3
    assert story.again['accepted'] == 0 and story.again['unchanged'] == 3, story.again
    assert story.desk.call('Documents.Discovered', 'usa{sv}', 0, '', 0)[1] == 0
    assert 'Four Wheels' in ctl(story.desk, 'discovered', 'list', '--state', 'dismissed')


def test_disagreement_is_shown_until_the_human_decides(story):
    assert 'The Old Mill: wheels  unresolved' in story.open and 'estate.md, line 4' in story.open
    assert len(story.word['superseded']) == 2
    assert ctl(story.desk, 'contradictions') == 'No contradictions.\n'
    resolved = story.desk.call('Graph.Contradictions', 'susa{sv}', 'The Old Mill', 0, '', 1, 'state', 's', 'all')[0]
    assert [row['resolution'] for row in resolved] == ['resolved']
    overridden = story.desk.call('Graph.ContradictedFacts', 'susa{sv}', '', 0, '', 0)[0]
    assert [json.loads(row['fact'])['object'] for row in overridden] == ['3']


def test_a_trace_names_the_word_the_reason_and_what_it_superseded(story):
    said = ctl(story.desk, 'trace', 'The Old Mill', 'wheels')
    assert 'wheels = 4  human by human' in said and 'I counted them' in said
    assert 'which is of a higher tier' in said and 'mill.md, line 3' in said
    beliefs, facts, contradictions, tier = story.desk.call('Graph.Trace', 'ssa{sv}', story.word['fact_id'], '', 0)
    assert beliefs == [story.word['fact_id']] and len(facts) == 3 and tier == 'human'
    assert [row['resolution'] for row in contradictions] == ['resolved']


def test_what_follows_is_traced_down_to_what_was_observed(story):
    assert story.rule['state'] == 'active'
    facts = story.desk.call('Graph.Query', 'ssusa{sv}', 'The Old Mill', 'all_within', 0, '', 0)[1]
    assert sorted(fact['object_name'] for fact in facts) == ['Lindenhof Estate', 'The County']
    assert {fact['trust_tier'] for fact in facts} == {'inferred'}
    said = ctl(story.desk, 'trace', 'The Old Mill', 'all_within')
    assert 'follows by the rule inside (all around) from:' in said and '“The mill belongs to the Lindenhof estate.”' in said
    assert 'inside' in ctl(story.desk, 'rule', 'list')


def test_sql_is_a_table_and_nothing_can_be_written_by_it(story):
    query = "SELECT object_number + 1 AS more, quote FROM facts WHERE predicate = 'wheels'"
    assert story.desk.call('Graph.Sql', 'sa{sv}', query, 0) == [['more', 'quote'], [[5.0, '']], '']
    assert re.search(r'^more  quote\n +5', ctl(story.desk, 'sql', query), re.MULTILINE)
    assert 'observations' in ctl(story.desk, 'sql')
    assert 'may not be modified' in refused('Invalid', story.desk.call, 'Graph.Sql', 'sa{sv}', 'DELETE FROM facts', 0)


def test_names_are_found_however_they_are_written(story):
    candidates, best = story.desk.call('Graph.Resolve', 'sua{sv}', 'mill OLD, the', 0, 0)
    assert best == story.mill == candidates[0]['entity_id']
    assert 'Nobody is known' in ctl(story.desk, 'resolve', 'Xyzzy Plugh')


def test_a_projection_is_a_table(story):
    ctl(story.desk, 'projection', 'add', 'places', 'wheels=wheels', 'around:count=all_within', '--type', 'place')
    columns, rows, following = story.desk.call('Graph.QueryProjection', 'susa{sv}', 'places', 0, '', 0)
    assert columns == ['wheels', 'around'] and following == ''
    assert [(json.loads(row['entity'])['name'], row.get('wheels'), row['around']) for row in rows] == [
        ('Lindenhof Estate', None, 1), ('The Old Mill', 4.0, 2)]
    assert re.search(r'The Old Mill +4 +2\n', ctl(story.desk, 'projection', 'show', 'places'))
    ctl(story.desk, 'projection', 'rm', 'places')
    assert story.desk.call('Graph.Projections', 'us', 0, '')[0] == []


def test_the_topology_says_what_hangs_by_a_thread(story):
    entities, summary, _ = story.desk.call('Graph.Topology', 'susa{sv}', 'The Old Mill', 0, '', 0)
    assert entities[0]['observations'] >= 3 and summary['entities'] == 1
    assert 'The Old Mill' in ctl(story.desk, 'topology')


def test_the_past_is_as_it_was(story):
    entry = story.desk.call('Journal.List', 'usa{sv}', 1, '', 2, 'row_id', 's', story.word['fact_id'], 'order', 's', 'oldest')[0][0]
    before = story.desk.call('Journal.List', 'usa{sv}', 1, '', 1, 'until', 's', entry['ts'])[0][0]
    assert before['seq'] <= entry['seq']
    promoted = ask(story.desk, 'log', '--group', story.promoted['group_id'])['mutations'][0]['id']
    then = story.desk.call('Graph.AsOf', 'ssusa{sv}', promoted, 'The Old Mill', 0, '', 1, 'predicate', 's', 'wheels')
    assert [(fact['object'], fact['trust_tier']) for fact in then[2]] == [('4', 'extracted')]
    assert 'was not there' in ctl(story.desk, 'as-of', promoted, '--table', 'facts', '--row', story.word['fact_id'])
    assert 'four wheels' in ctl(story.desk, 'as-of', promoted, 'The Old Mill', '-p', 'wheels')


def test_a_row_tells_its_history_word_by_word(story):
    superseded = story.word['superseded'][0]
    entries = story.desk.call('Journal.History', 'ssusa{sv}', 'facts', superseded, 0, '', 0)[0]
    assert [entry['op'] for entry in entries] == ['update', 'insert']
    assert f'+ {story.word["fact_id"]}' in ctl(story.desk, 'history', superseded)
    assert '--table' in ctl(story.desk, 'history', 'wheels', status=2)
    assert 'insert' in ctl(story.desk, 'history', 'wheels', '--table', 'predicates')


def test_sessions_are_audited_by_what_became_of_them(story):
    entry = ask(story.desk, 'log', '--group', story.promoted['group_id'])['mutations'][0]
    sessions = story.desk.call('Journal.Sessions', 'usa{sv}', 0, '', 0)[0]
    assert entry['session_id'] in {row['session_id'] for row in sessions}
    entries, summary, _ = story.desk.call('Journal.Audit', 'susa{sv}', entry['session_id'], 0, '', 0)
    assert {row['fate'] for row in entries} >= {'standing', 'superseded'}
    assert json.loads(summary['cohort']) == {'session_id': entry['session_id']}
    said = ctl(story.desk, 'audit', entry['session_id'])
    assert f'ouroborosctl revert {entry["session_id"]}' in said and 'superseded since' in said
    assert story.desk.call('Journal.Anomalies', 'ua{sv}', 0, 0) == [[], 0]
    assert ctl(story.desk, 'anomalies') == 'Nothing unusual.\n'


def test_a_preview_shows_what_would_be_without_and_changes_nothing(story):
    group, seq = story.word['group_id'], ask(story.desk, 'log', '-n', 1)['mutations'][0]['seq']
    said = ctl(story.desk, 'preview', group)
    assert '- wheels = 4  human' in said and '+ wheels = 3  extracted' in said
    without, entities, _, tables = story.desk.call('Journal.BranchPreview', 'sa{sv}', group, 0)
    assert without == {'group_id': group, 'entries': 3} and len(entities) == 1 and json.loads(tables['tables']) == {'facts': 3}
    assert '3 changes would be reverted: facts 3.' in ctl(story.desk, 'revert', '--preview', group)
    assert ask(story.desk, 'log', '-n', 1)['mutations'][0]['seq'] == seq


def test_a_merge_is_one_entity_until_it_is_reverted(desk):
    desk.remember('Mill', 'note', 'one')
    desk.remember('Muehle', 'note', 'two')
    muehle = desk.tool('get_entity', entity_name='Muehle')['id']
    kept, merged, group = desk.call('Graph.Merge', 'sasa{sv}', 'Mill', 1, muehle, 0)
    assert kept['name'] == 'Mill' and [row['name'] for row in merged] == ['Muehle']
    assert desk.objects('Muehle') == desk.objects('Mill') == ['one', 'two']
    assert ctl(desk, 'entity', 'Muehle').count('Mill\n') == 1
    assert desk.call('Graph.AddAlias', 'ssa{sv}', 'Mill', 'Moulin', 0) == [['Moulin']]
    assert desk.objects('moulin') == ['one', 'two']
    desk.call('Journal.RevertGroup', 'sa{sv}', group, 0)
    assert (desk.objects('Mill'), desk.objects('Muehle')) == (['one'], ['two'])
    assert 'Its other names are now: ' in ctl(desk, 'alias', 'add', 'Mill', 'Molen')
    ctl(desk, 'alias', 'rm', 'Mill', 'Molen')
    said = ctl(desk, 'merge', 'Mill', 'Muehle')
    ctl(desk, *re.search('ouroborosctl (revert grp-[0-9a-f]+)', said).group(1).split())
    assert desk.objects('Muehle') == ['two']


def test_a_session_is_taken_back_as_one(desk):
    desk.remember('Ada', 'note', 'kept')
    bus = desk.connect()
    graph = bus.get_object('org.ouroboros.Ouroboros1', '/org/ouroboros/Ouroboros1', introspect=False)
    for said in ('one', 'two', 'three'):
        graph.Remember('Ada', 'note', said, {'reason': 'a spree'}, dbus_interface='org.ouroboros.Ouroboros1.Graph', signature='sssa{sv}')
    session = f'dbus-{bus.get_unique_name()}'
    bus.close()
    assert '3 changes would be reverted: facts 3.' in ctl(desk, 'revert', '--preview', session)
    report = desk.call('Journal.RevertGroup', 'sa{sv}', '', 1, 'session_id', 's', session)[0]
    assert report['count'] == 3 and desk.objects('Ada') == ['kept']
    ctl(desk, 'verify')


def test_diffs_are_told_by_words(desk):
    desk.call('Graph.ProposePredicate', 'ssss', 'colour', 'text', 'one', 'What colour it has, as people say it')
    desk.call('Graph.DecidePredicate', 'ssa{sv}', 'colour', 'retire', 0)
    assert 'retired' in ctl(desk, 'remember', 'Ada', 'colour', 'red', status=2)
    said = ctl(desk, 'log', '--diff', '--table', 'predicates', '-n', 1)
    assert '  state\n' in said and 'retired' in said, said
    ctl(desk, 'predicate', 'reinstate', 'colour')
    ctl(desk, 'remember', 'Ada', 'colour', 'red')


def test_a_contradiction_may_stand_until_something_new_is_said(desk):
    story = Story(desk)
    story.claims()
    story.triage()
    story.disagree()
    ctl(desk, 'contradiction', 'acknowledge', 'The Old Mill', 'wheels', '--note', 'both count differently')
    assert ctl(desk, 'contradictions') == 'No contradictions.\n'
    assert 'both count differently' in ctl(desk, 'contradictions', '--all')
    ctl(desk, 'contradiction', 'acknowledge', 'The Old Mill', 'wheels', '--note', 'both count by other rules')
    said = ctl(desk, 'log', '--diff', '-n', 4)
    assert '    both count [-differently-]{+by other rules+}\n' in said, said
    desk.call('Graph.ResolveContradiction', 'sssa{sv}', 'The Old Mill', 'wheels', 'unresolved', 0)
    assert 'unresolved' in ctl(desk, 'contradictions')


def test_rules_and_dismissals_can_be_taken_back(desk):
    story = Story(desk)
    story.claims()
    story.triage()
    story.follow()
    inferred = lambda: desk.call('Graph.Query', 'ssusa{sv}', 'The Old Mill', 'all_within', 0, '', 0)[1]
    assert len(inferred()) == 2
    ctl(desk, 'rule', 'retire', 'inside')
    assert inferred() == []
    assert desk.call('Graph.DecideRule', 'ss', 'inside', 'reinstate')[0]['facts'] == 3
    assert len(inferred()) == 2
    ctl(desk, 'discovered', 'restore', 'four wheels')
    assert 'is no name' in ctl(desk, 'discovered', 'list')
    assert 'claims recorded: 1' in ctl(desk, 'discovered', 'merge', 'FOUR WHEELS', 'The Old Mill')
    assert desk.objects('Four Wheels') == desk.objects('The Old Mill')


def test_documents_are_queued_for_mining_and_handed_out(desk):
    document = Story(desk).documents['mill.md']
    assert desk.call('Documents.Mine', 'sa{sv}', document, 0) == [1, 0, 0]
    assert re.search(r'queued +0/\d  mill.md', ctl(desk, 'mine', 'list'))
    handed = desk.tool('get_document_for_mining')
    assert handed['doc_id'] == document and handed['text'] == MILL
    desk.tool('finish_mining', lease_id=handed['lease']['lease_id'], outcome='done')
    assert [job['state'] for job in desk.call('Documents.Mining', 'usa{sv}', 0, '', 0)[0]] == ['mined']
    root = ask(desk, 'root', 'list')['roots'][0]['root_id']
    assert ask(desk, 'mine', 'add', root) == {'enqueued': 1, 'already': 0, 'skipped': 1}
    other = next(job['document_id'] for job in ask(desk, 'mine', 'list', '--state', 'queued')['jobs'])
    assert ctl(desk, 'mine', 'cancel', other) == 'It is no longer to be mined.\n'


def test_links_wait_for_the_human(desk):
    story = Story(desk)
    story.claims()
    story.triage()
    desk.tool('find_autolinks')
    links = desk.call('Documents.Autolinks', 'usa{sv}', 0, '', 2, 'entity_id', 's', story.mill, 'document_id', 's', story.documents['mill.md'])[0]
    assert [link['quote'].lower().count('old mill') for link in links] == [1]
    assert 'The Old Mill in ' in ctl(desk, 'link', 'list', '--entity', 'The Old Mill')
    state, fact, group = desk.call('Documents.DecideAutolink', 'ssa{sv}', links[0]['link_id'], 'accept', 0)
    assert state == 'accepted' and 'mentioned_in' in ctl(desk, 'trace', fact) and group.startswith('grp-')
    others = [link['link_id'] for link in ask(desk, 'link', 'list')['links']]
    assert others and ctl(desk, 'link', 'reject', *others).count('It is rejected.') == len(others)
    assert ctl(desk, 'link', 'list') == 'No links.\n'


def test_a_journal_carries_everything_into_an_empty_home_and_nowhere_else(desk, desktop):
    story = Story(desk)
    story.claims()
    story.triage()
    story.decide()
    story.follow()
    path = desk.folder / 'journal.jsonl'
    assert 'in plain text' in ctl(desk, 'export', path) and path.stat().st_mode & 0o777 == 0o600
    assert 'exists' in ctl(desk, 'export', path, status=5)  # never over a file that is there
    part = desk.folder / 'part.jsonl'
    assert 'only a whole one' in ctl(desk, 'export', '--table', 'facts', part)
    assert ask(desk, 'export', '--group', story.word['group_id'], desk.folder / 'group.jsonl')['complete'] is False
    assert 'empty vault only' in ctl(desk, 'import', path, status=5)
    other = desktop()
    other.start_daemon()
    assert 'only a complete one' in ctl(other, 'import', part, status=2)
    other.polkit_says('no', 'org.ouroboros.data.restore')
    assert 'data.restore' in ctl(other, 'import', path, status=4)
    other.polkit_says('yes', 'org.ouroboros.data.restore')
    ctl(other, 'import', path)
    assert other.objects('The Old Mill') == desk.objects('The Old Mill') != []
    assert ask(other, 'log', '-n', 500)['mutations'][-40:] == ask(desk, 'log', '-n', 500)['mutations'][-40:]
    # the bytes of documents come from their folders, which are still there
    assert wait_until(lambda: not other.tool('ingest_status')['pending'], 30, 0.2)
    assert 'All is well.' in ctl(other, 'verify')


def test_a_hard_delete_needs_polkit_and_then_nothing_tells_of_it(desk):
    secret = 'Zanzibar4711'
    desk.remember('Ada', 'note', 'stays')
    fact = desk.remember('Ada', 'note', secret)
    desk.polkit_says('no', 'org.ouroboros.journal.hard-delete')
    asked = len(desk.polkit_was_asked())
    preview = ask(desk, 'hard-delete', '--preview', fact)
    assert preview['tables'] == [{'table': 'facts', 'rows': 1}] and len(desk.polkit_was_asked()) == asked
    target = ('aa{sv}sa{sv}', 1, 2, 'kind', 's', 'fact', 'id', 's', fact)
    assert 'hard-delete' in refused('Denied', desk.call, 'Journal.HardDelete', *target, preview['token'], 0)
    assert 'hard-delete' in ctl(desk, 'hard-delete', '--yes', fact, status=4)
    assert desk.objects('Ada') == [secret, 'stays']
    desk.polkit_says('yes', 'org.ouroboros.journal.hard-delete')
    assert '--yes' in ctl(desk, 'hard-delete', fact, status=2)
    refused('Stale', desk.call, 'Journal.HardDelete', *target, '0' * len(preview['token']), 0)
    report = desk.call('Journal.HardDelete', *target, preview['token'], 1, 'preview', 'b', 'true')[0]
    assert report['deleted'] is True and report['rows'] == 1, report
    assert desk.polkit_was_asked()[-1]['action'] == 'org.ouroboros.journal.hard-delete'
    assert desk.objects('Ada') == ['stays']
    said = ctl(desk, 'history', fact) + ctl(desk, 'log', '-n', 50, '--diff') + json.dumps(ask(desk, 'log', '-n', 50))
    assert secret not in said and fact in said
    ctl(desk, 'export', desk.folder / 'journal.jsonl')
    assert secret not in (desk.folder / 'journal.jsonl').read_text(encoding='utf-8')
    assert 'All is well.' in ctl(desk, 'verify')
