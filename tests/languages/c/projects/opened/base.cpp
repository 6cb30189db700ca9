#include "base.hpp"
LIB_BEGIN_NAMESPACE
namespace detail {
int width(int value) { return value; }
}
LIB_END_NAMESPACE
int main() {
  lib::show("a");
  return lib::print("%d", 1) + lib::print(L"%d", 2) + lib::detail::width(3);
}
