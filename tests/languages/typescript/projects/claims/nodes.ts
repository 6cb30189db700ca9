export interface Node {
    kind(): string;
    size(): number;
}
export class Text implements Node {
    kind(): string { return "text"; }
    size(): number { return 1; }
    words(): string[] { return []; }
}
export class Element implements Node {
    kind(): string { return "element"; }
    size(): number { return 2; }
    first(): Node { return this; }
}
export function $isText(node: unknown): node is Text {
    return node instanceof Text;
}
export namespace Element {
    export const is = (depth: number, node: unknown): node is Element => depth > 0;
    export function isOne(node: unknown): node is Element { return node instanceof Element; }
}
export function isOpen(node: Node): boolean {
    return node.size() > 0;
}
