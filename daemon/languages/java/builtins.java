// SPDX-License-Identifier: GPL-3.0-or-later
// The types of the language and of its library, as far as elements, lambdas, results and the choice of overloads go through them; read
// when the daemon is built. Primitive types are $int and so on, each with what it is widened to as base; arrays are $Array.

class $double {}
class $float extends $double {}
class $long extends $float {}
class $int extends $long {}
class $short extends $int {}
class $byte extends $short {}
class $char extends $int {}
class $boolean {}
class $Array<T> implements Cloneable, Serializable { public int length; public T[] clone() {} }

class Object {
    public boolean equals(Object other) {} public int hashCode() {} public String toString() {} public Class<?> getClass() {}
    public void notify() {} public void notifyAll() {} public void wait() {} protected Object clone() {} protected void finalize() {}
}
interface Serializable {}
interface Cloneable {}
interface AutoCloseable { void close(); }
interface Closeable extends AutoCloseable {}
interface Flushable {}
interface Readable {}
interface Comparable<T> { int compareTo(T other); }
interface CharSequence {
    int length(); char charAt(int index); CharSequence subSequence(int from, int to); IntStream chars(); boolean isEmpty();
}
interface Appendable { Appendable append(CharSequence text); }
final class String implements CharSequence, Comparable<String>, Serializable {
    public int length() {} public char charAt(int index) {} public boolean isEmpty() {} public boolean isBlank() {}
    public String substring(int from) {} public String substring(int from, int to) {} public String concat(String other) {}
    public String replace(CharSequence from, CharSequence to) {} public String replaceAll(String pattern, String to) {}
    public String replaceFirst(String pattern, String to) {} public String trim() {} public String strip() {}
    public String toLowerCase() {} public String toUpperCase() {} public String toLowerCase(Locale l) {} public String toUpperCase(Locale l) {}
    public String[] split(String pattern) {} public String[] split(String pattern, int limit) {} public char[] toCharArray() {}
    public byte[] getBytes() {} public byte[] getBytes(Charset charset) {} public String intern() {} public String repeat(int count) {}
    public int indexOf(String text) {} public int lastIndexOf(String text) {} public boolean contains(CharSequence text) {}
    public int indexOf(String text, int from) {} public int lastIndexOf(String text, int from) {}
    public boolean startsWith(String text) {} public boolean endsWith(String text) {} public boolean matches(String pattern) {}
    public boolean equalsIgnoreCase(String other) {} public int compareTo(String other) {} public int compareToIgnoreCase(String other) {}
    public boolean regionMatches(int from, String other, int offset, int length) {} public int codePointAt(int index) {}
    public static String format(String format, Object... values) {} public String formatted(Object... values) {}
    public static String valueOf(Object value) {} public static String join(CharSequence by, CharSequence... parts) {}
    public static String copyValueOf(char[] data) {} public Stream<String> lines() {}
}
abstract class AbstractStringBuilder<S> implements CharSequence, Appendable {
    public S append(Object value) {} public S append(char[] text, int from, int to) {} public S insert(int at, Object value) {}
    public S reverse() {} public S delete(int from, int to) {} public S deleteCharAt(int at) {} public S replace(int from, int to, String text) {}
    public S appendCodePoint(int point) {} public void setLength(int length) {} public void setCharAt(int at, char value) {}
    public int capacity() {} public int indexOf(String text) {} public String substring(int from, int to) {} public int length() {}
    public char charAt(int index) {} public void getChars(int from, int to, char[] into, int at) {} public void ensureCapacity(int n) {}
}
final class StringBuilder extends AbstractStringBuilder<StringBuilder> implements Serializable {}
final class StringBuffer extends AbstractStringBuilder<StringBuffer> implements Serializable {}
abstract class Number implements Serializable {
    public int intValue() {} public long longValue() {} public float floatValue() {} public double doubleValue() {}
    public byte byteValue() {} public short shortValue() {}
}
final class Integer extends Number implements Comparable<Integer> {
    public static int parseInt(String text) {} public static Integer valueOf(int value) {} public static String toHexString(int value) {}
    public static int compare(int a, int b) {} public static final int MAX_VALUE, MIN_VALUE, SIZE;
    public static String toString(int value) {}
}
final class Long extends Number implements Comparable<Long> {
    public static long parseLong(String text) {} public static Long valueOf(long value) {} public static final long MAX_VALUE, MIN_VALUE;
}
final class Short extends Number implements Comparable<Short> { public static final short MAX_VALUE, MIN_VALUE; public static Short valueOf(short v) {} }
final class Byte extends Number implements Comparable<Byte> { public static final byte MAX_VALUE, MIN_VALUE; public static Byte valueOf(byte v) {} }
final class Float extends Number implements Comparable<Float> {
    public boolean isNaN() {} public static Float valueOf(float v) {} public static float parseFloat(String t) {}
    public static final float NaN, POSITIVE_INFINITY, NEGATIVE_INFINITY, MAX_VALUE, MIN_VALUE;
}
final class Double extends Number implements Comparable<Double> {
    public boolean isNaN() {} public boolean isInfinite() {} public static Double valueOf(double v) {} public static double parseDouble(String t) {}
    public static final double NaN, POSITIVE_INFINITY, NEGATIVE_INFINITY, MAX_VALUE, MIN_VALUE;
}
final class Boolean implements Serializable, Comparable<Boolean> {
    public static final Boolean TRUE, FALSE; public boolean booleanValue() {} public static Boolean valueOf(boolean value) {}
    public static boolean parseBoolean(String text) {}
}
final class Character implements Serializable, Comparable<Character> {
    public static final char MAX_VALUE, MIN_VALUE;
    public char charValue() {} public static boolean isDigit(char c) {} public static boolean isLetter(char c) {} public static Character valueOf(char c) {}
    public static boolean isWhitespace(char c) {} public static char toUpperCase(char c) {} public static char toLowerCase(char c) {}
}
final class Math {
    public static int abs(int a) {} public static int max(int a, int b) {} public static int min(int a, int b) {}
    public static double sqrt(double a) {} public static double pow(double a, double b) {} public static long round(double a) {}
    public static double floor(double a) {} public static double ceil(double a) {} public static double random() {}
}
final class Class<T> implements Serializable, Type {
    public String getName() {} public String getSimpleName() {} public T cast(Object value) {} public boolean isInstance(Object value) {}
    public Class<?> getComponentType() {} public Class<?> getSuperclass() {} public Class<?>[] getInterfaces() {} public ClassLoader getClassLoader() {}
    public boolean isArray() {} public boolean isInterface() {} public boolean isEnum() {} public boolean isPrimitive() {}
    public boolean isAssignableFrom(Class<?> other) {} public Package getPackage() {} public Class<?> getEnclosingClass() {}
    public Method getMethod(String name, Class<?>... types) {} public Field getField(String name) {} public Field[] getDeclaredFields() {}
    public Method[] getDeclaredMethods() {} public T newInstance() {} public T[] getEnumConstants() {} public static Class<?> forName(String name) {}
    public Constructor<T> getConstructor(Class<?>... types) {} public Type getGenericSuperclass() {} public Constructor<T> getDeclaredConstructor() {}
}
interface Type { String getTypeName(); }
interface GenericDeclaration {}
interface ParameterizedType extends Type { Type[] getActualTypeArguments(); Type getRawType(); Type getOwnerType(); }
interface GenericArrayType extends Type { Type getGenericComponentType(); }
interface WildcardType extends Type { Type[] getUpperBounds(); Type[] getLowerBounds(); }
interface TypeVariable<D> extends Type { Type[] getBounds(); D getGenericDeclaration(); String getName(); }
interface Member {}
interface AnnotatedElement {}
class AccessibleObject implements AnnotatedElement { public void setAccessible(boolean flag) {} }
class Executable extends AccessibleObject implements Member {
    public Class<?>[] getParameterTypes() {} public Class<?>[] getExceptionTypes() {} public boolean isVarArgs() {} public Annotation[] getAnnotations() {}
}
final class Method extends Executable {
    public String getName() {} public Class<?> getReturnType() {} public Object invoke(Object on, Object... values) {}
    public Class<?> getDeclaringClass() {} public int getModifiers() {} public Type getGenericReturnType() {}
}
final class Constructor<T> extends Executable { public T newInstance(Object... values) {} public Class<T> getDeclaringClass() {} public int getModifiers() {} }
final class Field extends AccessibleObject implements Member {
    public String getName() {} public Class<?> getType() {} public Object get(Object on) {} public Class<?> getDeclaringClass() {}
    public int getModifiers() {} public Type getGenericType() {} public void set(Object on, Object value) {}
}
interface Annotation { Class<? extends Annotation> annotationType(); }
class ClassLoader { public Class<?> loadClass(String name) {} }
class Package { public String getName() {} }
abstract class Enum<E> implements Comparable<E>, Serializable {
    public String name() {} public int ordinal() {} public static E[] values() {} public static E valueOf(String name) {}
    public int compareTo(E other) {} public Class<E> getDeclaringClass() {}
}
class Thread implements Runnable {
    public void start() {} public void join() {} public void interrupt() {} public void run() {} public static Thread currentThread() {}
    public String getName() {} public static void sleep(long ms) {} public boolean isInterrupted() {} public ThreadGroup getThreadGroup() {}
    public void setName(String n) {} public void setDaemon(boolean d) {} public long getId() {} public StackTraceElement[] getStackTrace() {}
}
class ThreadGroup {}
class StackTraceElement { public String getMethodName() {} public String getClassName() {} public int getLineNumber() {} }
class Throwable implements Serializable {
    public String getMessage() {} public Throwable getCause() {} public void printStackTrace() {} public StackTraceElement[] getStackTrace() {}
    public Throwable initCause(Throwable cause) {} public String getLocalizedMessage() {} public void addSuppressed(Throwable t) {} public Throwable[] getSuppressed() {}
    public void setStackTrace(StackTraceElement[] s) {} public void printStackTrace(PrintStream s) {}
}
class Exception extends Throwable {}
class RuntimeException extends Exception {}
class Error extends Throwable {}
class IllegalArgumentException extends RuntimeException {}
class IllegalStateException extends RuntimeException {}
class IndexOutOfBoundsException extends RuntimeException {}
class NullPointerException extends RuntimeException {}
class UnsupportedOperationException extends RuntimeException {}
class ClassCastException extends RuntimeException {}
class NumberFormatException extends IllegalArgumentException {}
class ArithmeticException extends RuntimeException {}
class InterruptedException extends Exception {}
class ReflectiveOperationException extends Exception {}
class ClassNotFoundException extends ReflectiveOperationException {}
class NoSuchMethodException extends ReflectiveOperationException {}
class InvocationTargetException extends ReflectiveOperationException {}
class IOException extends Exception {}
class UncheckedIOException extends RuntimeException {}
class NoSuchElementException extends RuntimeException {}
class ConcurrentModificationException extends RuntimeException {}
class AssertionError extends Error {}
class TimeoutException extends Exception {}
class ExecutionException extends Exception {}
class Locale implements Serializable { public static Locale getDefault() {} public static final Locale ENGLISH, ROOT, US; }
class Charset { public String name() {} public static Charset forName(String n) {} }
interface Runnable { void run(); }
interface Callable<V> { V call(); }

interface Iterator<E> { boolean hasNext(); E next(); default void remove() {} default void forEachRemaining(Consumer<? super E> a) {} }
interface ListIterator<E> extends Iterator<E> { E previous(); boolean hasPrevious(); void set(E e); void add(E e); int nextIndex(); }
interface Iterable<T> { Iterator<T> iterator(); default void forEach(Consumer<? super T> action) {} default Spliterator<T> spliterator() {} }
interface Spliterator<T> {}
interface Enumeration<E> { boolean hasMoreElements(); E nextElement(); }
interface Collection<E> extends Iterable<E> {
    boolean add(E e); boolean addAll(Collection<? extends E> all); boolean remove(Object e); boolean contains(Object e); int size(); boolean isEmpty();
    void clear(); boolean removeAll(Collection<?> all); boolean retainAll(Collection<?> all); boolean containsAll(Collection<?> all);
    Object[] toArray(); <T> T[] toArray(T[] into); Stream<E> stream(); Stream<E> parallelStream(); boolean removeIf(Predicate<? super E> test);
}
interface List<E> extends Collection<E> {
    E get(int index); E set(int index, E e); E remove(int index); int indexOf(Object e); int lastIndexOf(Object e); List<E> subList(int from, int to);
    ListIterator<E> listIterator(); ListIterator<E> listIterator(int at); void sort(Comparator<? super E> by); void replaceAll(UnaryOperator<E> f);
    void add(int index, E e); static <T> List<T> of(T... all) {} static <T> List<T> copyOf(Collection<? extends T> all) {}
}
interface Set<E> extends Collection<E> { static <T> Set<T> of(T... all) {} static <T> Set<T> copyOf(Collection<? extends T> all) {} }
interface SortedSet<E> extends Set<E> { E first(); E last(); SortedSet<E> headSet(E to); SortedSet<E> tailSet(E from); }
interface NavigableSet<E> extends SortedSet<E> { E floor(E e); E ceiling(E e); E lower(E e); E higher(E e); E pollFirst(); E pollLast(); NavigableSet<E> descendingSet(); }
interface Queue<E> extends Collection<E> { boolean offer(E e); E poll(); E peek(); E element(); E remove(); }
interface Deque<E> extends Queue<E> {
    void addFirst(E e); void addLast(E e); E removeFirst(); E removeLast(); E getFirst(); E getLast(); E pollFirst(); E pollLast();
    E peekFirst(); E peekLast(); void push(E e); E pop(); Iterator<E> descendingIterator();
}
interface BlockingQueue<E> extends Queue<E> { E take(); void put(E e); E poll(long n, TimeUnit unit); }
abstract class AbstractCollection<E> implements Collection<E> { public abstract Iterator<E> iterator(); public abstract int size(); }
abstract class AbstractList<E> extends AbstractCollection<E> implements List<E> { public abstract E get(int index); protected int modCount; }
abstract class AbstractSet<E> extends AbstractCollection<E> implements Set<E> {}
abstract class AbstractMap<K, V> implements Map<K, V> { public abstract Set<Map.Entry<K, V>> entrySet(); }
class ArrayList<E> extends AbstractList<E> implements RandomAccess { public void ensureCapacity(int n) {} public void trimToSize() {} }
interface RandomAccess {}
class LinkedList<E> extends AbstractList<E> implements Deque<E> {}
class Vector<E> extends AbstractList<E> { public E elementAt(int i) {} public void addElement(E e) {} public E firstElement() {} public Enumeration<E> elements() {} }
class Stack<E> extends Vector<E> { public E push(E e) {} public E pop() {} public E peek() {} public boolean empty() {} }
class CopyOnWriteArrayList<E> extends AbstractList<E> {}
class ArrayDeque<E> extends AbstractCollection<E> implements Deque<E> {}
class PriorityQueue<E> extends AbstractCollection<E> implements Queue<E> {}
class ConcurrentLinkedQueue<E> extends AbstractCollection<E> implements Queue<E> {}
class LinkedBlockingQueue<E> extends AbstractCollection<E> implements BlockingQueue<E> {}
class HashSet<E> extends AbstractSet<E> {}
class LinkedHashSet<E> extends HashSet<E> {}
class TreeSet<E> extends AbstractSet<E> implements NavigableSet<E> {}
class EnumSet<E> extends AbstractSet<E> {}
interface Map<K, V> {
    V get(Object key); V put(K key, V value); V remove(Object key); boolean containsKey(Object key); boolean containsValue(Object value); int size();
    boolean isEmpty(); void clear(); void putAll(Map<? extends K, ? extends V> all); Set<K> keySet(); Collection<V> values(); Set<Map.Entry<K, V>> entrySet();
    V getOrDefault(Object key, V other); V putIfAbsent(K key, V value); V computeIfAbsent(K key, Function<? super K, ? extends V> make);
    V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends V> f); V compute(K key, BiFunction<? super K, ? super V, ? extends V> f);
    V merge(K key, V value, BiFunction<? super V, ? super V, ? extends V> f); void forEach(BiConsumer<? super K, ? super V> action);
    V replace(K key, V value); void replaceAll(BiFunction<? super K, ? super V, ? extends V> f);
    static <A, B> Map<A, B> of() {} static <A, B> Map<A, B> of(A k, B v) {} static <A, B> Map.Entry<A, B> entry(A k, B v) {}
    interface Entry<K, V> { K getKey(); V getValue(); V setValue(V value); }
}
interface SortedMap<K, V> extends Map<K, V> { K firstKey(); K lastKey(); SortedMap<K, V> headMap(K to); SortedMap<K, V> tailMap(K from); }
interface NavigableMap<K, V> extends SortedMap<K, V> {
    Map.Entry<K, V> firstEntry(); Map.Entry<K, V> lastEntry(); Map.Entry<K, V> floorEntry(K key); Map.Entry<K, V> ceilingEntry(K key); K floorKey(K key);
    K ceilingKey(K key); NavigableMap<K, V> descendingMap(); NavigableSet<K> navigableKeySet(); Map.Entry<K, V> pollFirstEntry();
}
interface ConcurrentMap<K, V> extends Map<K, V> {}
class HashMap<K, V> extends AbstractMap<K, V> {}
class LinkedHashMap<K, V> extends HashMap<K, V> { protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {} }
class TreeMap<K, V> extends AbstractMap<K, V> implements NavigableMap<K, V> {}
class Hashtable<K, V> implements Map<K, V> { public Enumeration<K> keys() {} }
class IdentityHashMap<K, V> extends AbstractMap<K, V> {}
class WeakHashMap<K, V> extends AbstractMap<K, V> {}
class EnumMap<K, V> extends AbstractMap<K, V> {}
class ConcurrentHashMap<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {}
class Properties extends Hashtable<Object, Object> { public String getProperty(String key) {} public String getProperty(String key, String other) {} }
final class Collections {
    public static <T> List<T> emptyList() {} public static <T> List<T> unmodifiableList(List<? extends T> list) {} public static <T> List<T> singletonList(T e) {}
    public static <T> Set<T> emptySet() {} public static <T> Set<T> unmodifiableSet(Set<? extends T> set) {} public static <T> Set<T> singleton(T e) {}
    public static <K, V> Map<K, V> emptyMap() {} public static <K, V> Map<K, V> unmodifiableMap(Map<? extends K, ? extends V> map) {}
    public static <T> Collection<T> unmodifiableCollection(Collection<? extends T> all) {} public static <T> Iterator<T> emptyIterator() {}
    public static <T> void sort(List<T> list) {} public static <T> void sort(List<T> list, Comparator<? super T> by) {} public static void reverse(List<?> list) {}
    public static <T> T max(Collection<? extends T> all) {} public static <T> T min(Collection<? extends T> all) {} public static <T> Comparator<T> reverseOrder() {}
    public static <T> List<T> synchronizedList(List<T> list) {} public static <K, V> Map<K, V> synchronizedMap(Map<K, V> map) {}
    public static <K, V> Map<K, V> singletonMap(K k, V v) {} public static <T> boolean addAll(Collection<? super T> c, T... all) {}
    public static <T> Set<T> synchronizedSet(Set<T> s) {} public static <T> Enumeration<T> enumeration(Collection<T> c) {}
}
final class Arrays {
    public static <T> List<T> asList(T... all) {} public static <T> Stream<T> stream(T[] all) {} public static <T> T[] copyOf(T[] all, int n) {}
    public static <T> T[] copyOfRange(T[] all, int from, int to) {} public static String toString(Object[] all) {} public static int hashCode(Object[] all) {}
    public static boolean equals(Object[] a, Object[] b) {} public static void fill(Object[] a, Object b) {} public static <T> void sort(T[] a, Comparator<? super T> by) {}
    public static boolean deepEquals(Object[] a, Object[] b) {} public static int deepHashCode(Object[] a) {} public static String deepToString(Object[] a) {}
}
final class Objects {
    public static <T> T requireNonNull(T value) {} public static <T> T requireNonNull(T value, String message) {} public static boolean equals(Object a, Object b) {}
    public static int hash(Object... all) {} public static int hashCode(Object a) {} public static String toString(Object a) {} public static String toString(Object a, String other) {}
    public static boolean isNull(Object a) {} public static boolean nonNull(Object a) {} public static <T> T requireNonNullElse(T a, T b) {}
    public static <T> T requireNonNull(T value, Supplier<String> message) {}
}
final class Optional<T> {
    public T get() {} public boolean isPresent() {} public boolean isEmpty() {} public T orElse(T other) {} public T orElseGet(Supplier<? extends T> make) {}
    public T orElseThrow() {} public T orElseThrow(Supplier<?> make) {} public void ifPresent(Consumer<? super T> action) {}
    public <U> Optional<U> map(Function<? super T, ? extends U> f) {} public <U> Optional<U> flatMap(Function<? super T, Optional<U>> f) {}
    public Optional<T> filter(Predicate<? super T> test) {} public static <U> Optional<U> of(U value) {} public static <U> Optional<U> ofNullable(U value) {}
    public static <U> Optional<U> empty() {} public Optional<T> or(Supplier<Optional<T>> make) {} public Stream<T> stream() {}
    public void ifPresentOrElse(Consumer<? super T> action, Runnable other) {}
}
final class OptionalInt { public int getAsInt() {} public boolean isPresent() {} public int orElse(int other) {} }
interface BaseStream<T, S> extends AutoCloseable { Iterator<T> iterator(); S parallel(); S sequential(); S unordered(); S onClose(Runnable r); boolean isParallel(); }
interface Stream<T> extends BaseStream<T, Stream<T>> {
    <R> Stream<R> map(Function<? super T, ? extends R> f); Stream<T> filter(Predicate<? super T> test); <R> Stream<R> flatMap(Function<? super T, Stream<R>> f);
    IntStream mapToInt(ToIntFunction<? super T> f); LongStream mapToLong(ToLongFunction<? super T> f); DoubleStream mapToDouble(ToDoubleFunction<? super T> f);
    Stream<T> distinct(); Stream<T> sorted(); Stream<T> sorted(Comparator<? super T> by); Stream<T> peek(Consumer<? super T> action); Stream<T> limit(long n);
    Stream<T> skip(long n); void forEach(Consumer<? super T> action); void forEachOrdered(Consumer<? super T> action); Object[] toArray();
    <A> A[] toArray(IntFunction<A[]> make); T reduce(T first, BinaryOperator<T> f); Optional<T> reduce(BinaryOperator<T> f); <R, A> R collect(Collector<? super T, A, R> into);
    <R> R collect(Supplier<R> make, BiConsumer<R, ? super T> add, BiConsumer<R, R> join);
    Optional<T> min(Comparator<? super T> by); Optional<T> max(Comparator<? super T> by); long count(); boolean anyMatch(Predicate<? super T> test);
    boolean allMatch(Predicate<? super T> test); boolean noneMatch(Predicate<? super T> test); Optional<T> findFirst(); Optional<T> findAny(); List<T> toList();
    static <U> Stream<U> of(U... all) {} static <U> Stream<U> empty() {} static <U> Stream<U> concat(Stream<? extends U> a, Stream<? extends U> b) {}
    static <U> Stream<U> iterate(U first, UnaryOperator<U> f) {} static <U> Stream<U> generate(Supplier<? extends U> f) {}
    Stream<T> takeWhile(Predicate<? super T> test); Stream<T> dropWhile(Predicate<? super T> test);
}
interface IntStream extends BaseStream<Integer, IntStream> {
    <U> Stream<U> mapToObj(IntFunction<? extends U> f); IntStream map(IntUnaryOperator f); IntStream filter(IntPredicate f); int sum(); Stream<Integer> boxed();
    void forEach(IntConsumer action); static IntStream range(int from, int to) {} static IntStream rangeClosed(int from, int to) {} int[] toArray(); OptionalInt max(); OptionalInt min(); long count();
}
interface LongStream extends BaseStream<Long, LongStream> { long sum(); Stream<Long> boxed(); <U> Stream<U> mapToObj(LongFunction<? extends U> f); long[] toArray(); }
interface DoubleStream extends BaseStream<Double, DoubleStream> { double sum(); Stream<Double> boxed(); double[] toArray(); }
interface Collector<T, A, R> {}
final class Collectors {
    public static <T> Collector<T, ?, List<T>> toList() {} public static <T> Collector<T, ?, Set<T>> toSet() {} public static Collector<CharSequence, ?, String> joining(CharSequence by) {}
    public static <T, K> Collector<T, ?, Map<K, List<T>>> groupingBy(Function<? super T, ? extends K> f) {}
    public static <T, K, U> Collector<T, ?, Map<K, U>> toMap(Function<? super T, ? extends K> k, Function<? super T, ? extends U> v) {}
}
interface Function<T, R> { R apply(T value); default <V> Function<T, V> andThen(Function<? super R, ? extends V> f) {} default <V> Function<V, R> compose(Function<? super V, ? extends T> f) {} static <T> Function<T, T> identity() {} }
interface BiFunction<T, U, R> { R apply(T a, U b); default <V> BiFunction<T, U, V> andThen(Function<? super R, ? extends V> f) {} }
interface UnaryOperator<T> extends Function<T, T> {}
interface BinaryOperator<T> extends BiFunction<T, T, T> {}
interface Supplier<T> { T get(); }
interface Consumer<T> { void accept(T value); default Consumer<T> andThen(Consumer<? super T> f) {} }
interface BiConsumer<T, U> { void accept(T a, U b); default BiConsumer<T, U> andThen(BiConsumer<? super T, ? super U> f) {} }
interface Predicate<T> { boolean test(T value); default Predicate<T> and(Predicate<? super T> f) {} default Predicate<T> or(Predicate<? super T> f) {} default Predicate<T> negate() {} static <T> Predicate<T> not(Predicate<? super T> f) {} }
interface BiPredicate<T, U> { boolean test(T a, U b); }
interface IntFunction<R> { R apply(int value); }
interface LongFunction<R> { R apply(long value); }
interface DoubleFunction<R> { R apply(double value); }
interface IntPredicate { boolean test(int value); }
interface IntConsumer { void accept(int value); }
interface LongConsumer { void accept(long value); }
interface DoubleConsumer { void accept(double value); }
interface ObjIntConsumer<T> { void accept(T a, int b); }
interface IntUnaryOperator { int applyAsInt(int value); }
interface IntBinaryOperator { int applyAsInt(int a, int b); }
interface ToIntFunction<T> { int applyAsInt(T value); }
interface ToLongFunction<T> { long applyAsLong(T value); }
interface ToDoubleFunction<T> { double applyAsDouble(T value); }
interface BooleanSupplier { boolean getAsBoolean(); }
interface IntSupplier { int getAsInt(); }
interface LongSupplier { long getAsLong(); }
interface DoubleSupplier { double getAsDouble(); }
interface Comparator<T> {
    int compare(T a, T b); default Comparator<T> reversed() {} default Comparator<T> thenComparing(Comparator<? super T> by) {}
    static <T, U> Comparator<T> comparing(Function<? super T, ? extends U> f) {} static <T> Comparator<T> naturalOrder() {} static <T> Comparator<T> reverseOrder() {}
    static <T> Comparator<T> comparingInt(ToIntFunction<? super T> f) {}
}
interface InvocationHandler { Object invoke(Object proxy, Method method, Object[] values); }

interface Future<V> { V get(); V get(long n, TimeUnit unit); boolean cancel(boolean interrupt); boolean isDone(); boolean isCancelled(); }
class FutureTask<V> implements Future<V>, Runnable {}
class CompletableFuture<T> implements Future<T> {
    public <U> CompletableFuture<U> thenApply(Function<? super T, ? extends U> f) {} public <U> CompletableFuture<U> thenCompose(Function<? super T, CompletableFuture<U>> f) {}
    public CompletableFuture<Void> thenAccept(Consumer<? super T> f) {} public T join() {} public boolean complete(T value) {} public static <U> CompletableFuture<U> supplyAsync(Supplier<U> f) {}
    public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> f) {} public static <U> CompletableFuture<U> completedFuture(U value) {}
}
final class Void {}
interface Executor { void execute(Runnable task); }
interface ExecutorService extends Executor { <T> Future<T> submit(Callable<T> task); void shutdown(); <T> List<Future<T>> invokeAll(Collection<Callable<T>> all); boolean isShutdown(); List<Runnable> shutdownNow(); boolean awaitTermination(long n, TimeUnit unit); }
interface ScheduledExecutorService extends ExecutorService {}
interface ThreadFactory { Thread newThread(Runnable task); }
enum TimeUnit { NANOSECONDS, MICROSECONDS, MILLISECONDS, SECONDS, MINUTES, HOURS, DAYS; public long toMillis(long n) {} public long toNanos(long n) {} public long convert(long n, TimeUnit unit) {} }
interface Lock { void lock(); void unlock(); boolean tryLock(); }
interface ReadWriteLock { Lock readLock(); Lock writeLock(); }
class AtomicReference<V> { public V get() {} public void set(V value) {} public V getAndSet(V value) {} public boolean compareAndSet(V a, V b) {} public V updateAndGet(UnaryOperator<V> f) {} }
class AtomicInteger extends Number { public int get() {} public void set(int v) {} public int incrementAndGet() {} public int getAndIncrement() {} public int decrementAndGet() {} public int addAndGet(int n) {} }
class AtomicLong extends Number { public long get() {} public void set(long v) {} public long incrementAndGet() {} public long getAndIncrement() {} }
class AtomicBoolean { public boolean get() {} public void set(boolean v) {} public boolean compareAndSet(boolean a, boolean b) {} }
class ThreadLocal<T> { public T get() {} public void set(T value) {} public void remove() {} protected T initialValue() {} public static <S> ThreadLocal<S> withInitial(Supplier<? extends S> f) {} }
abstract class Reference<T> { public T get() {} public void clear() {} }
class WeakReference<T> extends Reference<T> {}
class SoftReference<T> extends Reference<T> {}

abstract class Reader implements Closeable, Readable { public int read() {} public void mark(int n) {} public void reset() {} }
class StringReader extends Reader {}
class InputStreamReader extends Reader {}
class FileReader extends InputStreamReader {}
class BufferedReader extends Reader { public String readLine() {} public Stream<String> lines() {} }
abstract class Writer implements Closeable, Flushable, Appendable { public void write(String text) {} public void flush() {} public Writer append(CharSequence t) {} }
class StringWriter extends Writer { public StringBuffer getBuffer() {} }
class PrintWriter extends Writer { public void println(Object value) {} public void print(Object value) {} public PrintWriter printf(String f, Object... v) {} }
class BufferedWriter extends Writer {}
class OutputStreamWriter extends Writer {}
abstract class InputStream implements Closeable { public int read() {} public int read(byte[] into) {} public int available() {} public long skip(long n) {} public byte[] readAllBytes() {} }
abstract class OutputStream implements Closeable, Flushable { public void write(int b) {} public void flush() {} }
class ByteArrayInputStream extends InputStream {}
class ByteArrayOutputStream extends OutputStream { public byte[] toByteArray() {} public int size() {} }
class FileInputStream extends InputStream {}
class FileOutputStream extends OutputStream {}
class ObjectInputStream extends InputStream { public Object readObject() {} public void defaultReadObject() {} }
class ObjectOutputStream extends OutputStream { public void writeObject(Object o) {} public void defaultWriteObject() {} }
class PrintStream extends OutputStream { public void println(Object value) {} public void print(Object value) {} public PrintStream printf(String format, Object... values) {} }
class System {
    public static final PrintStream out, err; public static long currentTimeMillis() {} public static long nanoTime() {} public static String getProperty(String key) {}
    public static String getProperty(String key, String other) {} public static void arraycopy(Object a, int b, Object c, int d, int e) {} public static int identityHashCode(Object a) {} public static void exit(int code) {}
    public static String lineSeparator() {} public static String getenv(String name) {}
}
class File implements Comparable<File> { public String getName() {} public String getPath() {} public boolean exists() {} public File getParentFile() {} public File[] listFiles() {} public boolean mkdirs() {} public Path toPath() {} public boolean delete() {} public String getAbsolutePath() {} public boolean isDirectory() {} }
interface Path extends Iterable<Path>, Comparable<Path> { Path resolve(String other); Path getParent(); Path getFileName(); File toFile(); }
class BigInteger extends Number implements Comparable<BigInteger> { public BigInteger add(BigInteger o) {} public BigInteger multiply(BigInteger o) {} public static BigInteger valueOf(long v) {} public static final BigInteger ZERO, ONE; }
class BigDecimal extends Number implements Comparable<BigDecimal> { public BigDecimal add(BigDecimal o) {} public static BigDecimal valueOf(double v) {} public static final BigDecimal ZERO, ONE; }
class Date implements Comparable<Date> { public long getTime() {} public void setTime(long t) {} public boolean before(Date d) {} public boolean after(Date d) {} }
abstract class Calendar { public Date getTime() {} public void setTime(Date d) {} public int get(int f) {} public void set(int f, int v) {} public void add(int f, int n) {} public static Calendar getInstance() {} public TimeZone getTimeZone() {} public long getTimeInMillis() {} }
class GregorianCalendar extends Calendar {}
abstract class TimeZone { public static TimeZone getDefault() {} public static TimeZone getTimeZone(String id) {} public String getID() {} }
final class Pattern { public static Pattern compile(String text) {} public Matcher matcher(CharSequence text) {} public String pattern() {} public static String quote(String t) {} }
final class Matcher { public boolean matches() {} public boolean find() {} public String group() {} public String group(int n) {} public int start() {} public int end() {} public boolean lookingAt() {} }
final class UUID implements Comparable<UUID> { public static UUID randomUUID() {} }
class Random { public int nextInt(int n) {} public double nextDouble() {} public long nextLong() {} public boolean nextBoolean() {} }
class URL { public String getPath() {} }
class URI implements Comparable<URI> { public static URI create(String t) {} }
class BitSet { public boolean get(int i) {} public void set(int i) {} public int cardinality() {} public int nextSetBit(int i) {} }
