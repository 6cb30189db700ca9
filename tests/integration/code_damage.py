# SPDX-License-Identifier: GPL-3.0-or-later
"""Source files as bad luck and bad will make them: samples of every language, damaged at random, and constructs without end."""
import pathlib

SAMPLES = pathlib.Path(__file__).resolve().parents[1] / 'languages'
ENDINGS = {'.ts': 'typescript', '.tsx': 'tsx', '.js': 'javascript', '.py': 'python', '.rs': 'rust', '.go': 'go', '.java': 'java',
           '.cs': 'csharp', '.c': 'c', '.cpp': 'cpp'}
MANIFESTS = ['package.json', 'tsconfig.json', 'go.mod', 'Cargo.toml', 'pyproject.toml']

# what a file may hold inside itself, again and again: before, after, what opens, what closes
DEEP = {
    'ts': ('const x = ', ';\n', ['(:)', '[:]', '{a: :}', '() => {: return 1 }', '`${:}`', 'f(:)', '!:', 'a ? :: 1', 'class { m() {: } }',
                                 'async function() {: }', 'new A(:)', 'a => :']),
    'tsx': ('const x = ', ';\n', ['<a>:</a>', '<A b={:}/>', '<>{:}</>', '(:)', 'f<A<:>>()']),
    'js': ('x = ', ';\n', ['(:)', '[:]', '{a: :}', 'function() {: }', 'f(:)', '-:', 'a ? b : :', '...[:]']),
    'py': ('x = ', '\n', ['(:)', '[:]', '{1: :}', 'f(:)', 'lambda: :', 'not :', 'a if b else :', '-:', '[: for x in y]', 'f"{:}"']),
    'rs': ('fn f() { let x = ', '; }\n', ['(:)', '[:]', '{:}', 'f(:)', '!:', 'if a {:}', '|x| :', 'match a { _ => : }', 'Some(:)', 'm![:]']),
    'go': ('package p\nvar x = ', '\n', ['(:)', '[]int{:}', 'f(:)', 'func() { : }', '-:', '*:', 'map[int]int{1: :}', 'T{a: :}']),
    'java': ('class A { Object x = ', '; }\n', ['(:)', 'f(:)', '() -> {: }', 'new A() { Object y = :; }', '!:', '(A) :', 'a ? b : :', 'new B[]{:}']),
    'cs': ('class A { object x = ', '; }\n', ['(:)', 'f(:)', '() => {: }', '!:', 'new { A = : }', '$"{:}"', 'a ?? :', '(A) :', 'x switch { _ => : }']),
    'c': ('int x = ', ';\n', ['(:)', '{:}', 'f(:)', '!:', 'a[:]', '*:', 'sizeof(:)', '({:})', '(int) :']),
    'cpp': ('auto x = ', ';\n', ['(:)', '{:}', 'f(:)', '[]{:}', 'new A(:)', 'a<:>', 'A<A<:>>()', 'co_await :']),
}
# declarations and statements of a language that may stand in themselves
DEEPER = {
    'ts': ['namespace A { :}', 'class A { m() { :} }', 'if (a) { :}', 'type T = A<:>;', 'function f(){ :}', 'try { :} finally {}', 'a.b(:)', 'x = (:);'],
    'py': ['class A:\n :', 'def f():\n :', 'if a:\n :'],
    'rs': ['mod a { :}', 'fn f() { :}', 'impl A { fn f() { :} }', 'type T = A<:>;', 'use a::{:};', 'macro_rules! a { :}'],
    'go': ['func f() { :}', 'if a { :}', 'type T struct { a :}', 'for { :}'],
    'java': ['class A { :}', 'if (a) { :}', 'try { :} finally {}', '@A(:)'],
    'cs': ['namespace A { :}', 'class A { :}', 'void F() { :}', 'using (a) { :}'],
    'c': ['#if A\n:#endif\n', 'struct { :} a;', 'if (a) { :}', 'int f(:)', 'int (*f)(:);'],
    'cpp': ['namespace a { :}', 'class A { :};', 'template<: class T>', 'extern "C" { :}', '#ifdef A\n:#else\n#endif\n'],
}


def of_language(path):
    return 'manifest' if path.name in MANIFESTS else ENDINGS.get(path.suffix)


def samples():
    """Language: the texts of all its samples."""
    found = {}
    for path in sorted(SAMPLES.rglob('*')):
        language = of_language(path)
        if language and path.is_file():
            found.setdefault(language, []).append((path.name, path.read_bytes()))
    return found


# ---- damage ----

def flip(r, text, others):
    for _ in range(r.randint(1, 30)):
        text[r.randrange(len(text))] = r.randrange(256)


def cut(r, text, others):
    del text[r.randrange(len(text)):]


def binary(r, text, others):
    at = r.randrange(len(text))
    text[at:at] = r.randbytes(r.choice([1, 20, 3000, 20000]))


def move(r, text, others):
    at, length = r.randrange(len(text)), r.randint(1, 300)
    piece = text[at:at + length]
    del text[at:at + length]
    to = r.randint(0, len(text))
    text[to:to] = piece


def repeat(r, text, others):
    """A piece of itself, or what opens something, many times."""
    at = r.randrange(len(text))
    piece = text[at:at + r.randint(1, 40)] if r.random() < 0.5 else r.choice(
        [b'(', b'[', b'{', b'<', b'a.', b'a(', b'=> ', b'!', b'`${', b'if (a) ', b'*', b'::', b'"', b'/*', b'#if A\n', b'\n ', b'@', b'\\', b'f"{'])
    text[at:at] = bytes(piece) * r.randint(1, 4000)


def splice(r, text, others):
    other = r.choice(others)
    at = r.randrange(len(text))
    text[at:at + r.randint(0, 500)] = other[r.randrange(len(other)):][:r.randint(1, 800)]


def ends(r, text, others):
    """Line ends, or how it is encoded, as another system has them."""
    said = bytes(text)
    text[:] = r.choice([said.replace(b'\n', b'\r\n'), said.replace(b'\n', b'\r'), b'\xef\xbb\xbf' + said,
                        said.decode('latin-1').encode('utf-16'), said.replace(b' ', b'\x00'), said.replace(b'a', b'\xff')])


def damaged(r, text, others):
    made = bytearray(text)
    for _ in range(r.randint(1, 3)):
        if made:
            r.choice([flip, flip, cut, binary, move, repeat, splice, ends])(r, made, others)
    return bytes(made)


def name_of(number, language, sample):
    """Manifests have names of their own, each in a folder."""
    if language == 'manifest':
        return f'{language}/{number}/{sample}'
    return f'{language}/{number // 500}/f{number}{pathlib.Path(sample).suffix}'


def write_damaged(r, folder, each):
    """So many damaged files of each language. How many there are."""
    written = 0
    everything = samples()
    assert len(everything) == 11, sorted(everything)
    for language, texts in sorted(everything.items()):
        others = [text for other in everything.values() for _, text in other if text]
        for number in range(each):
            sample, text = texts[number % len(texts)]
            path = folder / name_of(number, language, sample)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(damaged(r, text, others))
            written += 1
    return written


# ---- depth ----

def deep_files(times):
    """name: text, of each construct of each language. In lines of their own: one long line is not parsed at all."""
    made = {}
    for language, (before, after, patterns) in DEEP.items():
        for number, pattern in enumerate(patterns):
            opens, closes = pattern.rsplit(':', 1)
            made[f'e{number}.{language}'] = before + (opens + '\n') * times + '1' + closes * times + after
    for language, patterns in DEEPER.items():
        for number, pattern in enumerate(patterns):
            opens, closes = pattern.rsplit(':', 1)
            made[f's{number}.{language}'] = (opens + '\n') * times + closes * times + '\n'
    return made
