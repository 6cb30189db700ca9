import { $isText, Element, isOpen, Node } from "./nodes";

export function use(node: Node, other: Node): void {
    if ($isText(node)) {
        node.words();
        node.size();
        other.size();
    } else {
        node.size();
    }
    const any: any = JSON.parse("{}");
    if (!Element.isOne(any) || any.size() > 1) return;
    const last = isOpen(node) && Element.isOne(node) ? node.first() : node.size();
    if (isOpen(node)) node.kind();
    if (!$isText(node)) {
        node.kind();
    } else {
        node.kind();
    }
    if (Element.is(1, node)) node.size();
}
