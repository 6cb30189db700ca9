#include "../include/circle.hpp"
namespace geo {
Shape::Shape() : sides_(detail::count(*this)) {}
Shape::Shape(int sides) : sides_(sides) {}
Shape::~Shape() {}
void Shape::move(int x) { move(x, 1); }
void Shape::move(int x, int y, int z) { sides_ += x; }
Shape* Shape::make() { return new Circle(); }
namespace detail {
int count(const Shape& shape) { return 1; }
}
void draw(const Shape& shape) { shape.area(); }
double Circle::radius() const { return inner_->area(); }
}
