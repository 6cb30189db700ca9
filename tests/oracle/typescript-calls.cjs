// SPDX-License-Identifier: GPL-3.0-or-later
// Where the files of a list (standard input, one path a line, relative to the folder given) call something: one line
// each, "call<TAB>path<TAB>line<TAB>column<TAB>name", line from 1, column from 0 in bytes, of the last name of what is
// called; and "unnamed<TAB>path<TAB>line<TAB>name" what TypeScript declares but scip-typescript has no definition of: by
// assigning (this.x = …, A.prototype.x = …, exports.x = …), constructors behind a modifier, computed names of members, names of
// class expressions; and "constructor<TAB>path<TAB>line<TAB>line", the lines of the name of a class and of such a constructor of it.
// Told by the parser of TypeScript itself.
// Usage: node typescript-calls.cjs FOLDER-OF-TYPESCRIPT FOLDER < list
const fs = require('fs');
const path = require('path');
const ts = require(process.argv[2]);
const out = [];

function nameOf(callee) {
    for (;;) {
        if (ts.isIdentifier(callee) || ts.isPrivateIdentifier(callee))
            return callee;
        if (ts.isPropertyAccessExpression(callee))
            callee = callee.name;
        else if (ts.isParenthesizedExpression(callee) || ts.isNonNullExpression(callee) || ts.isAsExpression(callee) ||
                 ts.isExpressionWithTypeArguments(callee))
            callee = callee.expression;
        else
            return null; // computed, super, the result of another call
    }
}

// The name of a declaration that scip-typescript is silent about, or null.
function unnamed(node, source) {
    if (ts.isBinaryExpression(node) && ts.getAssignmentDeclarationKind(node) && ts.isPropertyAccessExpression(node.left))
        return node.left.name;
    if (ts.isConstructorDeclaration(node) && node.modifiers?.length)
        return node.getChildren(source).find((child) => child.kind === ts.SyntaxKind.ConstructorKeyword);
    if ((ts.isClassElement(node) || ts.isObjectLiteralElementLike(node)) && node.name && ts.isComputedPropertyName(node.name))
        return node.name;
    return ts.isClassExpression(node) && node.name ? node.name : null;
}

for (const file of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
    const source = ts.createSourceFile(file, fs.readFileSync(path.join(process.argv[3], file), 'utf8'),
                                       ts.ScriptTarget.Latest, /* setParentNodes */ true);
    const visit = (node) => {
        const callee = ts.isCallExpression(node) || ts.isNewExpression(node) ? node.expression
            : ts.isTaggedTemplateExpression(node) ? node.tag : null;
        const name = callee && nameOf(callee);
        if (name) {
            const at = source.getLineAndCharacterOfPosition(name.getStart(source));
            const before = source.text.slice(name.getStart(source) - at.character, name.getStart(source));
            out.push(`call\t${file}\t${at.line + 1}\t${Buffer.byteLength(before)}\t${name.text}`);
        }
        const silent = unnamed(node, source);
        if (silent) {
            const line = source.getLineAndCharacterOfPosition(silent.getStart(source)).line + 1;
            out.push(`unnamed\t${file}\t${line}\t${silent.getText(source).replace(/\s+/g, ' ')}`);
            if (ts.isConstructorDeclaration(node) && node.parent.name) {
                const place = source.getLineAndCharacterOfPosition(node.parent.name.getStart(source));
                out.push(`constructor\t${file}\t${place.line + 1}\t${line}`);
            }
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
}
process.stdout.write(out.join('\n') + '\n');
