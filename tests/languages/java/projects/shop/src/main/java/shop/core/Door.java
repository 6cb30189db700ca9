package shop.core;

public interface Door {
    void open();
    default Door wider() { return this; }
    enum Size { SMALL, LARGE(2) { }; Size() { } Size(int wide) { } Size next() { return values()[0]; } }
}
