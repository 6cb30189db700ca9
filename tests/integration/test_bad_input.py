# SPDX-License-Identifier: GPL-3.0-or-later
"""Every argument has limits and an error that names them: the tools are walked by their own schemas. After
each test the same process answers and everything that it acknowledged is there; at the end, after a restart."""
import itertools
import json

import pytest
from account import Account, ingested, refusal, refused, rows
from desktop import Desktop, build_root

MEGABYTE = 1_000_000
NOWHERE = '0' * 32
TEXT = 'Ein schöner Satz über Öl. ' * 20 + 'Ende.'  # characters and bytes are not the same number


# What a tool wants beyond its schema, so that it gets to the argument that is tried.
SENSIBLE = {'as_of': {'at': 1, 'entity_name': 'Thing 0'}, 'define_projection': {'columns': [{'name': 'said', 'predicates': ['note']}]},
            'execute_code': {'code': 'return 1'}, 'sql_query': {'sql': 'SELECT :k'}, 'session_audit': {'group_id': 'grp-' + NOWHERE},
            'query_codebase': {'kind': 'symbols'}, 'add_repository': {'path': '/nowhere'}}


@pytest.fixture(scope='module')
def world():
    """A daemon with a root that has one document, and the account of what it acknowledged."""
    with Desktop(build_root()) as desk:
        desk.start_daemon()
        folder = desk.folder / 'papers'
        folder.mkdir()
        (folder / 'oil.txt').write_text(TEXT, encoding='utf-8')
        (folder / 'water.txt').write_text('Water is wet.', encoding='utf-8')
        account = Account(desk)
        account.client.tool('register_root', path=str(folder))
        ingested(account.client)
        account.document = rows(account.client)['oil.txt']['document_id']
        account.numbers = itertools.count()
        for number in range(3):
            account.client.tool('remember_fact', entity_name=f'Thing {number}', predicate='note', object='there')
        account.client.tool('define_projection', name='x', **SENSIBLE['define_projection'])
        yield account
        account.survives()
        print(desk.log())


@pytest.fixture
def account(world):
    world.keep(f'before test {next(world.numbers)}')
    yield world
    world.stands()


@pytest.fixture
def client(account):
    return account.client


def schemas(client):
    """(tool, its input schema) of all tools."""
    for tool in map(str, (tool['name'] for tool in client.call('Tools.List'))):
        schema = json.loads(client.call('Tools.Describe', tool))['input_schema']
        yield tool, {**schema, 'sensible': SENSIBLE.get(tool, {})}


def dummy(schema):
    """A value that the schema allows."""
    kinds = schema.get('type', 'string')
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if 'enum' in schema:
        return schema['enum'][0]
    if kind == 'array':
        return [dummy(schema['items'])] * schema.get('minItems', 0)
    if kind == 'object':
        return arguments({'properties': {}, **schema})
    return {'string': 'x', 'integer': max(1, schema.get('minimum', 1)), 'number': 0.5, 'boolean': True}[kind]


def arguments(schema, **given):
    """What is required, with dummies, and what is given."""
    dummies = {name: dummy(schema['properties'][name]) for name in schema.get('required', ())}
    return {**dummies, **schema.get('sensible', {}), **given}


def stuffed(schema, text):
    """A value of the kind that the schema wants, with the text wherever there is room for one."""
    kinds = kinds_of(schema)
    if 'string' in kinds:
        return text
    if 'object' in kinds:
        return {'k': text} if not schema.get('properties') else \
            {**dummy(schema), **{name: text for name, rule in schema['properties'].items() if 'string' in kinds_of(rule)}}
    return [stuffed(schema['items'], text)]


def kinds_of(schema):
    kinds = schema.get('type', ())
    own = {kinds} if isinstance(kinds, str) else set(kinds)
    return own.union(*map(kinds_of, schema.get('anyOf', ())))


# ---- names, types and sizes, for every argument of every tool ----

def test_every_tool_names_a_member_it_does_not_know_and_those_it_does(client):
    for tool, schema in schemas(client):
        known = sorted(schema['properties'])[:1] or ['none']
        refused('Invalid', ('"colour"', *known), client.tool, tool, **arguments(schema), colour='red')


def test_every_argument_of_the_wrong_type_is_named_with_the_right_one(client):
    wrong = {'string': 'x', 'integer': 1.5, 'boolean': True, 'object': {}, 'array': [], 'null': None}
    for tool, schema in schemas(client):
        for name, rule in schema['properties'].items():
            allowed = kinds_of(rule) | ({'integer'} if 'number' in kinds_of(rule) else set())
            for kind, value in wrong.items():
                if kind not in allowed:
                    error = refused('Invalid', f'/{name}', client.tool, tool, **arguments(schema, **{name: value}))
                    assert any(word in error.message for word in kinds_of(rule)), error


def test_every_missing_argument_is_named(client):
    for tool, schema in schemas(client):
        for name in schema.get('required', ()):
            given = arguments(schema)
            del given[name]
            refused('Invalid', (f'"{name}"', 'required'), client.tool, tool, **given)


def test_every_number_below_and_above_its_bounds_is_refused_naming_the_bound(client):
    for tool, schema in schemas(client):
        for name, rule in schema['properties'].items():
            if not kinds_of(rule) & {'integer', 'number'} or 'string' in kinds_of(rule):
                continue
            for value in (str(rule['minimum'] - 1), '-9223372036854775808', '-1e300'):
                text = json.dumps(arguments(schema))[:-1] + (', ' if arguments(schema) else '') + f'"{name}": {value}}}'
                error = refused(('Invalid', 'Limit'), name, client.text, tool, text)
                assert str(rule['minimum']) in error.message or 'must be integer' in error.message, error
            for value in ('9223372036854775808', '1e300', '9' * 400):
                text = json.dumps(arguments(schema))[:-1] + (', ' if arguments(schema) else '') + f'"{name}": {value}}}'
                error = refusal(client.text, tool, text) if 'maximum' in rule else None
                assert error is None or error.name in ('Invalid', 'Limit'), error


def test_a_page_has_at_most_500_rows(client):
    for tool, schema in schemas(client):
        if 'limit' in schema['properties']:
            most = schema['properties']['limit'].get('maximum', 500)
            for limit in (0, -1, most + 1, 2**31, 2**63 - 1):
                refused('Invalid', ('/limit', str(most) if limit > 0 else '1'), client.tool, tool,
                        **arguments(schema, limit=limit))


@pytest.mark.parametrize('size', [MEGABYTE, 10 * MEGABYTE])
def test_a_string_of_many_megabytes_in_any_argument_is_refused_naming_the_limit(client, size):
    long = 'x' * size
    for tool, schema in schemas(client):
        for name, rule in schema['properties'].items():
            if not kinds_of(rule) & {'string', 'array', 'object'}:
                continue
            given = arguments(schema, **{name: stuffed(rule, long)})
            if long not in json.dumps(given):
                continue
            if tool == 'remember_fact' and name in ('object', 'qualifiers'):
                given = {**given, 'entity_name': 'Ada', 'predicate': 'note', 'object': given.get('object') or 'x'}
            if tool == 'submit_claim_graph' and name == 'entities' and size == MEGABYTE:
                answer = client.tool(tool, **given)  # one that is bad does not fail the batch
                assert '_MAX' in json.dumps(answer) and len(json.dumps(answer)) < 3000 and not answer['changed'], answer
                continue
            error = refusal(client.tool, tool, **given)
            assert error.name in ('Limit', 'Invalid'), (tool, name, str(error)[:300])
            limit = 'BUS_ARGS_BYTES_MAX' if size > 8 * 1024 * 1024 or name == 'claims' else ('_MAX', 'at most', 'not one of', 'has no column')
            assert any(word in error.message for word in ([limit] if isinstance(limit, str) else limit)), (tool, name, error)
            assert len(error.message) < 2000, 'the answer repeats what was given'


def test_ten_megabytes_in_any_argument_of_a_method_name_the_limit(client):
    long = 'x' * 10 * MEGABYTE
    for method, given in (
            ('Documents.AddRoot', (long, {})), ('Documents.RemoveRoot', (long,)), ('Documents.Rescan', (long,)),
            ('Documents.Search', (long, 5, '', {})), ('Documents.Search', ('x', 5, long, {})),
            ('Documents.List', (long, 5, '', {})), ('Documents.Text', (long, 0, 0)), ('Documents.Open', (long,)),
            ('Graph.Entities', (long, 5, '', {})), ('Graph.Query', (long, '', 5, '', {})), ('Graph.Query', ('x', long, 5, '', {})),
            ('Graph.Remember', (long, 'note', 'x', {})), ('Graph.Remember', ('x', long, 'x', {})),
            ('Graph.Remember', ('x', 'note', long, {})), ('Graph.Remember', ('x', 'note', 'x', {'quote': long})),
            ('Graph.Remember', ('x', 'note', 'x', {long: 'y'})), ('Graph.Contradictions', (long, 5, '', {})),
            ('Journal.List', (5, long, {})), ('Journal.List', (5, '', {'text': long})), ('Journal.Show', (long,)),
            ('Journal.Diff', (long,)), ('Journal.Revert', (long, {})), ('Journal.RevertGroup', (long, {})),
            ('Manager.Backup', (long,)), ('Manager.Restore', (long,)), ('Manager.Rebuild', (long,)),
            ('Tools.Describe', (long,)), ('Tools.Call', (long, '{}'))):
        error = refused('Limit', 'BUS_ARGS_BYTES_MAX', client.call, method, *given)
        assert len(error.message) < 2000


# ---- JSON ----

@pytest.mark.parametrize('text', [' ', '{', '}', '{"a"', '{"a":}', '{"a":1,}', '{a:1}', "{'a':1}", '{"a":1}x', '{}{}',
                                  '{"a":01}', '{"a":+1}', '{"a":.5}', '{"a":NaN}', '{"a":Infinity}', '{"a":"\x01"}',
                                  '{"a":"\\x"}', '{"a":"\\ud800"}', '{"a":tru}', '[1', 'nul', '"x', '/* */{}', '\ufeff{'])
def test_malformed_json_is_invalid(client, text):
    refused('Invalid', 'JSON', client.text, 'whoami', text)


@pytest.mark.parametrize('text', ['[]', '1', '"x"', 'null', 'true'])
def test_json_that_is_no_object_is_invalid(client, text):
    refused('Invalid', 'object', client.text, 'whoami', text)


@pytest.mark.parametrize('text', ['{"a":"x\\u0000y"}', '{"a\\u0000b":1}', '{"a":["\\u0000"]}'])
def test_a_nul_is_refused_wherever_it_stands(client, text):
    refused('Invalid', '\\u0000', client.text, 'whoami', text)


def test_a_nul_in_any_argument_stores_nothing(client):
    for tool, schema in schemas(client):
        for name, rule in schema['properties'].items():
            if 'string' in kinds_of(rule):
                refused('Invalid', '\\u0000', client.tool, tool, **arguments(schema, **{name: 'a\0b'}))


@pytest.mark.parametrize('shape', ['{"a":%s}', '[%s]'])
@pytest.mark.parametrize('depth', [65, 1000, 1_000_000])
def test_json_nested_too_deep_names_the_limit(client, shape, depth):
    before, after = shape.split('%s')
    refused('Limit', 'JSON_DEPTH_MAX', client.text, 'whoami', before * depth + '1' + after * depth)


def test_an_object_that_is_itself_too_deep_is_refused_and_one_below_the_limit_kept(account, client):
    def nested(depth):
        value = 1
        for _ in range(depth):
            value = {'k': value}
        return value
    refused('Limit', 'JSON_DEPTH_MAX', client.tool, 'remember_fact', entity_name='Deep', predicate='frontmatter', object=nested(70))
    client.tool('remember_fact', entity_name='Deep', predicate='frontmatter', object=nested(50))


def test_an_unknown_tool_is_not_found(client):
    for name in ('', 'x' * 1000, 'whoamI', '../whoami', 'org.ouroboros'):
        refused(('NotFound', 'Invalid', 'Limit'), '', client.text, name, '{}')
    refused('NotFound', 'whoami', client.text, 'whoamI', '{}')


# ---- facts ----

def test_an_unknown_predicate_is_refused_naming_the_nearest(client):
    refused('Invalid', ('autor', 'author'), client.tool, 'remember_fact', entity_name='Ada', predicate='autor', object='x')
    refused('Invalid', 'predicates_in_use', client.tool, 'remember_fact', entity_name='Ada', predicate='zzzzqqqqxxxx', object='x')


@pytest.mark.parametrize('predicate,value,words', [
    ('employee_count', 'many', ('number', '42')), ('employee_count', True, 'number'), ('employee_count', '1e999', 'number'),
    ('employee_count', {}, 'number'), ('employee_count', '0x10', 'number'), ('born_on', 'yesterday', ('date', '2026-04-12')),
    ('born_on', '2026-02-30', 'date'), ('born_on', 5, 'date'), ('born_on', {}, 'date'), ('works_for', '', 'empty'),
    ('works_for', {'name': 'x'}, 'entity'), ('works_for', True, 'entity'), ('works_for', 3, 'entity'), ('described_in', 'a book', ('document', 'id')),
    ('described_in', 7, 'document'), ('frontmatter', 'no json {', 'JSON'), ('note', {'a': 1}, 'text'), ('note', [1], 'text'), ('note', '', 'empty')])
def test_an_object_of_the_wrong_kind_says_which_kind_is_wanted(client, predicate, value, words):
    refused('Invalid', words, client.tool, 'remember_fact', entity_name='Ada', predicate=predicate, object=value)


@pytest.mark.parametrize('value', ['maybe', 1, {}, 'yes'])
def test_only_true_and_false_are_bools(client, value):
    client.tool('propose_predicate', name='is_wet', object_kind='bool', cardinality='one', description='Is it wet?')
    refused('Invalid', 'is_wet takes a bool', client.tool, 'remember_fact', entity_name='Ada', predicate='is_wet', object=value)
    client.tool('remember_fact', entity_name='Ada', predicate='is_wet', object=True)


def said(account, quote, **options):
    return account.client.tool('remember_fact', entity_name='Oil', predicate='note', object='found', quote=quote,
                               document_id=account.document, **options)


def test_a_quote_of_300_characters_passes_and_of_301_does_not(account):
    quote = TEXT[:300]
    assert len(quote.encode()) > 300
    fact = said(account, quote)['fact_id']
    assert account.client.tool('verify_quote', fact_id=fact)['valid'] is True
    refused('Limit', '300', said, account, TEXT[:301])


@pytest.mark.parametrize('quote', ['Ein schoener Satz', 'ein schöner Satz', 'Ein  schöner Satz', 'Ein scho\u0308ner Satz', 'Water is wet.'])
def test_a_quote_that_is_not_in_the_source_letter_for_letter_is_refused(account, quote):
    refused('Invalid', ('quote', account.document), said, account, quote)


def test_an_empty_quote_is_refused(account):
    refused('Invalid', 'quote', said, account, '')


@pytest.mark.parametrize('given,word', [
    ({'confidence': 1.5}, '1'), ({'confidence': -0.1}, '0'), ({'observed_at': 'now'}, 'observed_at'),
    ({'observed_at': '2999-01-01'}, 'tomorrow'), ({'observed_at': '0001-01-01'}, '1000'),
    ({'qualifiers': {'k': 'x' * 17000}}, 'CLAIM_QUALIFIERS_BYTES_MAX'), ({'supersedes': ['x']}, 'fact-'),
    ({'supersedes': ['fact-' + NOWHERE] * 101}, '100'), ({'entity_type': 'Not a type'}, 'entity_type'),
    ({'entity_id': 'ent-' + NOWHERE}, 'either'), ({'object': 'x' * 65537}, 'GRAPH_OBJECT_CHARS_MAX')])
def test_other_arguments_of_a_fact_name_their_limits(client, given, word):
    refused(('Invalid', 'Limit'), word, client.tool, 'remember_fact',
            **{'entity_name': 'Ada', 'predicate': 'note', 'object': 'x', **given})


@pytest.mark.parametrize('name', [
    'مرحبا بالعالم', 'שלום', 'Zoe\u0308', 'Zürich', '東京', 'नमस्ते', '👩‍👩‍👧‍👦 family', '🏳️‍🌈', 'a\u202eb\u202cc', 'tab\tand\nline', "Robert'); DROP TABLE facts;--",
    '%s%n', '../../etc', '<b>&amp;</b>', '😀' * 300])
def test_any_name_is_kept_as_it_is_said(client, name):
    made = client.tool('remember_fact', entity_name=name, predicate='note', object=name)
    entity = client.tool('get_entity', entity_id=made['entity_id'])
    assert (entity.get('entity') or entity)['name'] == name
    facts = client.tool('query_knowledge', entity_name=name)['knowledge_facts']
    assert [fact['object'] for fact in facts] == [name]
    assert client.tool('list_mutations', row_id=made['fact_id'])['mutations'][0]['after']['object'] == name


def test_names_are_counted_in_characters(client):
    refused('Limit', '300', client.tool, 'remember_fact', entity_name='😀' * 301, predicate='note', object='x')


@pytest.mark.parametrize('name', ['', ' ', '\u200b', '\u0301'])
def test_a_name_of_nothing_is_refused(client, name):
    refused('Invalid', 'entity_name', client.tool, 'remember_fact', entity_name=name, predicate='note', object='x')


# ---- ids ----

FACT = {'entity_name': 'Ada', 'predicate': 'note', 'object': 'x'}
BY_ID = [
    ('get_entity', 'entity_id', 'ent', {}), ('query_knowledge', 'entity_id', 'ent', {}), ('find_contradictions', 'entity_id', 'ent', {}),
    ('predicates_in_use', 'entity_id', 'ent', {}), ('remember_fact', 'entity_id', 'ent', {'predicate': 'note', 'object': 'x'}),
    ('remember_fact', 'object', 'ent', {**FACT, 'predicate': 'works_for'}), ('remember_fact', 'object', 'doc', {**FACT, 'predicate': 'described_in'}),
    ('remember_fact', 'document_id', 'doc', FACT), ('remember_fact', 'document_id', 'doc', {**FACT, 'quote': 'x'}),
    ('query_knowledge', 'document_id', 'doc', {}), ('get_document', 'document_id', 'doc', {}), ('get_document_text', 'document_id', 'doc', {}),
    ('verify_quote', 'fact_id', 'fact', {}), ('list_documents', 'root_id', 'root', {}), ('search_documents', 'root_id', 'root', {'query': 'x'}),
    ('remove_root', 'root_id', 'root', {}), ('rescan_root', 'root_id', 'root', {}), ('get_mutation', 'mutation_id', 'mut', {}),
    ('revert_mutation', 'mutation_id', 'mut', {}), ('revert_group', 'group_id', 'grp', {}), ('revert_group', 'group_id', 'grp', {'preview': True})]


@pytest.mark.parametrize('tool,name,prefix,others', BY_ID)
def test_an_unknown_id_is_not_found(client, tool, name, prefix, others):
    unknown = f'{prefix}-{NOWHERE}'
    refused('NotFound', unknown, client.tool, tool, **{**others, name: unknown})


@pytest.mark.parametrize('tool,name,prefix,others', [row for row in BY_ID if row[1] != 'object'])
def test_what_is_no_id_is_refused(client, tool, name, prefix, others):
    for text in ('', 'x', prefix, f'{prefix}-', f'{prefix}-{NOWHERE[1:]}', f'{prefix}-{"g" * 32}', f'{prefix}-{"A" * 32}', f'conn-{NOWHERE}',
                 f' {prefix}-{NOWHERE}', f"{prefix}-{NOWHERE}'"):
        refused(('NotFound', 'Invalid'), '', client.tool, tool, **{**others, name: text})


def test_an_unknown_fact_cannot_be_superseded(client):
    refused('NotFound', 'fact-' + NOWHERE, client.tool, 'remember_fact', **FACT, supersedes=['fact-' + NOWHERE])


@pytest.mark.parametrize('method,prefix,others', [
    ('Documents.RemoveRoot', 'root', ()), ('Documents.Rescan', 'root', ()), ('Documents.List', 'root', (5, '', {})), ('Documents.Text', 'doc', (0, 0)),
    ('Documents.Open', 'doc', ()), ('Graph.Query', 'ent', ('', 5, '', {})), ('Graph.Remember', 'ent', ('note', 'x', {})),
    ('Graph.Contradictions', 'ent', (5, '', {})), ('Journal.Show', 'mut', ()), ('Journal.Diff', 'mut', ()), ('Journal.Revert', 'mut', ({},)),
    ('Journal.RevertGroup', 'grp', ({},))])
def test_a_method_does_not_find_an_unknown_id(client, method, prefix, others):
    unknown = f'{prefix}-{NOWHERE}'
    refused('NotFound', unknown, client.call, method, unknown, *others)


def test_a_range_outside_of_the_text_names_its_length(account, client):
    for start, end in ((10**6, 0), (5, 3), (2**62, 2**62 + 1)):
        refused('Invalid', str(len(TEXT)), client.tool, 'get_document_text', document_id=account.document, char_start=start, char_end=end)


# ---- cursors ----

def paged(client):
    for tool, schema in schemas(client):
        if 'after' in schema['properties']:
            yield tool, arguments(schema)


def test_a_garbled_cursor_is_stale(client):
    for tool, given in paged(client):
        for after in ('AAAA', '!', 'é', '=' * 8, 'x' * 8192, NOWHERE, '%00', 'null'):
            refused('Stale', 'after', client.tool, tool, **given, after=after)


def test_a_cursor_of_another_list_or_with_one_letter_changed_is_stale(client):
    cursor = client.tool('list_entities', limit=1)['next']
    for tool, given in paged(client):
        if tool != 'list_entities':
            refused('Stale', 'after', client.tool, tool, **given, after=cursor)
    for at in range(0, len(cursor), 5):
        damaged = cursor[:at] + ('A' if cursor[at] != 'A' else 'B') + cursor[at + 1:]
        refused('Stale', 'after', client.tool, 'list_entities', limit=1, after=damaged)


def test_a_cursor_with_other_filters_is_stale(client):
    for tool, first, second in (('list_entities', {}, {'name_prefix': 'T'}), ('list_mutations', {}, {'table_name': 'facts'}),
                                ('list_documents', {}, {'errors_only': True}), ('query_knowledge', {}, {'predicate': 'note'})):
        cursor = client.tool(tool, limit=1, **first)['next']
        assert cursor, tool
        refused('Stale', 'after', client.tool, tool, limit=1, **second, after=cursor)
        client.tool(tool, limit=1, **first, after=cursor)
