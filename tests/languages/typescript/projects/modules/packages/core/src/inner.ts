export function inner() {}
export default inner;
