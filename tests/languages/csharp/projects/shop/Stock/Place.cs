namespace Shop.Stock
{
    public struct Place
    {
        private int row;

        public Place(int row) : this() { this.row = row; }

        public static bool operator == (Place a, Place b) { return a.row.Equals(b.row); }

        public static bool operator !=(Place a, Place b) { return !(a == b); }

        public static Place First()
        {
            Place next = new Place(1);
            return new Place();
        }
    }
}
