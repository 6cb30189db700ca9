// SPDX-License-Identifier: GPL-3.0-or-later
// Turns a snippet of TypeScript into JavaScript by blanking its types, so that lines and columns stay what they were.
// Bundled with its two packages and compiled to bytecode when the isolate is built. It looks at the snippet inside its
// wrapper: if that is not one arrow function from the first character to the last, the snippet breaks out of it.
import * as ts from 'typescript';
import { blankSourceFile } from 'ts-blank-space';

const BEFORE = '(async () => {"use strict";'; // on the line of the snippet's first one; bootstrap.js knows how long it is
const AFTER = '\n})';
const OPTIONS = { languageVersion: ts.ScriptTarget.ESNext, impliedNodeFormat: ts.ModuleKind.ESNext };
const NESTING_MESSAGE = 'The snippet is nested too deeply';
const PARAMETER_PROPERTY = 'parameter properties are not supported: declare the field and assign it';

const ADVICE = {
        [ts.SyntaxKind.EnumDeclaration]: "enum is not supported: use a const object with 'as const'",
        [ts.SyntaxKind.ModuleDeclaration]: 'namespace is not supported: use an object',
        [ts.SyntaxKind.PublicKeyword]: PARAMETER_PROPERTY,
        [ts.SyntaxKind.PrivateKeyword]: PARAMETER_PROPERTY,
        [ts.SyntaxKind.ProtectedKeyword]: PARAMETER_PROPERTY,
        [ts.SyntaxKind.ReadonlyKeyword]: PARAMETER_PROPERTY,
        [ts.SyntaxKind.OverrideKeyword]: PARAMETER_PROPERTY,
        [ts.SyntaxKind.TypeAssertionExpression]: "angle-bracket assertions are not supported: use 'value as Type'",
        [ts.SyntaxKind.ImportEqualsDeclaration]: 'import = is not supported: everything is in sophia',
        [ts.SyntaxKind.ExportAssignment]: 'export = is not supported: return the result',
};

const place = (file, position) => {
        // what is missing is missing at the end of the snippet, not of its wrapper
        const at = ts.getLineAndCharacterOfPosition(file, Math.min(position, file.text.length - AFTER.length));
        return { line: at.line + 1, column: Math.max(at.character - (at.line === 0 ? BEFORE.length : 0), 0) + 1 };
};

const failure = (code, message, where, payload) =>
        ({ failure: JSON.stringify({ code, message, payload: payload ?? null, line: where.line, column: where.column }) });

// The node at which the snippet leaves its wrapper, or undefined.
const escape = (file) => {
        if (file.statements.length !== 1)
                return file.statements[1] ?? file;
        const outer = file.statements[0].expression;
        if (outer?.kind !== ts.SyntaxKind.ParenthesizedExpression || outer.expression.kind !== ts.SyntaxKind.ArrowFunction)
                return file.statements[0];
        const body = outer.expression.body;
        return outer.end === file.text.length && body.end === file.text.length - 1 ? undefined : file.statements[0];
};

const parse = (code, parents) => ts.createSourceFile('snippet.ts', BEFORE + code + AFTER, OPTIONS, parents, ts.ScriptKind.TS);

const strip = (code) => {
        const file = parse(code, false);
        const problem = file.parseDiagnostics[0];
        if (problem)
                return failure('SYNTAX_ERROR', ts.flattenDiagnosticMessageText(problem.messageText, ' '), place(file, problem.start),
                               { diagnostic: 'TS' + problem.code });
        const outside = escape(file);
        if (outside)
                return failure('SYNTAX_ERROR', 'The brackets of the snippet do not match: it ends before its end', place(file, outside.pos));
        let unsupported;
        const text = blankSourceFile(file, (node) => { unsupported ??= node; });
        if (!unsupported)
                return { text };
        const kind = ts.SyntaxKind[unsupported.kind];
        return failure('UNSUPPORTED_SYNTAX', ADVICE[unsupported.kind] ?? 'TypeScript that is more than types is not supported: ' + kind,
                       place(file, unsupported.getStart(file)), { syntax: kind });
};

// ---- what the engine does not take although TypeScript has parsed it ----

const has = (node, kind) => node.modifiers?.some((modifier) => modifier.kind === kind);

const isAsync = (node) => {
        const inside = ts.findAncestor(node.parent, (above) => ts.isFunctionLike(above) || ts.isClassStaticBlockDeclaration(above));
        return !inside || has(inside, ts.SyntaxKind.AsyncKeyword);
};

// What to say of a node that the engine cannot have taken, or undefined.
const refused = (node) => {
        if (ts.isDecorator(node))
                return 'decorators are not supported: call the function yourself';
        if (ts.isImportDeclaration(node))
                return 'import is not supported: everything is in sophia';
        if (ts.isExportDeclaration(node) || ts.isExportAssignment(node) || has(node, ts.SyntaxKind.ExportKeyword))
                return 'export is not supported: return the result';
        if (has(node, ts.SyntaxKind.AccessorKeyword))
                return 'accessor is not supported: write a getter and a setter';
        if (ts.isVariableDeclarationList(node) && node.flags & ts.NodeFlags.Using)
                return 'using is not supported: let go of it in finally';
        return undefined;
};

const awaits = (node) => ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier);

const find = (file) => {
        const look = (node) => {
                const message = refused(node);
                if (message)
                        return { node, code: 'UNSUPPORTED_SYNTAX', message };
                if (awaits(node) && !isAsync(node))
                        return { node, code: 'SYNTAX_ERROR', message: 'await stands in a function that is not async: write async before the function' };
                return ts.forEachChild(node, look);
        };
        return look(file);
};

// Why the engine refuses a snippet that strip() let pass: a failure, or an object without one.
globalThis.explain = (code) => {
        try {
                const file = parse(code, true);
                const found = find(file);
                return found ? failure(found.code, found.message, place(file, found.node.getStart(file)),
                                       { syntax: ts.SyntaxKind[found.node.kind] }) : {};
        } catch (_) {
                return {};
        }
};

globalThis.strip = (code) => {
        try {
                return strip(code);
        } catch (error) {
                if (error instanceof InternalError || error instanceof RangeError)
                        return failure('SYNTAX_ERROR', NESTING_MESSAGE, { line: 1, column: 1 });
                throw error;
        }
};
// makes the tables that are made when first needed, before there are children
strip('const a: number = 1 as number; interface B { c?: string } class D<T> { private e!: T } enum F {}');
