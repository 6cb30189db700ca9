#define ENABLE_IF(...) int
namespace text {
template <typename Char> class View {
public:
        View(const Char *text);
};
typedef View<char> Narrow;
using Wide = View<wchar_t>;
struct Style {
        int color;
};
class Number {
public:
        Number(int value);
};
class Whole {
public:
        explicit Whole(int value);
};
class Named {
public:
        operator Narrow() const;
};
int print(Wide text, int value);
int print(Narrow text, int value);
int print(const Style &style, int value);
int show(Whole whole);
int show(Number number);
int show(Narrow text);
int line(const std::string &text);
int line(const std::wstring &text);
template <typename T, ENABLE_IF(T::whole)> int line(T value);
#if OLD
inline Narrow kept(Narrow text) { return text; }
#else
inline Narrow kept(Narrow text) { return Narrow(text); }
#endif
#ifdef HAS_VIEW
int find(Narrow name);
#endif
int find(const char *name);
int lie(Style style);
int either(Whole whole);
int either(Style style);
}
