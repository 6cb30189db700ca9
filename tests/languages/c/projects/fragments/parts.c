static int grow(int size) { return size + 1; }
