export const one = 1;
each(3);
