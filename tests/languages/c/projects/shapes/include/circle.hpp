#pragma once
#include "shape.hpp"
namespace geo {
class Circle : public Shape {
 public:
  double area() const override { return radius(); }
  double radius() const;
 private:
  std::unique_ptr<Shape> inner_;
};
template <typename T> class Box {
 public:
  T& get() { return value_; }
 private:
  T value_;
};
}
