public class Top<T> { public static T Of(T one) { return one; } }
public class Top { }

namespace Acme.Core
{
    public class Thing
    {
        public static Thing Make(string name) { return new Thing(); }
        public Thing Copy() { return this; }
    }
}

namespace Acme.Core.Boxes
{
    public class Box { public void Plain() { } }
    public class Box<T>
    {
        public T Top() { return default(T); }
        public static T Of(T one) { return one; }
        public override bool Equals(object other) { return Equals(this, other); }
    }
    public class Jar<T> : Box { public T Lid() { return default(T); } }
}

namespace Acme.Other
{
    public class Thing { public void Copy() { } }
    public static class Tools { public static int Twice(int n) { return n + n; } }
}
