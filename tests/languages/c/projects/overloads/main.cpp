#include "node.hpp"
static double half(int x) { return x / 2.0; }
int main(int argc, char** argv) {
  Leaf leaf;
  const Leaf& same = leaf;
  auto* first = leaf.first();
  leaf.set(1);
  leaf.set(1 > 2);
  leaf.set(half(1));
  leaf.set(argv[0]);
  leaf.set(leaf.kind());
  leaf.set(sizeof(leaf));
  show(leaf);
  show(&leaf);
  show(same.first()->kind() == Kind::Element ? "e" : argv[1]);
  show(first);
  show("leaf", 2);
  return 0;
}
