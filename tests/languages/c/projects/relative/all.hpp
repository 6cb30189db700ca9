#if !defined(SMALL)
namespace outer {
struct Reader {
        virtual ~Reader() {}
        virtual int read() = 0;
};
namespace inner {
struct Row {
        int width();
};
inline int Row::width() { return 1; }
inline int rows() { return 2; }
namespace deep {
inline int cells() { return 3; }
}
}
}
#endif
