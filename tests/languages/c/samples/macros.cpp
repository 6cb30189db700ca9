#define ENABLE_IF(...) int
template <typename T, ENABLE_IF(is_whole<T>::value)> void put(T value);
template <typename T, typename U,
          ENABLE_IF(is_text<T>::value &&
                    !is_same<T, U>::value)>
void put(T value, U other) {
        TRY { put(value); }
        CATCH(...) {}
        after(other);
}
LIB_INLINE const char *name(const Kind &kind);
LIB_API const std::string &text();
struct Writer {
        virtual CONSTEXPR20 void grow(unsigned size) = 0;
        friend CONSTEXPR Writer operator|(Writer a, Writer b);
        explicit Writer(FILE *file) : file_(file) {}
        static const nonneg int limit = 3;
        FILE *file_;
        Writer *const next_ GUARDED_BY(lock_);
};
void INLINE_ ns::Writer::close() { flush(); }
static const CODE CODE398(398U);
static int depth(const Token *token, nonneg int limit, const char *prefix UNUSED)
{
        return walk(token, limit);
}
void checks(Writer &writer)
{
        EXPECT_WRITES(
                stderr,
                {
                        writer.close();
                        drop(writer);
                },
                "closed");
        EXPECT_THROWS(throw Failure("x"), Failure, "");
        print("%" PRIu64 "\n", count(writer));
        print(SEPARATOR "x", count(writer));
}
void last();
