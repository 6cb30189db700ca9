import type Node from "./node";

export function use(node: Node): void {
    node.own();
    node.written();
    node.move();
    node.leave();
    node.stay();
}
