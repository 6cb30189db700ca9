// SPDX-License-Identifier: GPL-3.0-or-later
// What Rust's standard library gives, as far as types flow through it: without references, and with Box, Rc and Arc as what they hold.

pub struct bool; pub struct char; pub struct str; pub struct String;
pub struct i8; pub struct i16; pub struct i32; pub struct i64; pub struct i128; pub struct isize;
pub struct u8; pub struct u16; pub struct u32; pub struct u64; pub struct u128; pub struct usize;
pub struct f32; pub struct f64;
pub struct slice<T>(T); pub struct Vec<T>(T); pub struct VecDeque<T>(T); pub struct HashSet<T>(T); pub struct BTreeSet<T>(T);
pub struct BinaryHeap<T>(T); pub struct LinkedList<T>(T);
pub struct HashMap<K, V>(K, V); pub struct BTreeMap<K, V>(K, V);
pub struct Entry<K, V>(K, V);
pub struct Cell<T>(T); pub struct RefCell<T>(T); pub struct Mutex<T>(T); pub struct RwLock<T>(T); pub struct OnceCell<T>(T);
pub struct Box; pub struct Rc; pub struct Arc;

pub enum Option<T> { None, Some(T) }
pub enum Result<T, E> { Ok(T), Err(E) }

pub fn Some<T>(value: T) -> Option<T> {}
pub fn Ok<T, E>(value: T) -> Result<T, E> {}
pub fn Err<T, E>(error: E) -> Result<T, E> {}
pub const None: Option = 0;

impl Box { pub fn new<T>(value: T) -> T {} }
impl Rc { pub fn new<T>(value: T) -> T {} pub fn clone<T>(value: T) -> T {} }
impl Arc { pub fn new<T>(value: T) -> T {} pub fn clone<T>(value: T) -> T {} }

impl<T> Option<T> {
    pub fn unwrap(self) -> T {}
    pub fn expect(self, message: str) -> T {}
    pub fn unwrap_or(self, other: T) -> T {}
    pub fn unwrap_or_else(self, f: fn() -> T) -> T {}
    pub fn unwrap_or_default(self) -> T {}
    pub fn unwrap_unchecked(self) -> T {}
    pub fn as_ref(self) -> Self {}
    pub fn as_mut(self) -> Self {}
    pub fn as_deref(self) -> Self {}
    pub fn as_deref_mut(self) -> Self {}
    pub fn as_slice(self) -> slice<T> {}
    pub fn cloned(self) -> Self {}
    pub fn copied(self) -> Self {}
    pub fn clone(self) -> Self {}
    pub fn take(self) -> Self {}
    pub fn replace(self, value: T) -> Self {}
    pub fn insert(self, value: T) -> T {}
    pub fn get_or_insert(self, value: T) -> T {}
    pub fn get_or_insert_with(self, f: fn() -> T) -> T {}
    pub fn map<U>(self, f: fn(T) -> U) -> Option<U> {}
    pub fn map_or<U>(self, other: U, f: fn(T) -> U) -> U {}
    pub fn map_or_else<U>(self, other: fn() -> U, f: fn(T) -> U) -> U {}
    pub fn and_then<U>(self, f: fn(T) -> Option<U>) -> Option<U> {}
    pub fn and<U>(self, other: Option<U>) -> Option<U> {}
    pub fn filter(self, f: fn(T) -> bool) -> Self {}
    pub fn or(self, other: Self) -> Self {}
    pub fn or_else(self, f: fn() -> Self) -> Self {}
    pub fn xor(self, other: Self) -> Self {}
    pub fn flatten(self) -> T {}
    pub fn ok_or<E>(self, error: E) -> Result<T, E> {}
    pub fn ok_or_else<E>(self, error: fn() -> E) -> Result<T, E> {}
    pub fn is_some(self) -> bool {}
    pub fn is_none(self) -> bool {}
    pub fn is_some_and(self, f: fn(T) -> bool) -> bool {}
    pub fn iter(self) -> Iterator<T> {}
    pub fn iter_mut(self) -> Iterator<T> {}
    pub fn into_iter(self) -> Iterator<T> {}
    pub fn zip<U>(self, other: Option<U>) -> Option<(T, U)> {}
    pub fn inspect(self, f: fn(T)) -> Self {}
}

impl<T, E> Result<T, E> {
    pub fn unwrap(self) -> T {}
    pub fn expect(self, message: str) -> T {}
    pub fn unwrap_or(self, other: T) -> T {}
    pub fn unwrap_or_else(self, f: fn(E) -> T) -> T {}
    pub fn unwrap_or_default(self) -> T {}
    pub fn unwrap_err(self) -> E {}
    pub fn expect_err(self, message: str) -> E {}
    pub fn ok(self) -> Option<T> {}
    pub fn err(self) -> Option<E> {}
    pub fn as_ref(self) -> Self {}
    pub fn as_mut(self) -> Self {}
    pub fn clone(self) -> Self {}
    pub fn cloned(self) -> Self {}
    pub fn map<U>(self, f: fn(T) -> U) -> Result<U, E> {}
    pub fn map_err<F>(self, f: fn(E) -> F) -> Result<T, F> {}
    pub fn map_or<U>(self, other: U, f: fn(T) -> U) -> U {}
    pub fn map_or_else<U>(self, other: fn(E) -> U, f: fn(T) -> U) -> U {}
    pub fn and_then<U>(self, f: fn(T) -> Result<U, E>) -> Result<U, E> {}
    pub fn or_else<F>(self, f: fn(E) -> Result<T, F>) -> Result<T, F> {}
    pub fn is_ok(self) -> bool {}
    pub fn is_err(self) -> bool {}
    pub fn iter(self) -> Iterator<T> {}
    pub fn into_iter(self) -> Iterator<T> {}
}

pub trait Iterator<T> {
    fn next(&mut self) -> Option<T> {}
    fn peek(&mut self) -> Option<T> {}
    fn peek_mut(&mut self) -> Option<T> {}
    fn next_back(&mut self) -> Option<T> {}
    fn next_if(&mut self, f: fn(T) -> bool) -> Option<T> {}
    fn nth(&mut self, n: usize) -> Option<T> {}
    fn last(self) -> Option<T> {}
    fn min(self) -> Option<T> {}
    fn max(self) -> Option<T> {}
    fn min_by_key<K>(self, f: fn(T) -> K) -> Option<T> {}
    fn max_by_key<K>(self, f: fn(T) -> K) -> Option<T> {}
    fn min_by(self, f: fn(T, T) -> i32) -> Option<T> {}
    fn max_by(self, f: fn(T, T) -> i32) -> Option<T> {}
    fn find(&mut self, f: fn(T) -> bool) -> Option<T> {}
    fn find_map<U>(&mut self, f: fn(T) -> Option<U>) -> Option<U> {}
    fn position(&mut self, f: fn(T) -> bool) -> Option<usize> {}
    fn rposition(&mut self, f: fn(T) -> bool) -> Option<usize> {}
    fn all(&mut self, f: fn(T) -> bool) -> bool {}
    fn any(&mut self, f: fn(T) -> bool) -> bool {}
    fn for_each(self, f: fn(T)) {}
    fn try_for_each<R>(self, f: fn(T) -> R) -> R {}
    fn fold<A>(self, begin: A, f: fn(A, T) -> A) -> A {}
    fn map<U>(self, f: fn(T) -> U) -> Iterator<U> {}
    fn filter(self, f: fn(T) -> bool) -> Iterator<T> {}
    fn filter_map<U>(self, f: fn(T) -> Option<U>) -> Iterator<U> {}
    fn flat_map<U>(self, f: fn(T) -> Vec<U>) -> Iterator<U> {}
    fn map_while<U>(self, f: fn(T) -> Option<U>) -> Iterator<U> {}
    fn take_while(self, f: fn(T) -> bool) -> Iterator<T> {}
    fn skip_while(self, f: fn(T) -> bool) -> Iterator<T> {}
    fn inspect(self, f: fn(T)) -> Iterator<T> {}
    fn enumerate(self) -> Iterator<(usize, T)> {}
    fn zip<U>(self, other: Iterator<U>) -> Iterator<(T, U)> {}
    fn chain(self, other: Iterator<T>) -> Iterator<T> {}
    fn partition(self, f: fn(T) -> bool) -> (Vec<T>, Vec<T>) {}
    fn rev(self) -> Iterator<T> {}
    fn skip(self, n: usize) -> Iterator<T> {}
    fn take(self, n: usize) -> Iterator<T> {}
    fn step_by(self, n: usize) -> Iterator<T> {}
    fn cycle(self) -> Iterator<T> {}
    fn fuse(self) -> Iterator<T> {}
    fn peekable(self) -> Iterator<T> {}
    fn cloned(self) -> Iterator<T> {}
    fn copied(self) -> Iterator<T> {}
    fn by_ref(&mut self) -> Iterator<T> {}
    fn iter(self) -> Iterator<T> {}
    fn into_iter(self) -> Iterator<T> {}
    fn clone(&self) -> Iterator<T> {}
    fn count(self) -> usize {}
}

pub trait Sequence<T>: Iterator<T> {
    fn new() -> Self {}
    fn with_capacity(n: usize) -> Self {}
    fn from<A>(from: A) -> Self {}
    fn default() -> Self {}
    fn get(&self, n: usize) -> Option<T> {}
    fn get_mut(&mut self, n: usize) -> Option<T> {}
    fn get_unchecked(&self, n: usize) -> T {}
    fn get_unchecked_mut(&mut self, n: usize) -> T {}
    fn first(&self) -> Option<T> {}
    fn first_mut(&mut self) -> Option<T> {}
    fn last(&self) -> Option<T> {}
    fn last_mut(&mut self) -> Option<T> {}
    fn front(&self) -> Option<T> {}
    fn front_mut(&mut self) -> Option<T> {}
    fn back(&self) -> Option<T> {}
    fn back_mut(&mut self) -> Option<T> {}
    fn pop(&mut self) -> Option<T> {}
    fn pop_front(&mut self) -> Option<T> {}
    fn pop_back(&mut self) -> Option<T> {}
    fn push(&mut self, value: T) {}
    fn push_front(&mut self, value: T) {}
    fn push_back(&mut self, value: T) {}
    fn insert(&mut self, value: T) -> bool {}
    fn remove(&mut self, n: usize) -> T {}
    fn swap_remove(&mut self, n: usize) -> T {}
    fn swap(&mut self, a: usize, b: usize) {}
    fn contains(&self, value: T) -> bool {}
    fn extend(&mut self, other: Iterator<T>) {}
    fn append(&mut self, other: Self) {}
    fn truncate(&mut self, n: usize) {}
    fn resize(&mut self, n: usize, value: T) {}
    fn reserve(&mut self, n: usize) {}
    fn clear(&mut self) {}
    fn len(&self) -> usize {}
    fn is_empty(&self) -> bool {}
    fn drain(&mut self, range: usize) -> Iterator<T> {}
    fn retain(&mut self, f: fn(T) -> bool) {}
    fn split_off(&mut self, n: usize) -> Self {}
    fn iter(&self) -> Iterator<T> {}
    fn iter_mut(&mut self) -> Iterator<T> {}
    fn into_iter(self) -> Iterator<T> {}
    fn as_slice(&self) -> slice<T> {}
    fn as_mut_slice(&mut self) -> slice<T> {}
    fn as_ref(&self) -> slice<T> {}
    fn to_vec(&self) -> Vec<T> {}
    fn to_owned(&self) -> Vec<T> {}
    fn into_boxed_slice(self) -> slice<T> {}
    fn clone(&self) -> Self {}
    fn chunks(&self, n: usize) -> Iterator<slice<T>> {}
    fn windows(&self, n: usize) -> Iterator<slice<T>> {}
    fn split_first(&self) -> Option<(T, slice<T>)> {}
    fn split_last(&self) -> Option<(T, slice<T>)> {}
    fn split_at(&self, n: usize) -> (slice<T>, slice<T>) {}
    fn sort(&mut self) {}
    fn sort_by(&mut self, f: fn(T, T) -> i32) {}
    fn sort_by_key<K>(&mut self, f: fn(T) -> K) {}
    fn sort_unstable(&mut self) {}
    fn sort_unstable_by(&mut self, f: fn(T, T) -> i32) {}
    fn dedup(&mut self) {}
    fn reverse(&mut self) {}
    fn binary_search(&self, value: T) -> Result<usize, usize> {}
    fn binary_search_by(&self, f: fn(T) -> i32) -> Result<usize, usize> {}
    fn starts_with(&self, other: slice<T>) -> bool {}
    fn extend_from_slice(&mut self, other: slice<T>) {}
}
impl<T> Sequence<T> for Vec<T> {}
impl<T> Sequence<T> for slice<T> {}
impl<T> Sequence<T> for VecDeque<T> {}
impl<T> Sequence<T> for HashSet<T> {}
impl<T> Sequence<T> for BTreeSet<T> {}
impl<T> Sequence<T> for BinaryHeap<T> {}
impl<T> Sequence<T> for LinkedList<T> {}

pub trait Table<K, V> {
    fn new() -> Self {}
    fn with_capacity(n: usize) -> Self {}
    fn default() -> Self {}
    fn get(&self, key: K) -> Option<V> {}
    fn get_mut(&mut self, key: K) -> Option<V> {}
    fn insert(&mut self, key: K, value: V) -> Option<V> {}
    fn remove(&mut self, key: K) -> Option<V> {}
    fn contains_key(&self, key: K) -> bool {}
    fn entry(&mut self, key: K) -> Entry<K, V> {}
    fn keys(&self) -> Iterator<K> {}
    fn values(&self) -> Iterator<V> {}
    fn values_mut(&mut self) -> Iterator<V> {}
    fn into_values(self) -> Iterator<V> {}
    fn into_keys(self) -> Iterator<K> {}
    fn iter(&self) -> Iterator<(K, V)> {}
    fn iter_mut(&mut self) -> Iterator<(K, V)> {}
    fn into_iter(self) -> Iterator<(K, V)> {}
    fn drain(&mut self) -> Iterator<(K, V)> {}
    fn clone(&self) -> Self {}
    fn clear(&mut self) {}
    fn len(&self) -> usize {}
    fn is_empty(&self) -> bool {}
    fn retain(&mut self, f: fn(K, V) -> bool) {}
    fn extend<A>(&mut self, other: A) {}
}
impl<K, V> Table<K, V> for HashMap<K, V> {}
impl<K, V> Table<K, V> for BTreeMap<K, V> {}

impl<K, V> Entry<K, V> {
    pub fn or_insert(self, value: V) -> V {}
    pub fn or_insert_with(self, f: fn() -> V) -> V {}
    pub fn or_default(self) -> V {}
    pub fn and_modify(self, f: fn(V)) -> Self {}
}

pub trait Holder<T> {
    fn new(value: T) -> Self {}
    fn get(&self) -> T {}
    fn set(&self, value: T) {}
    fn get_mut(&mut self) -> T {}
    fn borrow(&self) -> T {}
    fn borrow_mut(&self) -> T {}
    fn into_inner(self) -> T {}
    fn replace(&self, value: T) -> T {}
    fn take(&self) -> T {}
}
impl<T> Holder<T> for Cell<T> {}
impl<T> Holder<T> for RefCell<T> {}
impl<T> Holder<T> for OnceCell<T> {}
impl<T> Mutex<T> { pub fn new(value: T) -> Self {} pub fn lock(&self) -> Result<T, i32> {} pub fn into_inner(self) -> Result<T, i32> {} }
impl<T> RwLock<T> {
    pub fn new(value: T) -> Self {}
    pub fn read(&self) -> Result<T, i32> {}
    pub fn write(&self) -> Result<T, i32> {}
}

pub trait Text {
    fn new() -> String {}
    fn from<A>(from: A) -> String {}
    fn chars(&self) -> Iterator<char> {}
    fn char_indices(&self) -> Iterator<(usize, char)> {}
    fn bytes(&self) -> Iterator<u8> {}
    fn lines(&self) -> Iterator<str> {}
    fn split<A>(&self, by: A) -> Iterator<str> {}
    fn splitn<A>(&self, n: usize, by: A) -> Iterator<str> {}
    fn split_whitespace(&self) -> Iterator<str> {}
    fn split_at(&self, n: usize) -> (str, str) {}
    fn split_once<A>(&self, by: A) -> Option<(str, str)> {}
    fn trim(&self) -> str {}
    fn trim_start(&self) -> str {}
    fn trim_end(&self) -> str {}
    fn as_str(&self) -> str {}
    fn as_bytes(&self) -> slice<u8> {}
    fn to_string(&self) -> String {}
    fn to_owned(&self) -> String {}
    fn clone(&self) -> String {}
    fn find<A>(&self, what: A) -> Option<usize> {}
    fn get<A>(&self, range: A) -> Option<str> {}
    fn strip_prefix<A>(&self, what: A) -> Option<str> {}
    fn strip_suffix<A>(&self, what: A) -> Option<str> {}
    fn len(&self) -> usize {}
    fn is_empty(&self) -> bool {}
    fn push(&mut self, c: char) {}
    fn push_str(&mut self, text: str) {}
    fn starts_with<A>(&self, what: A) -> bool {}
    fn ends_with<A>(&self, what: A) -> bool {}
    fn contains<A>(&self, what: A) -> bool {}
    fn parse<F>(&self) -> Result<F, i32> {}
    fn replace<A>(&self, from: A, to: str) -> String {}
    fn to_lowercase(&self) -> String {}
    fn to_uppercase(&self) -> String {}
    fn into_bytes(self) -> Vec<u8> {}
}
impl Text for str {}
impl Text for String {}
