export function button() {}
