#include "circle.hpp"
using geo::Circle;
namespace g = geo;
int main() {
  Circle circle;
  circle.move(1);
  circle.move(1, 2, 3);
  g::draw(circle);
  auto* made = geo::Shape::make();
  made->area();
  geo::Box<Circle> box;
  box.get().radius();
  auto other = std::make_unique<Circle>();
  other->radius();
  auto twice = [&](geo::Shape& shape) { shape.move(2); };
  twice(circle);
  return geo::detail::count(circle);
}
