export * from "./inner";
export function core() { return new Core(); }
export class Core { run() {} }
