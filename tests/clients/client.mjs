// SPDX-License-Identifier: GPL-3.0-or-later
// client.mjs new|auto|old http URL | stdio COMMAND…: the official TypeScript SDK's client, told on standard input what to
// do, a JSON object a line, and answering each with {"id", "result"} or {"id", "error": {"code", "message", "data"}}.
// new: the newest SDK at 2026-07-28; auto: the same, finding out what the server speaks; old: the last SDK of the era of
// sessions. The bearer of HTTP is in $OUROBOROS_BEARER.
import {createInterface} from 'node:readline';

console.log = console.info = console.debug = console.error; // what the SDK says is no answer
const [generation, door, ...target] = process.argv.slice(2);
const capabilities = {elicitation: {form: {}}, sampling: {}, roots: {listChanged: false}};
const replies = {}; // method → what the person or the model at this client says
const asked = []; // what the server asked
const told = []; // what it notified
const came = []; // its progress, as it came
const aborts = new Map(); // id of a command → what ends it
let client, transport, listening;

const sdk = generation === 'old'
    ? {
        ...await import('@modelcontextprotocol/sdk/client/index.js'),
        ...await import('@modelcontextprotocol/sdk/client/stdio.js'),
        ...await import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
        ...await import('@modelcontextprotocol/sdk/types.js'),
    }
    : {...await import('@modelcontextprotocol/client'), ...await import('@modelcontextprotocol/client/stdio')};
const requests = {
    'elicitation/create': 'ElicitRequestSchema', 'sampling/createMessage': 'CreateMessageRequestSchema',
    'roots/list': 'ListRootsRequestSchema',
};

function answer(request) {
    asked.push({method: request.method, params: request.params});
    if (replies[request.method] === undefined)
        throw new Error(`nobody said what to answer to ${request.method}`);
    return replies[request.method];
}

function openTransport() {
    if (door === 'stdio')
        return new sdk.StdioClientTransport({command: target[0], args: target.slice(1), env: {...process.env}, stderr: 'inherit'});
    const headers = process.env.OUROBOROS_BEARER ? {Authorization: `Bearer ${process.env.OUROBOROS_BEARER}`} : {};
    return new sdk.StreamableHTTPClientTransport(new URL(target[0]), {requestInit: {headers}});
}

// onprogress tells of less and of more: the newest SDK drops progress that comes in one piece with the answer, since it
// forgets the call first, and tells of progress of its own, with a message and no total, when it fulfils what is asked.
function listenIn() {
    const take = transport.onmessage;
    transport.onmessage = (message, ...rest) => {
        if (message.method === 'notifications/progress')
            came.push(message.params);
        return take(message, ...rest);
    };
}

async function connect({without = []}) {
    const own = Object.fromEntries(Object.entries(capabilities).filter(([name]) => !without.includes(name)));
    const mode = {new: {pin: '2026-07-28'}, auto: 'auto'}[generation];
    client = new sdk.Client({name: `test-${generation}`, version: '1'}, {capabilities: own, ...(mode && {versionNegotiation: {mode}})});
    for (const [method, schema] of Object.entries(requests))
        if (own[method.split('/')[0]])
            client.setRequestHandler(generation === 'old' ? sdk[schema] : method, async request => answer(request));
    client.fallbackNotificationHandler = async notification => {
        told.push({method: notification.method, params: notification.params});
    };
    transport = openTransport();
    let spoken = null; // the older SDK tells its transport only
    transport.setProtocolVersion ??= version => {
        spoken = version;
    };
    await client.connect(transport);
    listenIn();
    return {
        version: client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion ?? spoken, server: client.getServerVersion(),
        capabilities: client.getServerCapabilities(), instructions: client.getInstructions() ?? null,
    };
}

const isNew = () => client.getProtocolEra?.() === 'modern';

const commands = {
    connect,
    ping: () => client.ping(),
    tools: ({cursor}) => client.listTools(cursor === undefined ? undefined : {cursor}),
    resources: ({cursor}) => client.listResources(cursor === undefined ? undefined : {cursor}),
    templates: () => client.listResourceTemplates(),
    prompts: () => client.listPrompts(),
    read: ({uri}) => client.readResource({uri}),
    prompt: ({name, arguments: given}) => client.getPrompt({name, arguments: given ?? {}}),
    complete: ({ref, argument}) => client.complete({ref, argument}),
    level: ({level}) => client.setLoggingLevel(level),
    async call({id, name, arguments: given, timeout = 30000}) {
        const abort = new AbortController();
        aborts.set(id, abort);
        const options = {onprogress: () => {}, signal: abort.signal, timeout, resetTimeoutOnProgress: true};
        try {
            const result = generation === 'old'
                ? await client.callTool({name, arguments: given ?? {}}, undefined, options)
                : await client.callTool({name, arguments: given ?? {}}, options);
            return {...result, progress: came.splice(0)};
        } finally {
            aborts.delete(id);
        }
    },
    cancel: ({call}) => {
        aborts.get(call).abort('not wanted any more');
        return {};
    },
    async watch({uris = [], lists = true}) {
        if (!isNew()) {
            for (const uri of uris)
                await client.subscribeResource({uri});
            return {};
        }
        listening = await client.listen({
            resourceSubscriptions: uris, ...(lists && {toolsListChanged: true, resourcesListChanged: true, promptsListChanged: true}),
        });
        return listening.honoredFilter;
    },
    async unwatch({uris = []}) {
        if (isNew())
            await listening.close();
        else
            for (const uri of uris)
                await client.unsubscribeResource({uri});
        return {};
    },
    answer: ({method, result}) => {
        replies[method] = result;
        return {};
    },
    asked: () => asked.splice(0),
    told: () => told.splice(0),
    async close() {
        await transport.terminateSession?.();
        await client.close();
        return {};
    },
};

function say(line) {
    process.stdout.write(JSON.stringify(line) + '\n');
}

async function carryOut(command) {
    try {
        say({id: command.id, result: await commands[command.do](command) ?? {}});
    } catch (error) {
        say({id: command.id, error: {code: error.code ?? null, message: error.message, data: error.data ?? null, name: error.name}});
    }
}

for await (const line of createInterface({input: process.stdin}))
    carryOut(JSON.parse(line));
process.exit(0);
