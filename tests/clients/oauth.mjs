// SPDX-License-Identifier: GPL-3.0-or-later
// oauth.mjs old|new URL: a client that is given nothing but the address, with the OAuth provider of the official TypeScript
// SDK. It goes where the provider sends a browser, says "waiting" once the person is asked, and at the end on one line of
// JSON what it found: {"state", "issuer", "tools", "refreshed"}.
import {createServer} from 'node:http';

const [generation, url] = process.argv.slice(2);
const sdk = generation === 'old'
    ? {...await import('@modelcontextprotocol/sdk/client/index.js'), ...await import('@modelcontextprotocol/sdk/client/streamableHttp.js')}
    : await import('@modelcontextprotocol/client');
const kept = {};
let come;
const back = new Promise(resolve => {
    come = resolve;
});
const listener = createServer((request, response) => {
    response.end();
    come(new URL(request.url, 'http://127.0.0.1').searchParams);
});
await new Promise(resolve => listener.listen(0, '127.0.0.1', resolve));
const redirect = `http://127.0.0.1:${listener.address().port}/callback`;

const provider = {
    redirectUrl: redirect,
    clientMetadata: {
        client_name: 'A stranger', redirect_uris: [redirect], grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'], token_endpoint_auth_method: 'none',
    },
    state: () => 'a state',
    clientInformation: () => kept.client,
    saveClientInformation: client => Object.assign(kept, {client}),
    tokens: () => kept.tokens,
    saveTokens: tokens => Object.assign(kept, {tokens}),
    redirectToAuthorization: page => Object.assign(kept, {page}),
    saveCodeVerifier: verifier => Object.assign(kept, {verifier}),
    codeVerifier: () => kept.verifier,
    discoveryState: () => kept.discovery,
    saveDiscoveryState: discovery => Object.assign(kept, {discovery}),
};
const open = () => new sdk.StreamableHTTPClientTransport(new URL(url), {authProvider: provider});
const client = () => new sdk.Client({name: 'stranger', version: '1'}, {capabilities: {}});

async function browse() {
    for (let page = kept.page.href; !page.startsWith(redirect);) {
        const answer = await fetch(page, {redirect: 'manual'});
        const next = answer.headers.get('location');
        if (answer.status >= 400)
            throw new Error(`${answer.status}: ${await answer.text()}`);
        if (answer.status === 303)
            console.log('waiting');
        if (next)
            page = new URL(next, page).href;
        else
            await new Promise(resolve => setTimeout(resolve, 100));
        if (page.startsWith(redirect))
            await fetch(page);
    }
    return back;
}

async function tools() {
    const made = client();
    await made.connect(open());
    const {length} = (await made.listTools()).tools;
    await made.close();
    return length;
}

const first = open();
await client().connect(first).then(() => Promise.reject(new Error('let in without a token')), () => {});
const said = await browse();
await first.finishAuth(generation === 'old' ? said.get('code') : said);
const found = {state: said.get('state'), issuer: said.get('iss'), tools: await tools()};
kept.tokens = {...kept.tokens, access_token: 'is-over'}; // which the refresh token mends
found.refreshed = await tools();
console.log(JSON.stringify(found));
process.exit(0);
