package shop.core;

import java.util.List;
import shop.stock.*;

public abstract class Base<T> implements Door {
    protected T first;
    protected List<Item> items;
    static int count;
    int count() { return count; }
    void take(Object any) {}
    void take(String text) {}
    void take(int number) {}
    void take(int... numbers) {}
    public T first() { return first; }
    static class Inside { void deep() {} }
}
