#include "all.hpp"
namespace outer {
using namespace inner;
using inner::deep::cells;
namespace low = inner::deep;
int all(Reader &reader, Row &row)
{
        return reader.read() + row.width() + rows() + cells() + low::cells();
}
}
