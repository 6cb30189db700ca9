// As generators write it: each name from the top, by global:: or by the other name of a namespace.
using c = global::Acme.Core;
using b = global::Acme.Core.Boxes;
using one = global::Acme.Core.Thing;
using scg = global::System.Collections.Generic;
using away = global::Nowhere.Known;
using global::Acme.Other;

namespace Made.Acme
{
    public class Uses
    {
        private readonly b::Box<c::Thing> box = new b::Box<c::Thing>();
        private readonly b::Box plain = new b::Box();
        private global::Acme.Core.Boxes.Jar<global::Acme.Core.Thing> written;
        private scg::List<c::Thing> list;

        private static T Take<T>(b::Box<T> from) { return from.Top(); }
        private static T Take<T>(b::Jar<T> from) { return from.Lid(); }

        public void Give(b::Box<c::Thing> box, b::Jar<c::Thing> jar)
        {
            Take(box).Copy();
            Take(jar).Copy();
            jar.Plain();
        }

        public void Use(c::Thing given)
        {
            given.Copy();
            box.Top().Copy();
            plain.Plain();
            written.Lid().Copy();
            c::Thing.Make("a").Copy();
            b::Box<c::Thing>.Of(given).Copy();
            global::Acme.Core.Thing.Make("b").Copy();
            one.Make("c").Copy();
            global::Top<c::Thing>.Of(given).Copy();
            Tools.Twice(2);
            foreach (c::Thing each in list) each.Copy();
            foreach (var each in list) each.Copy();
            global::System.Convert.ToBase64String(null);
            away::Thing.Copy();
            new away::Thing().Copy();
        }
    }
}
