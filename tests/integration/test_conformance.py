# SPDX-License-Identifier: GPL-3.0-or-later
"""The official MCP conformance suites against our protocol: ouroborosd-conformance has the fixtures that the scenarios
call. Each scenario is a test; how many there are and how much they check is counted, so that a suite that does nothing
is seen. Then the same daemon with one fault: the scenario that is about it must fail.

Seen to fail: without resources and prompts; with a daemon that crashes on the way; each fault is one more way."""
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import urllib.error
import urllib.request

import npm
import pytest
from desktop import Desktop, build_root, wait_until

NEW, OLD = '@modelcontextprotocol/conformance', 'conformance-0.1'
SUITE_SEC = 150
REVISIONS = {'2025-11-25': 30, '2026-07-28': 37}  # and how many scenarios each is scored by
# Not scored by the suite's own rules, and passed all the same.
BESIDES = {'2025-11-25': ['server-session-lifecycle', 'json-schema-2020-12'],
           '2026-07-28': ['json-schema-2020-12', 'http-header-validation', 'http-custom-header-server-validation']}
ACTIVE = ['server-initialize', 'logging-set-level', 'ping', 'completion-complete', 'tools-list', 'tools-call-simple-text',
          'tools-call-image', 'tools-call-audio', 'tools-call-embedded-resource', 'tools-call-mixed-content',
          'tools-call-with-logging', 'tools-call-error', 'tools-call-with-progress', 'tools-call-sampling',
          'tools-call-elicitation', 'elicitation-sep1034-defaults', 'server-sse-multiple-streams', 'elicitation-sep1330-enums',
          'resources-list', 'resources-read-text', 'resources-read-binary', 'resources-templates-read', 'resources-subscribe',
          'resources-unsubscribe', 'prompts-list', 'prompts-get-simple', 'prompts-get-with-args', 'prompts-get-embedded-resource',
          'prompts-get-with-image', 'dns-rebinding-protection']
# How many checks succeed in each run; a newer suite has others.
CHECKS = {('new', '2025-11-25'): 69, ('new', '2026-07-28'): 119, ('old', 'active'): 39}

# The fault, the scenario that is about it, its revision, and the check that fails.
FAULTS = [
    ('no-origin-check', 'dns-rebinding-protection', '2026-07-28', 'localhost-host-rebinding-rejected'),
    ('no-origin-check', 'dns-rebinding-protection', '2025-11-25', 'localhost-host-rebinding-rejected'),
    ('no-session-isolation', 'server-session-lifecycle', '2025-11-25', 'server-session-terminated-returns-404'),
    ('wrong-caching-hint', 'caching', '2026-07-28', 'sep-2549-cache-scope-valid'),
    ('no-header-check', 'http-header-validation', '2026-07-28', ''),
    ('wrong-result-type', 'input-required-result-result-type', '2026-07-28', 'sep-2322-result-type-included'),
    ('accepts-tampered-state', 'input-required-result-tampered-state', '2026-07-28', 'sep-2322-reject-tampered-state'),
    ('no-version-check', 'server-stateless', '2026-07-28', 'sep-2575-server-unsupported-version-error'),
    ('empty-unknown-resource', 'sep-2164-resource-not-found', '2026-07-28', 'sep-2164-no-empty-contents'),
    ('asks-undeclared', 'server-stateless', '2026-07-28', 'sep-2575-server-rejects-undeclared-capability'),
    ('asks-undeclared', 'input-required-result-capability-check', '2026-07-28', 'sep-2322-respect-client-capabilities'),
    ('optional-meta', 'server-stateless', '2026-07-28', 'sep-2575-request-meta-invalid-missing-meta'),
    ('untagged-notifications', 'server-stateless', '2026-07-28', 'sep-2575-server-tags-subscription-id'),
    ('logs-unasked', 'server-stateless', '2026-07-28', 'sep-2575-server-no-log-without-loglevel'),
    ('errors-as-results', 'tools-call-error', '2025-11-25', 'tools-call-error'),
]


def required(revision):
    """The scenarios that a revision is scored by, as the suite's own list has them."""
    text = (npm.MODULES / NEW / f'requirements/{revision}.yaml').read_text(encoding='utf-8')
    return re.findall(r'^  - ([\w-]+)$', re.search(r'^server:\n((?:  - .*\n)+)', text, re.MULTILINE)[1], re.MULTILINE)


class Server:
    """The daemon under test, with a fault or none."""

    def __init__(self, fault=None):
        self.desk = Desktop(build_root(), keyring='none')
        self.option = '--conformance' + (f'={fault}' if fault else '')

    def __enter__(self):
        self.desk.__enter__()
        program = self.desk.build / 'tests/conformance/ouroborosd-conformance'
        said = self.desk.folder / 'said'
        with open(self.desk.folder / 'daemon.log', 'ab') as log, open(said, 'wb') as out:
            self.desk.start_with_sockets(str(program), '--user', self.option, stdout=out, stderr=log)
        assert wait_until(lambda: b'ready' in said.read_bytes(), 20), self.desk.log()
        return self

    def __exit__(self, *exception):
        print(self.desk.log())
        self.desk.close()

    def check(self, package, *options):
        """Runs the suite: scenario → its checks."""
        results = self.desk.folder / f'results-{len(os.listdir(self.desk.folder))}'
        command = [npm.node(), npm.script(f'{package}/dist/index.js'), 'server', '--url', f'http://127.0.0.1:{self.desk.http_port}/mcp',
                   '--output-dir', str(results), *options]
        done = subprocess.run(command, env=npm.environment(), cwd=self.desk.folder, capture_output=True, text=True,
                              timeout=SUITE_SEC, check=False)
        found = {}
        for file in sorted(pathlib.Path(results).glob('server-*/checks.json')):
            name = re.fullmatch(r'server-(.+)-\d{4}-\d\d-\d\dT.*', file.parent.name)[1]
            found[name] = json.loads(file.read_text(encoding='utf-8'))
        return found, done


def failures(checks):
    return [f'{check["id"]}: {check.get("errorMessage")} {json.dumps(check.get("details"))[:2000]}'
            for check in checks if check['status'] in ('FAILURE', 'WARNING')]


def passed(checks):
    assert checks, 'the suite has no results of it'
    assert not failures(checks), '\n'.join(failures(checks))
    assert any(check['status'] == 'SUCCESS' for check in checks), checks


@pytest.fixture(scope='module')
def runs():
    """The suites, each run once when first asked for."""
    class Runs(collections.UserDict):
        def __missing__(self, key):
            suite, what = key
            with Server() as server:
                if suite == 'new':
                    self[key] = server.check(NEW, '--requirements', what)
                else:
                    self[key] = server.check(OLD, '--suite', what)
            return self[key]
    return Runs()


def successes(found):
    return sum(check['status'] == 'SUCCESS' for checks in found.values() for check in checks)


def scenarios(suite, what, names):
    return [pytest.param(suite, what, name, id=f'{what}-{name}', marks=pytest.mark.xdist_group(f'conformance-{what}')) for name in names]


@pytest.mark.parametrize('suite,what,name', [
    *(each for revision in REVISIONS for each in scenarios('new', revision, required(revision))),
    *scenarios('old', 'active', ACTIVE)])
def test_the_scenario_passes(runs, suite, what, name):
    found, done = runs[suite, what]
    assert name in found, (done.stdout + done.stderr)[-3000:]
    passed(found[name])


@pytest.mark.parametrize('suite,what,name', [each for revision, names in BESIDES.items()
                                             for each in scenarios('new', revision, names)])
def test_the_scenario_that_is_not_scored_passes_as_well(runs, suite, what, name):
    passed(runs[suite, what][0].get(name))


@pytest.mark.parametrize('suite,what', [pytest.param(*key, marks=pytest.mark.xdist_group(f'conformance-{key[1]}')) for key in CHECKS])
def test_the_suite_ran_whole(runs, suite, what):
    found, done = runs[suite, what]
    names = required(what) if suite == 'new' else ACTIVE
    assert len(names) == (REVISIONS[what] if suite == 'new' else 30)
    assert set(names) <= set(found)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert successes({name: found[name] for name in names}) == CHECKS[suite, what]


@pytest.mark.parametrize('fault,name,revision,check', [pytest.param(*row, id=f'{row[0]}-{row[1]}-{row[2]}') for row in FAULTS])
def test_the_suite_sees_the_fault(fault, name, revision, check):
    with Server(fault) as server:
        found, _ = server.check(NEW, '--scenario', name, '--spec-version', revision)
    failed = [one['id'] for one in found[name] if one['status'] == 'FAILURE']
    assert failed and (not check or check in failed), found[name]


# ---- what the published suites have no scenario for ----

def post(server, session, message):
    """What comes of a request of the older era: the headers, and every message of the answer."""
    headers = {'Content-Type': 'application/json', 'Accept': 'application/json, text/event-stream', 'MCP-Protocol-Version': '2025-11-25'}
    request = urllib.request.Request(f'http://127.0.0.1:{server.desk.http_port}/mcp', json.dumps({'jsonrpc': '2.0', **message}).encode(),
                                     {**headers, **({'Mcp-Session-Id': session} if session else {})})
    try:
        answer = urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        text = answer.read().decode()
        lines = re.findall(r'^data: ?(.+)$', text, re.MULTILINE) if answer.headers.get_content_type() == 'text/event-stream' else [text]
        return answer.headers, [json.loads(line) for line in lines if line.strip()]


def collide(server):
    """Two clients call with the same id at once; what each was told."""
    sessions = []
    for _ in range(2):
        headers, _ = post(server, None, {'id': 0, 'method': 'initialize', 'params': {
            'protocolVersion': '2025-11-25', 'capabilities': {}, 'clientInfo': {'name': 'x', 'version': '1'}}})
        sessions.append(headers['Mcp-Session-Id'])
        post(server, sessions[-1], {'method': 'notifications/initialized'})
    call = {'id': 7, 'method': 'tools/call'}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        told = [pool.submit(post, server, session, {**call, 'params': {
            'name': 'test_tool_with_progress', 'arguments': {}, '_meta': {'progressToken': session}}}) for session in sessions]
        return sessions, [one.result()[1] for one in told]


def test_clients_that_use_the_same_ids_get_their_own_answers_and_progress():
    with Server() as server:
        sessions, told = collide(server)
    for session, messages in zip(sessions, told):
        assert messages[-1]['id'] == 7 and 'result' in messages[-1], messages
        tokens = {one['params']['progressToken'] for one in messages if one.get('method') == 'notifications/progress'}
        assert tokens == {session}


def test_without_isolation_they_do_not():
    with Server('no-session-isolation') as server:
        _, told = collide(server)
    assert not all('result' in messages[-1] for messages in told), told


def test_every_fault_is_tried():
    text = (pathlib.Path(__file__).resolve().parents[1] / 'conformance/faults.c').read_text(encoding='utf-8')
    assert set(re.findall(r'^        \{"([a-z-]+)", "', text, re.MULTILINE)) == {row[0] for row in FAULTS}
