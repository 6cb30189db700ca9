#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of C: lengths of functions and files, parameters (the GError **error that ends most lists is
not counted), and what is not used here at all."""
import re

import tree

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 800
PARAMETERS_MAX = 5

# Signatures that a library imposes on its callbacks (and what they hand on): sd-bus's property getters and
# setters, GDBus's handlers of calls and signals, SQLite's authorizer and virtual tables, FTS5's tokenizers and their tokens, libxml2's element handlers, libmicrohttpd's callbacks.
IMPOSED = re.compile(r'sd_bus \*\w+, const char \*\w+, const char \*\w+|'
                     r'^GDBusConnection \*\w+, const char \*\w+, const char \*\w+|'
                     r' \*\w+, int \w+(, const char \*\w+){4}$|'
                     r'int \w+, const char \*const \*\w+, sqlite3_vtab \*\*\w+, char \*\*\w+$|'
                     r'int \w+, const char \*\w+, int \w+, (int \w+, int|TokenFunc) \w+$|'
                     r'(, const xmlChar \*\w+){3}|'
                     r'\b(struct MHD_Connection \*|enum MHD_ValueKind )')

# A batch has its claims, their number, what becomes of each and the words for the journal.
MANY = {'graph_submit'}

# What the daemon does without, with the rooms that are excepted. libsecret's calls want a GMainContext.
BANNED = [
    (re.compile(r'\bgoto\b'), 'goto', ()),
    (re.compile(r'\b(GMainLoop|GMainContext|g_main_(loop|context)_\w+)\b'), "GLib's main loop", ('secrets',)),
    (re.compile(r'\b(GTask|g_task_\w+)\b'), 'GTask', ()),
    (re.compile(r'\b(GDBus\w+|g_dbus_\w+|g_bus_\w+)\b'), 'GDBus', ('secrets',)),
    (re.compile(r'\b(GFileMonitor|g_file_monitor\w*)\b'), 'GFileMonitor', ()),
    (re.compile(r'\b(g_thread_(try_)?new|pthread_create|thrd_create|GThreadPool)\b'),
     'a thread of its own (base/worker has them)', ('base', 'store')),
    (re.compile(r'\b(system|popen|strcpy|strcat|sprintf|gets|tmpnam|mktemp)\s*\('), 'an unsafe call', ()),
]


def parameters_of(text):
    """How many parameters stand between these brackets."""
    depth, count = 0, 1
    for c in text:
        depth += (c in '([{') - (c in ')]}')
        count += c == ',' and depth == 0
    count -= bool(re.search(r'(\.\.\.|GError \*\*\w+)\s*$', text))
    return 0 if text.strip() in ('', 'void') else count


def check_parameters(path, code):
    complaints = []
    pattern = r'^(?!typedef|#|return|else|struct \w+ \{)[A-Za-z_][\w \*]*?[ \*](\w+)\(((?:[^;{}()]|\([^()]*\))*)\)[^;{}()]*(?:\([^()]*\))?\s*[;{]'
    for match in re.finditer(pattern, code, re.MULTILINE):
        name, inside = match.group(1), ' '.join(match.group(2).split())
        if parameters_of(inside) > PARAMETERS_MAX and name not in MANY and not IMPOSED.search(inside):
            complaints.append(f'{path}:{tree.line_of(code, match.start())}: {name}() has '
                              f'{parameters_of(inside)} parameters, at most {PARAMETERS_MAX}')
    return complaints


def check_functions(path, code):
    """A function's body is what stands between a { and a } that are alone in the first column."""
    complaints, begin = [], None
    lines = code.split('\n')
    for number, line in enumerate(lines, 1):
        if line.rstrip() == '{':
            begin = number
        if line.rstrip() == '}' and begin:
            head = begin - 1
            while head > 1 and lines[head - 2].strip() and lines[head - 1][:1] in ' \t':
                head -= 1
            if number - head + 1 > FUNCTION_LINES_MAX:
                complaints.append(f'{path}:{head}: a function of {number - head + 1} lines, at most '
                                  f'{FUNCTION_LINES_MAX}')
            begin = None
    return complaints


def check_banned(path, code):
    complaints = []
    room = path.split('/')[1] if path.startswith('daemon/') else ''
    for pattern, name, rooms in BANNED:
        if not path.startswith(('daemon/', 'cli/')) and name != 'goto':
            continue
        for match in pattern.finditer(code):
            if room not in rooms:
                complaints.append(f'{path}:{tree.line_of(code, match.start())}: {match.group().strip()}: '
                                  f'{name} is not used here')
    return complaints


def check(texts):
    complaints = []
    for path, text in texts.items():
        code = tree.bare(text)
        lines = text.count('\n')
        if lines > FILE_LINES_MAX:
            complaints.append(f'{path}:1: {lines} lines, at most {FILE_LINES_MAX}')
        complaints += check_parameters(path, code) + check_functions(path, code) + check_banned(path, code)
    return complaints


def function(lines):
    return 'static int work(int a,\n                int b)\n{\n' + '        a++;\n' * (lines - 4) + '}\n'


PATH = 'daemon/graph/fact.c'
SAMPLES = [
    ({PATH: function(70) + function(70)}, None),
    ({PATH: function(71)}, f'{PATH}:1: a function of 71 lines'),
    ({PATH: '/* x */\n' * 800}, None),
    ({PATH: '/* x */\n' * 801}, '801 lines'),
    ({PATH: 'int f(int a, int b, void (*c)(int, int), int d, const char *e, ...);\n'}, None),
    ({PATH: 'bool f(int a, int b, int c, int d, int e, GError **error);\n'}, None),
    ({PATH: 'bool\nf(int a);\nint f(int a, int b, int c, int d,\n      int e, int f);\n'}, ':3: f() has 6 parameters'),
    ({PATH: 'static int f(int a, int b, int c, int d, int e, int f)\n{\n}\n'}, 'f() has 6 parameters'),
    ({PATH: 'static int g(sd_bus *bus, const char *path, const char *interface, const char *name, '
            'sd_bus_message *reply, void *data, sd_bus_error *error)\n{\n}\n'}, None),
    ({PATH: 'static int g(const Db *db, int action, const char *a, const char *b, const char *c, const char *d);\n'}, None),
    ({PATH: 'static void f(void)\n{\n        g(1, 2, 3, 4, 5, 6);\n}\n'}, None),
    ({PATH: '/* goto */ char *a = "goto";\n'}, None),
    ({PATH: 'void f(void)\n{\n        goto out;\n}\n'}, ':3: goto'),
    ({PATH: 'GMainLoop *loop;\n'}, "GLib's main loop"),
    ({PATH: 'GTask *task;\n'}, 'GTask'),
    ({PATH: 'int a = g_bus_get_sync(1);\n'}, 'GDBus'),
    ({'daemon/secrets/keyring.c': 'int a = g_bus_get_sync(1);\n'}, None),
    ({PATH: 'GFileMonitor *monitor;\n'}, 'GFileMonitor'),
    ({PATH: 'int a = pthread_create(1);\n'}, 'base/worker'),
    ({'daemon/base/worker.c': 'int a = g_thread_try_new(1);\n'}, None),
    ({'tests/base/test-x.c': 'int a = g_thread_new(1);\n'}, None),
    ({PATH: 'int a = system("rm");\n'}, 'unsafe'),
]

if __name__ == '__main__':
    tree.main(check, lambda p: tree.is_c(p) and p.startswith(('daemon/', 'cli/', 'tests/', 'tray/'))
              and not tree.is_sample(p), SAMPLES)
