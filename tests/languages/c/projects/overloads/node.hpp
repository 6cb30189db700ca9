#pragma once
#include <cstdint>
#include <string>
enum class Kind { Text, Element };
class Node {
 public:
  Node* first() { return first_; }
  const Node* first() const { return first_; }
  void set(int value);
  void set(int64_t value);
  void set(bool value);
  void set(double value);
  void set(const char* value);
  void set(Kind kind);
  Kind kind() const;
 private:
  Node* first_ = nullptr;
};
class Leaf : public Node {};
void show(const Node& node);
void show(const char* text);
void show(Node* node, int depth = 0);
template <typename T> void show(const std::string& name, T value) {}
