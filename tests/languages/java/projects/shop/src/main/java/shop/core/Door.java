package shop.core;

public interface Door {
    void open();
    default Door wider() { return this; }
    enum Size { SMALL, LARGE; Size next() { return values()[0]; } }
}
