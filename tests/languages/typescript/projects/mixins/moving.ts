export function move(this: object): number {
    return 1;
}
