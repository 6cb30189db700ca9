#include "node.hpp"
void Node::set(int value) { set(int64_t(value)); }
void Node::set(int64_t value) {}
void Node::set(bool value) { set(value ? "yes" : "no"); }
void Node::set(double value) {}
void Node::set(const char* value) {}
void Node::set(Kind kind) { set(static_cast<int>(kind)); }
Kind Node::kind() const { return first() ? first()->kind() : Kind::Text; }
void show(const Node& node) { show(node.first()->kind() == Kind::Text ? "text" : "element"); }
void show(const char* text) {}
void show(Node* node, int depth) { show(node->first(), depth + 1); }
