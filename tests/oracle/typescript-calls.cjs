// SPDX-License-Identifier: GPL-3.0-or-later
// Where the files of a list (standard input, one path a line, relative to the folder given) call something: one line
// each, "call<TAB>path<TAB>line<TAB>column<TAB>name", line from 1, column from 0 in bytes, of the last name of what is
// called; and "assigned<TAB>path<TAB>line<TAB>name" where JavaScript declares by assigning (this.x = …, A.prototype.x = …,
// exports.x = …). Told by the parser of TypeScript itself.
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
        if (ts.isBinaryExpression(node) && ts.getAssignmentDeclarationKind(node) && ts.isPropertyAccessExpression(node.left)) {
            const left = node.left.name;
            out.push(`assigned\t${file}\t${source.getLineAndCharacterOfPosition(left.getStart(source)).line + 1}\t${left.text}`);
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
}
process.stdout.write(out.join('\n') + '\n');
