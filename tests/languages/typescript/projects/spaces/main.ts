namespace app {
    own();
    each(1);
    only();
    connect();
    function use(map: Map<Node>): void {
        map.find("a").close();
    }
}
