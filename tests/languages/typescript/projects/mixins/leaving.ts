export function leave(this: object): void {}
