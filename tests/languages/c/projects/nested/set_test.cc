#include "set.hpp"
namespace lib {
typedef Fixture SetTest;
class Simplify : public Engine::Walker<int> {};
bool Engine::Set::match(const char* text) const { return text; }
void Fixture::parse(const char* text) { CHECK_OK(text); }
TEST_F(SetTest, matches) {
  Engine::Set set;
  Simplify simplify;
  parse("a");
  CHECK_OK(set.match("a"));
  simplify.walk(1);
}
}
