namespace lib {
#define CHECK_OK(x) check(x)
class Engine {
 public:
  class Set;
  template <typename T> class Walker;
  int run();
};
class Engine::Set {
 public:
  bool match(const char* text) const;
};
template <typename T> class Engine::Walker {
 public:
  T walk(T from) { return from; }
};
class Fixture : public testing::Test {
 protected:
  void parse(const char* text);
};
}
