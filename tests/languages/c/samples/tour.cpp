// What the front-end must tell apart in C++.
#include "tour.h"
TOUR_BEGIN_NAMESPACE
namespace leve {
namespace {
class Impl final : public Base<int>, private ns::Other {
 public:
  TOUR_INLINE Impl(int a, int b = 2) : Base(a), b_(b) {}
  explicit Impl(const Impl&) = delete;
  ~Impl() override = default;
  bool operator==(const Impl& other) const { return b_ == other.b_; }
  operator const char*() const { return name(); }
  virtual Status Get(const Slice& key, std::string* value) = 0;
  template <typename T> T as() const;
  static Impl* Make(...);
  friend class Foo;
  friend bool same(const Impl& a, const Impl& b) { return a == b; }
  friend bool other(const Impl& a);
 protected:
  struct Inner { int x; };
  enum class Kind : char { kA, kB };
  enum { kSize = 3 };
 private:
  std::unique_ptr<Inner> inner_ GUARDED_BY(mutex_);
  int b_ = 3;
  static const int kMax;
};
}  // namespace
inline namespace v1 { using Impls = std::vector<Impl>; }
namespace a::b { typedef Impl Alias; }
class TOUR_EXPORT DB {
 public:
  // Opens it.
  static Status Open(const Options& options, DB** db) EXCLUSIVE_LOCKS(mutex_);
  DB();
};
DB::DB() : one_(1) {}
const int Impl::kMax = 4;
Status DB::Open(const Options& options, DB** db) {
  *db = nullptr;
  auto impl = std::make_unique<Impl>(1);
  impl->Get(key, &value);
  DB* made = new leve::DB(options, "x");
  this->foo()->bar(options.x[1].y);
  for (const auto& item : list_) item.run();
  for (auto& [key, value] : map_) value.go();
  auto twice = [&, n = size()](int q) { return q + helper(q, n); };
  twice(3);
  Mutex lock(mutex), held{mutex};
  if (auto* edge = dynamic_cast<Edge*>(made)) edge->f();
  a::b::c<int>(3);
  ::global(static_cast<Impl&>(x).as<int>());
  try { risk(); } catch (const Error& e) { e.what(); }
  return Status::OK();
}
template <typename T, int N>
class Vec { T data_[N]; T& at(int i); };
template <typename T, int N> T& Vec<T, N>::at(int i) { return data_[i]; }
template <> class Vec<bool, 1> {};
using std::string;
using namespace foo::bar;
namespace fb = foo::bar;
auto f(int x) -> decltype(x) { return g(x); }
auto later() { return Impl::Make(); }
}
TEST(Foo, Bar) { ASSERT_TRUE(x.y()); }
TOUR_END_NAMESPACE
