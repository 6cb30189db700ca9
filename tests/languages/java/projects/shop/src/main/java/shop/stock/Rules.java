package shop.stock;

import java.util.function.Function;

public final class Rules {
    public static void check(long n) {}
    public static void check(double n) {}
    public static <A, B> B with(A a, Function<A, B> f) { return f.apply(a); }
}
