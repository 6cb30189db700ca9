#pragma once
#include <memory>
#include <vector>
namespace geo {
class Shape {
 public:
  Shape();
  explicit Shape(int sides);
  virtual ~Shape();
  virtual double area() const = 0;
  void move(int x);
  void move(int x, int y = 0, int z = 0);
  static Shape* make();
 protected:
  int sides_;
};
namespace detail {
int count(const Shape& shape);
}
inline namespace v2 { void draw(const Shape& shape); }
}
