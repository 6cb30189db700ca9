namespace Shop
{
    static class Held
    {
        static int Twice(int n) { return n * 2; }
        static int Use()
        {
            var held = Twice;
            System.Func<int, int> other = Twice;
            return held(2) + other(3);
        }
    }
}
