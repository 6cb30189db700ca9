export const c = () => {};
