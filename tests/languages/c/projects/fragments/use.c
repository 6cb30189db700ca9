static int shrink(int size) { return grow(size) - 2; }
