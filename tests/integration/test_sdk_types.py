# SPDX-License-Identifier: GPL-3.0-or-later
"""The declarations of get_sdk_types, for a model that writes TypeScript: what a compiler says of them.

Seen to fail: with arguments that are required made optional; with one method left out; with an index signature narrower than
the members beside it."""
import subprocess

import pytest

import npm
from desktop import Desktop, build_root

SNIPPET = '''
export async function snippet(): Promise<unknown> {
        const known = await sophia.queryKnowledge({entity_name: "Ada", limit: 5});
        const unread: number = known._inbox_unread ?? 0;
        const [status, who] = await Promise.all([sophia.get_status(), sophia.whoami({})]);
        try {
                await sophia.remember_fact({entity_name: "Ada", predicate: "note", object: "seen"});
        } catch (error) {
                const failure = error as SophiaError;
                return {code: failure.code, message: failure.message, payload: failure.payload};
        }
        const same: typeof sophia.query_knowledge = sophia.queryKnowledge;
        return {known, unread, status, who, same};
}
export async function mistakes(): Promise<void> {
        // @ts-expect-error: there is no such argument
        await sophia.queryKnowledge({entity_nam: "Ada"});
        // @ts-expect-error: it is a number
        await sophia.query_knowledge({entity_name: "Ada", limit: "5"});
        // @ts-expect-error: what is required is missing
        await sophia.remember_fact({});
        // @ts-expect-error: there is no such tool
        await sophia.forget_everything({});
}
'''


@pytest.fixture(scope='module')
def home():
    with Desktop(build_root()) as desk:
        desk.start_daemon()
        yield desk


def compiled(folder, declarations, snippet):
    (folder / 'sophia.d.ts').write_text(declarations, encoding='utf-8')
    (folder / 'snippet.ts').write_text(snippet, encoding='utf-8')
    return subprocess.run([npm.node(), npm.script('typescript/bin/tsc'), '--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022',
                           'sophia.d.ts', 'snippet.ts'], cwd=folder, env=npm.environment(), capture_output=True,
                          text=True, check=False, timeout=120)


def test_all_of_them_compile_with_a_snippet_that_uses_them(home, tmp_path):
    answer = home.tool('get_sdk_types')
    names = {tool['name'] for tool in home.tool('list_available_tools')['tools']}
    assert len(names) > 80 and names <= set(answer['methods'])
    done = compiled(tmp_path, answer['types'], SNIPPET)
    assert done.returncode == 0, done.stdout


def test_those_of_one_tool_stand_by_themselves(home, tmp_path):
    types = home.tool('get_sdk_types', tools=['whoami'])['types']
    done = compiled(tmp_path, types, 'export const who = sophia.whoami({});\n')
    assert done.returncode == 0, done.stdout
    refused = compiled(tmp_path, types, 'export const known = sophia.queryKnowledge({});\n')
    assert refused.returncode and "'queryKnowledge' does not exist" in refused.stdout
