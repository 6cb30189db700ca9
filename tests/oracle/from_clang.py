# SPDX-License-Identifier: GPL-3.0-or-later
"""What clang says of C and C++: definitions, includes and calls of the files that it reads without a fatal error.

A call counts where the name of what is called is written, in a file or in an argument of a macro: of functions, methods, fields
that hold functions, function-like macros, and constructors that are named. It is right if it goes to the definition,
or, if there is none in the repository, or a macro makes it, to a declaration. A compiler sees one configuration, we see all: what is
inactive in it is not judged."""
import ctypes
import os

import clang.cindex as cindex
import truth

K = cindex.CursorKind
FUNCTIONS = {K.FUNCTION_DECL, K.CXX_METHOD, K.CONSTRUCTOR, K.DESTRUCTOR, K.CONVERSION_FUNCTION, K.FUNCTION_TEMPLATE}
TYPES = {K.STRUCT_DECL, K.UNION_DECL, K.CLASS_DECL, K.ENUM_DECL, K.CLASS_TEMPLATE, K.CLASS_TEMPLATE_PARTIAL_SPECIALIZATION}
NAMES = {K.TYPEDEF_DECL, K.TYPE_ALIAS_DECL, K.TYPE_ALIAS_TEMPLATE_DECL, K.NAMESPACE, K.FIELD_DECL, K.VAR_DECL,
         K.ENUM_CONSTANT_DECL}
WRAPPERS = {K.UNEXPOSED_EXPR, K.PAREN_EXPR, K.UNARY_OPERATOR}
OPTIONS = cindex.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD


class _Ranges(ctypes.Structure):
    _fields_ = [('count', ctypes.c_uint), ('ranges', ctypes.POINTER(cindex.SourceRange))]


def _library():
    library = cindex.conf.lib
    library.clang_getFileLocation.argtypes = [cindex.SourceLocation, ctypes.POINTER(cindex.c_object_p),
                                              ctypes.POINTER(ctypes.c_uint), ctypes.POINTER(ctypes.c_uint),
                                              ctypes.POINTER(ctypes.c_uint)]
    library.clang_getFileLocation.restype = None
    library.clang_getSkippedRanges.argtypes = [cindex.TranslationUnit, cindex.c_object_p]
    library.clang_getSkippedRanges.restype = ctypes.POINTER(_Ranges)
    library.clang_getSpecializedCursorTemplate.argtypes = [cindex.Cursor]
    library.clang_getSpecializedCursorTemplate.restype = cindex.Cursor
    library.clang_Cursor_isMacroFunctionLike.argtypes = [cindex.Cursor]
    library.clang_Cursor_isMacroFunctionLike.restype = ctypes.c_uint
    return library


class Reader:
    def __init__(self, root):
        self.root = os.path.realpath(root)
        self.library = _library()
        self.index = cindex.Index.create()
        self.truth = truth.Truth()
        self.bodies = {}      # usr → places of definitions
        self.prototypes = {}  # usr → places of other declarations
        self.made = set()     # usrs of what a macro defines: no name is written there
        self.calls = {}       # place → usrs
        self.expanded = {}    # the same of calls that a macro makes: that of the macro is what is written there
        self.texts = {}
        self.seen = set()

    # ---- places

    def _relative(self, name):
        path = os.path.realpath(name)
        return os.path.relpath(path, self.root) if path.startswith(self.root + os.sep) else None

    def _place(self, location):
        file, line, column = cindex.c_object_p(), ctypes.c_uint(), ctypes.c_uint()
        self.library.clang_getFileLocation(location, ctypes.byref(file), ctypes.byref(line), ctypes.byref(column), None)
        if not file:
            return None
        name = cindex.File(file).name
        path = self.paths.get(name, False)
        if path is False:
            path = self.paths[name] = self._relative(name)
        return (path, line.value, column.value - 1) if path else None

    def _text(self, place):
        path, line, column = place
        if path not in self.texts:
            with open(os.path.join(self.root, path), 'rb') as file:
                self.texts[path] = file.read().split(b'\n')
        lines = self.texts[path]
        return lines[line - 1][column:].decode(errors='replace') if line <= len(lines) else ''

    def _is_written(self, place, name):
        text = self._text(place)
        if name.startswith('operator'):
            return text.startswith('operator')
        return text.startswith(name) and not (text[len(name):len(name) + 1].isalnum() or text[len(name):len(name) + 1] == '_')

    # ---- declarations

    def _keep(self, cursor, place):
        usr = cursor.get_usr()
        where = self.bodies if cursor.is_definition() else self.prototypes
        where.setdefault(usr, set()).add(place[:2])
        if where is self.bodies and not self._is_written(place, cursor.spelling.split('<')[0]):
            self.made.add(usr)

    def _declare(self, cursor, local):
        place = self._place(cursor.location)
        name = cursor.spelling.split('<')[0] if cursor.kind in TYPES | FUNCTIONS and 'operator' not in cursor.spelling \
            else cursor.spelling
        if not place or place[0] not in self.fresh:
            return
        if name.startswith('operator '): # a conversion: as it is written
            name = ' '.join(self._text(place).split('(')[0].split())
            name = name.rsplit('.', 1)[-1].rsplit(':', 1)[-1]
        if cursor.kind in FUNCTIONS or cursor.kind in (K.VAR_DECL, K.FIELD_DECL) or cursor.kind in TYPES:
            self._keep(cursor, place)
        if not name or (cursor.spelling[:9] != 'operator ' and not self._is_written(place, name)):
            self.truth.others.add((place[0], place[1], name or '(anonymous namespace)'))
            if name and not local and '(' not in name: # a macro has made it: nothing in the text has that name there
                self.truth.unasked.add((place[0], place[1], name))
            return
        known = cursor.kind in FUNCTIONS | NAMES or cursor.is_definition()
        (self.truth.others if local or not known else self.truth.definitions).add((place[0], place[1], name))

    # ---- calls

    def _callee(self, call):
        child = next(call.get_children(), None)
        while child is not None and child.kind in WRAPPERS:
            child = next(child.get_children(), None)
        return child

    def _template(self, cursor):
        generic = self.library.clang_getSpecializedCursorTemplate(cursor)
        return generic if generic and generic.kind.is_declaration() else cursor

    def _call(self, cursor):
        target = cursor.referenced
        if target is not None and target.kind == K.CONSTRUCTOR:
            place, name = self._place(cursor.location), target.spelling.split('<')[0]
        else:
            callee = self._callee(cursor)
            if callee is None or callee.kind not in (K.DECL_REF_EXPR, K.MEMBER_REF_EXPR):
                return
            if target is not None and target.kind in FUNCTIONS and callee.referenced != target:
                return # an operator, which is not named
            target, place, name = callee.referenced, self._place(callee.location), callee.spelling.split('<')[0]
        if target is None or not place or place[0] not in self.fresh or not name:
            return
        key = (place[0], place[1], place[2])
        calls = self.calls if self._is_written(place, name) else self.expanded
        local = target.kind == K.PARM_DECL or (target.kind == K.VAR_DECL and target.semantic_parent.kind in FUNCTIONS)
        if local:
            if calls is self.calls:
                self.truth.local_calls.setdefault(key, set())
        else:
            target = self._template(target)
            calls.setdefault(key, set()).add(target.get_usr())
            where = self._place(target.location)
            if where: # also of files that no unit reads whole
                self._keep(target, where)

    # ---- one file

    def _walk(self, cursor, local):
        for child in cursor.get_children():
            kind = child.kind
            if kind in FUNCTIONS | TYPES | NAMES:
                self._declare(child, local)
            elif kind == K.CALL_EXPR:
                self._call(child)
            self._walk(child, local or kind in FUNCTIONS or kind == K.LAMBDA_EXPR)

    def _macro(self, cursor):
        place = self._place(cursor.location)
        if not place or place[0] not in self.fresh or not self._is_written(place, cursor.spelling):
            return
        if cursor.kind == K.MACRO_DEFINITION:
            self.truth.definitions.add((place[0], place[1], cursor.spelling))
        elif cursor.referenced is not None and self.library.clang_Cursor_isMacroFunctionLike(cursor.referenced):
            where = self._place(cursor.referenced.location)
            self.truth.calls[place] = {where[:2]} if where else set()

    def _include(self, cursor):
        # not those that are listed as read: what its guard keeps out is included all the same
        place, file = self._place(cursor.location), self.library.clang_getIncludedFile(cursor)
        target = self._relative(file.name) if file else None
        if place and place[0] in self.fresh and target:
            self.truth.imports.add((place[0], target))

    def _skip(self, unit, path, file):
        ranges = self.library.clang_getSkippedRanges(unit, file)
        found = [ranges.contents.ranges[i] for i in range(ranges.contents.count)]
        self.truth.inactive[path] = [(one.start.line, one.end.line) for one in found]

    def read(self, path, arguments):
        """Reads a file with the compiler's arguments; what is fatal leaves it out. Returns whether it was read."""
        self.paths = {}
        unit = self.index.parse(os.path.join(self.root, path), arguments, options=OPTIONS)
        if any(d.severity >= 4 for d in unit.diagnostics):
            return False
        files = {path}
        for include in unit.get_includes():
            name = self._relative(include.include.name)
            if name:
                files.add(name)
        self.fresh = files - self.seen
        for name in self.fresh:
            self._skip(unit, name, cindex.File.from_name(unit, os.path.join(self.root, name)))
        for cursor in unit.cursor.get_children():
            if cursor.kind == K.INCLUSION_DIRECTIVE:
                self._include(cursor)
                continue
            if cursor.kind in (K.MACRO_DEFINITION, K.MACRO_INSTANTIATION):
                self._macro(cursor)
                continue
            place = self._place(cursor.location)
            if place and place[0] in self.fresh:
                if cursor.kind in FUNCTIONS | TYPES | NAMES:
                    self._declare(cursor, False)
                self._walk(cursor, cursor.kind in FUNCTIONS)
        self.seen |= files
        return True

    def finish(self):
        """The Truth of all that was read."""
        result = self.truth
        result.paths = set(self.seen)
        for calls, told in ((self.calls, result.calls), (self.expanded, result.unasked_calls)):
            for place, usrs in calls.items():
                right = set()
                for usr in usrs:
                    right |= self.bodies.get(usr) or self.prototypes.get(usr) or set()
                    if usr in self.made and self.prototypes.get(usr):
                        result.also.setdefault(place, set()).update(self.prototypes[usr])
                told.setdefault(place, right)
        return result
