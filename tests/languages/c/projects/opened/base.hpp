#pragma once
#ifndef LIB_BEGIN_NAMESPACE
#define LIB_BEGIN_NAMESPACE namespace lib { inline namespace v1 {
#define LIB_END_NAMESPACE } }
#endif
#define LIB_DETAIL_NAMESPACE_BEGIN namespace detail {
#define LIB_DETAIL_NAMESPACE_END }
LIB_BEGIN_NAMESPACE
template <typename C> class basic_text {
 public:
  basic_text(const C* text);
};
using text = basic_text<char>;
using wide = basic_text<wchar_t>;
LIB_DETAIL_NAMESPACE_BEGIN
int width(int value);
LIB_DETAIL_NAMESPACE_END
inline int print(text format, int value) { return detail::width(value); }
inline int print(wide format, int value) { return 0; }
template <typename T, enable_if_t<is_number<T>> = 0> int show(T value) { return 1; }
inline int show(text value) { return 2; }
LIB_END_NAMESPACE
