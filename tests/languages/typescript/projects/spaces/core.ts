namespace app {
    export function each(times: number): void;
    export function each(times: string): void;
    export function each(times: any): void {}
    function own(): void {}
    export interface Map<T> { find(key: string): T; }
    export class Node { close(): void {} }
}
namespace app.net {
    export function connect(): app.Node { return new Node(); }
}
namespace other {
    export function each(): void {}
    export function only(): void {}
}
