// SPDX-License-Identifier: GPL-3.0-or-later
// The types of the language and of its library, as far as elements, lambdas, results and the choice of overloads go through them; read
// when the daemon is built. Numbers have what they are widened to as base; Func and Action say how many types they take.

class Object { public virtual bool Equals(object other) {} public static bool Equals(object a, object b) {} public virtual int GetHashCode() {} public virtual string ToString() {} public Type GetType() {} protected object MemberwiseClone() {} public static bool ReferenceEquals(object a, object b) {} }
class ValueType {}
struct Double : IComparable, IFormattable { public static double Parse(string t) {} public static bool IsNaN(double d) {} public int CompareTo(object o) {} }
struct Single : Double {}
struct Decimal : IComparable, IFormattable {}
struct Int64 : Single, Decimal { public static long Parse(string t) {} public static long MaxValue; }
struct UInt64 : Single, Decimal {}
struct Int32 : Int64 { public static int Parse(string t) {} public static bool TryParse(string t, out int n) {} public static int MaxValue, MinValue; }
struct UInt32 : Int64, UInt64 {}
struct Int16 : Int32 {}
struct UInt16 : Int32, UInt32 {}
struct SByte : Int16 {}
struct Byte : Int16, UInt16 {}
struct Char : UInt16 { public static bool IsDigit(char c) {} public static bool IsLetter(char c) {} public static bool IsWhiteSpace(char c) {} public static char ToUpper(char c) {} public static char ToLower(char c) {} }
struct Boolean : IComparable { public static bool Parse(string t) {} }
struct IntPtr {}
class Delegate { public object DynamicInvoke(params object[] a) {} public MethodInfo Method { get; } public object Target { get; } }
class Array<T> : IList<T>, ICollection, IEnumerable, ICloneable { public int Length { get; } public int Rank { get; } public int GetLength(int d) {} public void CopyTo(T[] to, int at) {} public object Clone() {} }
interface ICloneable { object Clone(); }
interface IComparable { int CompareTo(object other); }
interface IFormattable {}
interface IDisposable { void Dispose(); }
interface IAsyncDisposable { ValueTask DisposeAsync(); }
interface IEquatable<T> { bool Equals(T other); }
interface IComparer<T> { int Compare(T a, T b); }
interface IEqualityComparer<T> { bool Equals(T a, T b); int GetHashCode(T a); }
class String : IEnumerable<char>, IComparable, ICloneable {
    public int Length { get; } public string Substring(int from) {} public string Substring(int from, int n) {} public string Trim(params char[] c) {} public string TrimEnd(params char[] c) {} public string TrimStart(params char[] c) {}
    public string ToLower() {} public string ToUpper() {} public string ToLowerInvariant() {} public string ToUpperInvariant() {} public string Replace(string a, string b) {} public string[] Split(params char[] by) {}
    public bool StartsWith(string t) {} public bool EndsWith(string t) {} public bool Contains(string t) {} public int IndexOf(string t) {} public int LastIndexOf(string t) {} public int IndexOfAny(char[] c) {}
    public string PadLeft(int n) {} public string PadRight(int n) {} public string Insert(int at, string t) {} public string Remove(int at) {} public char[] ToCharArray() {} public int CompareTo(string t) {}
    public static string Format(string f, params object[] a) {} public static string Join(string by, params object[] a) {} public static string Concat(params object[] a) {} public static bool IsNullOrEmpty(string t) {} public static bool IsNullOrWhiteSpace(string t) {}
    public static string Empty; public static int Compare(string a, string b) {} public static bool Equals(string a, string b) {}
}
class StringBuilder { public int Length { get; set; } public StringBuilder Append(object o) {} public StringBuilder AppendLine(string t) {} public StringBuilder AppendFormat(string f, params object[] a) {} public StringBuilder Insert(int at, object o) {} public StringBuilder Remove(int at, int n) {} public StringBuilder Replace(string a, string b) {} public StringBuilder Clear() {} }
class Type : MemberInfo { public string FullName { get; } public string Namespace { get; } public Type BaseType { get; } public Assembly Assembly { get; } public bool IsGenericType { get; } public bool IsEnum { get; } public bool IsInterface { get; } public bool IsAbstract { get; } public bool IsArray { get; } public Type GetElementType() {} public Type[] GetInterfaces() {} public MethodInfo GetMethod(string n) {} public MethodInfo[] GetMethods() {} public PropertyInfo[] GetProperties() {} public PropertyInfo GetProperty(string n) {} public FieldInfo[] GetFields() {} public FieldInfo GetField(string n) {} public Type[] GetGenericArguments() {} public Type GetGenericTypeDefinition() {} public bool IsAssignableFrom(Type t) {} public bool IsSubclassOf(Type t) {} public bool IsInstanceOfType(object o) {} public static Type GetType(string n) {} public Type MakeGenericType(params Type[] t) {} public ConstructorInfo GetConstructor(Type[] t) {} }
class MemberInfo { public string Name { get; } public Type DeclaringType { get; } public object[] GetCustomAttributes(bool inherit) {} public bool IsDefined(Type t, bool inherit) {} }
class MethodBase : MemberInfo { public ParameterInfo[] GetParameters() {} public object Invoke(object on, object[] a) {} public bool IsStatic { get; } public bool IsPublic { get; } }
class MethodInfo : MethodBase { public Type ReturnType { get; } }
class ConstructorInfo : MethodBase {}
class PropertyInfo : MemberInfo { public Type PropertyType { get; } public object GetValue(object on) {} public void SetValue(object on, object v) {} }
class FieldInfo : MemberInfo { public Type FieldType { get; } public object GetValue(object on) {} public void SetValue(object on, object v) {} }
class ParameterInfo { public string Name { get; } public Type ParameterType { get; } }
class Assembly { public Type[] GetTypes() {} public string Location { get; } public Type GetType(string n) {} public AssemblyName GetName() {} }
class AssemblyName { public string Name { get; } public Version Version { get; } }
class Version {}
class Attribute {}
class EventArgs { public static EventArgs Empty; }
delegate void EventHandler(object sender, EventArgs e);
class Exception { public string Message { get; } public Exception InnerException { get; } public string StackTrace { get; } public string Source { get; set; } }
class SystemException : Exception {}
class ApplicationException : Exception {}
class ArgumentException : SystemException { public string ParamName { get; } }
class ArgumentNullException : ArgumentException {}
class ArgumentOutOfRangeException : ArgumentException {}
class InvalidOperationException : SystemException {}
class NotSupportedException : SystemException {}
class NotImplementedException : SystemException {}
class FormatException : SystemException {}
class IOException : SystemException {}
class Console { public static void WriteLine(object o, params object[] a) {} public static void Write(object o, params object[] a) {} public static string ReadLine() {} public static TextWriter Out { get; } public static TextWriter Error { get; } }
class Math { public static int Max(int a, int b) {} public static int Min(int a, int b) {} public static int Abs(int a) {} public static double Sqrt(double a) {} public static double Pow(double a, double b) {} public static double Floor(double a) {} public static double Round(double a) {} }
class Convert { public static int ToInt32(object o) {} public static string ToString(object o) {} public static object ChangeType(object o, Type t) {} public static bool ToBoolean(object o) {} public static double ToDouble(object o) {} }
class Enum { public static Array GetValues(Type t) {} public static object Parse(Type t, string n) {} public bool HasFlag(Enum e) {} public static bool IsDefined(Type t, object v) {} }
struct DateTime : IComparable { public static DateTime Now { get; } public static DateTime UtcNow { get; } public int Year { get; } public int Month { get; } public int Day { get; } public long Ticks { get; } public DateTime AddDays(double n) {} public DateTime Date { get; } }
struct TimeSpan { public double TotalSeconds { get; } public double TotalMilliseconds { get; } public static TimeSpan FromSeconds(double n) {} public static TimeSpan FromMilliseconds(double n) {} public long Ticks { get; } }
struct Guid { public static Guid NewGuid() {} }
class Uri { public string AbsolutePath { get; } public string Host { get; } }
class TextWriter : IDisposable { public void Write(object o) {} public void WriteLine(object o, params object[] a) {} public void Flush() {} public void Close() {} }
class StringWriter : TextWriter { public StringBuilder GetStringBuilder() {} }
class StreamWriter : TextWriter {}
class TextReader : IDisposable { public string ReadLine() {} public string ReadToEnd() {} public int Read() {} public int Peek() {} public void Close() {} }
class StringReader : TextReader {}
class StreamReader : TextReader {}
class Stream : IDisposable { public int Read(byte[] b, int at, int n) {} public void Write(byte[] b, int at, int n) {} public long Length { get; } public long Position { get; set; } public void Flush() {} public void Close() {} public void CopyTo(Stream s) {} }
class MemoryStream : Stream { public byte[] ToArray() {} }
class FileStream : Stream {}
class Thread { public void Start() {} public void Join() {} public static void Sleep(int n) {} public static Thread CurrentThread { get; } }
class Regex { public Match Match(string t) {} public bool IsMatch(string t) {} public string Replace(string t, string b) {} }
class Match { public bool Success { get; } public string Value { get; } }

interface IEnumerator<T> : IDisposable { T Current { get; } bool MoveNext(); void Reset(); }
interface IEnumerable<T> {
    IEnumerator<T> GetEnumerator();
    IEnumerable<T> Where(Func2<T, bool> f); IEnumerable<R> Select<R>(Func2<T, R> f); IEnumerable<R> SelectMany<R>(Func2<T, IEnumerable<R>> f); IEnumerable<T> OrderBy<K>(Func2<T, K> f); IEnumerable<T> OrderByDescending<K>(Func2<T, K> f);
    IEnumerable<T> ThenBy<K>(Func2<T, K> f); IEnumerable<T> ThenByDescending<K>(Func2<T, K> f); IEnumerable<IGrouping<K, T>> GroupBy<K>(Func2<T, K> f); T First(Func2<T, bool> f = null); T FirstOrDefault(Func2<T, bool> f = null); T Last(Func2<T, bool> f = null);
    T LastOrDefault(Func2<T, bool> f = null); T Single(Func2<T, bool> f = null); T SingleOrDefault(Func2<T, bool> f = null); T ElementAt(int n); T ElementAtOrDefault(int n); bool Any(Func2<T, bool> f = null); bool All(Func2<T, bool> f); int Count(Func2<T, bool> f = null);
    List<T> ToList(); T[] ToArray(); HashSet<T> ToHashSet(); Dictionary<K, T> ToDictionary<K>(Func2<T, K> f); Dictionary<K, V> ToDictionary<K, V>(Func2<T, K> f, Func2<T, V> g); IEnumerable<T> Skip(int n); IEnumerable<T> Take(int n); IEnumerable<T> SkipWhile(Func2<T, bool> f);
    IEnumerable<T> TakeWhile(Func2<T, bool> f); IEnumerable<T> Distinct(); IEnumerable<T> Reverse(); IEnumerable<T> Concat(IEnumerable<T> o); IEnumerable<T> Union(IEnumerable<T> o); IEnumerable<T> Except(IEnumerable<T> o); IEnumerable<T> Intersect(IEnumerable<T> o);
    T Max(); T Min(); R Max<R>(Func2<T, R> f); R Min<R>(Func2<T, R> f); int Sum(Func2<T, int> f); double Average(Func2<T, double> f); R Aggregate<R>(R first, Func3<R, T, R> f); IEnumerable<R> Cast<R>(); IEnumerable<R> OfType<R>(); bool Contains(T o);
    IEnumerable<T> AsEnumerable(); IEnumerable<T> DefaultIfEmpty(); bool SequenceEqual(IEnumerable<T> o); IEnumerable<R> Zip<U, R>(IEnumerable<U> o, Func3<T, U, R> f); IEnumerable<T> Append(T o); IEnumerable<T> Prepend(T o);
}
interface IGrouping<K, T> : IEnumerable<T> { K Key { get; } }
interface IQueryable<T> : IEnumerable<T> {}
interface IOrderedEnumerable<T> : IEnumerable<T> {}
interface IAsyncEnumerable<T> {}
class Enumerable { public static IEnumerable<T> Empty<T>() {} public static IEnumerable<int> Range(int from, int n) {} public static IEnumerable<T> Repeat<T>(T o, int n) {} }
interface ICollection<T> : IEnumerable<T> { int Count { get; } void Add(T o); void Clear(); bool Contains(T o); bool Remove(T o); void CopyTo(T[] to, int at); bool IsReadOnly { get; } }
interface IReadOnlyCollection<T> : IEnumerable<T> { int Count { get; } }
interface IReadOnlyList<T> : IReadOnlyCollection<T> {}
interface IList<T> : ICollection<T> { int IndexOf(T o); void Insert(int at, T o); void RemoveAt(int at); }
interface ISet<T> : ICollection<T> {}
class List<T> : IList<T>, IReadOnlyList<T> { public void AddRange(IEnumerable<T> all) {} public T Find(Predicate<T> f) {} public List<T> FindAll(Predicate<T> f) {} public int FindIndex(Predicate<T> f) {} public bool Exists(Predicate<T> f) {} public void ForEach(Action1<T> f) {} public void Sort(Comparison<T> f = null) {} public int RemoveAll(Predicate<T> f) {} public List<T> GetRange(int at, int n) {} public List<R> ConvertAll<R>(Func2<T, R> f) {} public ReadOnlyCollection<T> AsReadOnly() {} public void InsertRange(int at, IEnumerable<T> all) {} public void RemoveRange(int at, int n) {} public int Capacity { get; set; } public bool TrueForAll(Predicate<T> f) {} public int BinarySearch(T o) {} }
class Collection<T> : IList<T> {}
class ObservableCollection<T> : Collection<T> {}
class ReadOnlyCollection<T> : IList<T> {}
class HashSet<T> : ISet<T> { public void UnionWith(IEnumerable<T> all) {} }
class SortedSet<T> : ISet<T> {}
class LinkedList<T> : ICollection<T> {}
class Queue<T> : IEnumerable<T> { public void Enqueue(T o) {} public T Dequeue() {} public T Peek() {} public int Count { get; } public void Clear() {} }
class Stack<T> : IEnumerable<T> { public void Push(T o) {} public T Pop() {} public T Peek() {} public int Count { get; } public void Clear() {} }
class ConcurrentQueue<T> : IEnumerable<T> {}
struct KeyValuePair<K, V> { public K Key { get; } public V Value { get; } }
interface IDictionary<K, V> : ICollection<KeyValuePair<K, V>> { bool ContainsKey(K k); bool TryGetValue(K k, out V v); void Add(K k, V v); ICollection<K> Keys { get; } ICollection<V> Values { get; } V Item(K k); bool Remove(K k); }
class Dictionary<K, V> : IDictionary<K, V> {}
class SortedDictionary<K, V> : IDictionary<K, V> {}
class SortedList<K, V> : IDictionary<K, V> {}
class ConcurrentDictionary<K, V> : IDictionary<K, V> { public V GetOrAdd(K k, Func2<K, V> f) {} public bool TryAdd(K k, V v) {} public bool TryRemove(K k, out V v) {} }
interface IReadOnlyDictionary<K, V> : IDictionary<K, V> {}
class Task { public void Wait() {} public static Task Run(Action f) {} public static Task Delay(int n) {} public static Task WhenAll(params Task[] all) {} public static Task CompletedTask { get; } public bool IsCompleted { get; } public static TaskOf<T> FromResult<T>(T o) {} }
class TaskOf<T> : Task { public T Result { get; } public TaskOf<T> ConfigureAwait(bool b) {} }
class ValueTask {}
class Lazy<T> { public T Value { get; } }
struct Nullable<T> { public bool HasValue { get; } public T Value { get; } public T GetValueOrDefault() {} }
class WeakReference { public object Target { get; } }
delegate bool Predicate<T>(T a);
delegate int Comparison<T>(T a, T b);
delegate void Action();
delegate void Action1<A>(A a);
delegate void Action2<A, B>(A a, B b);
delegate void Action3<A, B, C>(A a, B b, C c);
delegate void Action4<A, B, C, D>(A a, B b, C c, D d);
delegate R Func1<R>();
delegate R Func2<A, R>(A a);
delegate R Func3<A, B, R>(A a, B b);
delegate R Func4<A, B, C, R>(A a, B b, C c);
delegate R Func5<A, B, C, D, R>(A a, B b, C c, D d);
