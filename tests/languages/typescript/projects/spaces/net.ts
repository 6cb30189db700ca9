namespace app.net {
    connect().close();
    each(2);
}
