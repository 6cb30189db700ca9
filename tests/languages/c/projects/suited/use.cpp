#include "text.hpp"
namespace text {
int all(Named named, Style style)
{
        print("a", 1);
        print(L"a", 1);
        print(style, 1);
        print(named, 1);
        show(1);
        show("a");
        line("a");
        line(L"a");
        kept("a");
        either(unknown());
        return find(STRING("a"));
}
}
int far(text::Style style) { return lie(style); }
