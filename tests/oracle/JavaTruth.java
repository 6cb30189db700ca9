// SPDX-License-Identifier: GPL-3.0-or-later
// What javac says of a folder of sources, one line each, tab separated, paths relative to it:
//   definition PATH LINE NAME        types, methods, constructors, fields, enum constants that are written
//   import PATH TARGET               of a type, or of members of one, that is in the folder
//   call PATH LINE COLUMN TARGET LINE the declaration that is called; "-" if it is not in the folder
//   path PATH                        files that were read without an error in them; unread PATH: the others
// Run: java --add-exports jdk.compiler/com.sun.tools.javac.{tree,util,code}=ALL-UNNAMED JavaTruth.java FOLDER CLASSPATH < paths. An anonymous class is made by its base's constructor; a constructor that is not
// written stands where its class does, and an enum's values() and valueOf(), a record's readers where the name of those is.
// On-demand imports of packages name no file.
import com.sun.source.tree.*;
import com.sun.source.util.*;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import javax.lang.model.element.*;
import javax.lang.model.type.TypeKind;
import javax.tools.*;

public class JavaTruth {
    private final Path root;
    private final Trees trees;
    private final SourcePositions positions;
    private final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    private final Map<Element, TreePath> written = new IdentityHashMap<>();
    private final Map<CompilationUnitTree, String> texts = new IdentityHashMap<>();

    private JavaTruth(Path root, JavacTask task) {
        this.root = root;
        trees = Trees.instance(task);
        positions = trees.getSourcePositions();
    }

    private String path(CompilationUnitTree unit) {
        return root.relativize(Paths.get(unit.getSourceFile().toUri())).toString();
    }

    private String text(CompilationUnitTree unit) {
        return texts.computeIfAbsent(unit, key -> {
            try {
                return key.getSourceFile().getCharContent(true).toString();
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        });
    }

    private static boolean isWord(String text, long at, String word) {
        int start = (int) at, end = start + word.length();
        return at >= 0 && text.startsWith(word, start)
            && (end >= text.length() || !Character.isJavaIdentifierPart(text.charAt(end)))
            && (start == 0 || !Character.isJavaIdentifierPart(text.charAt(start - 1)));
    }

    /** Where a word stands first in a range, outside of annotations' brackets as far as one can tell: -1 if it does not. */
    private static long find(String text, long from, long to, String word) {
        for (long at = from; at >= 0 && at < to; at = text.indexOf(word, (int) at + 1))
            if (isWord(text, at, word))
                return at;
        return -1;
    }

    private long nameOf(CompilationUnitTree unit, Tree tree) {
        String text = text(unit);
        long start = positions.getStartPosition(unit, tree), end = positions.getEndPosition(unit, tree);
        if (start < 0 || end < 0)
            return -1;
        if (tree instanceof ClassTree type)
            return find(text, after(unit, type.getModifiers(), start), end, type.getSimpleName().toString());
        if (tree instanceof MethodTree method) {
            long from = after(unit, method.getModifiers(), start);
            for (TypeParameterTree parameter : method.getTypeParameters())
                from = Math.max(from, positions.getEndPosition(unit, parameter));
            String name = method.getName().toString().equals("<init>") ? constructorName(unit, method) : method.getName().toString();
            if (method.getReturnType() != null)
                from = Math.max(from, positions.getEndPosition(unit, method.getReturnType()));
            return find(text, from, end, name);
        }
        VariableTree variable = (VariableTree) tree;
        long from = variable.getType() == null ? start : positions.getEndPosition(unit, variable.getType());
        if (from < 0 || from > end || find(text, from, end, variable.getName().toString()) < 0)
            from = after(unit, variable.getModifiers(), start);
        // of "int a, b" both begin at the type: the position that is asked for errors is the name's
        long preferred = ((com.sun.tools.javac.tree.JCTree) tree).getPreferredPosition();
        return isWord(text, preferred, variable.getName().toString()) ? preferred
            : find(text, from, end, variable.getName().toString());
    }

    private String constructorName(CompilationUnitTree unit, MethodTree method) {
        Element element = trees.getElement(trees.getPath(unit, method));
        return element == null ? "<init>" : element.getEnclosingElement().getSimpleName().toString();
    }

    private long after(CompilationUnitTree unit, Tree tree, long start) {
        return Math.max(start, positions.getEndPosition(unit, tree));
    }

    private void print(Object... words) {
        StringJoiner line = new StringJoiner("\t");
        for (Object word : words)
            line.add(String.valueOf(word));
        out.println(line);
    }

    private int columnOf(CompilationUnitTree unit, long at) {
        String text = text(unit);
        int line = text.lastIndexOf('\n', (int) at - 1) + 1;
        return text.substring(line, (int) at).getBytes(StandardCharsets.UTF_8).length;
    }

    private long lineOf(CompilationUnitTree unit, long at) {
        return unit.getLineMap().getLineNumber(at);
    }

    // ---- definitions ----

    private void define(CompilationUnitTree unit, TreePath path, String name) {
        Element element = trees.getElement(path);
        if (element != null)
            written.put(element, path);
        long at = nameOf(unit, path.getLeaf());
        if (at >= 0)
            print("definition", path(unit), lineOf(unit, at), name);
    }

    private final class Definitions extends TreePathScanner<Void, CompilationUnitTree> {
        @Override public Void visitClass(ClassTree tree, CompilationUnitTree unit) {
            if (tree.getSimpleName().length() > 0)
                define(unit, getCurrentPath(), tree.getSimpleName().toString());
            return super.visitClass(tree, unit);
        }

        @Override public Void visitMethod(MethodTree tree, CompilationUnitTree unit) {
            Element element = trees.getElement(getCurrentPath());
            String name = tree.getName().toString();
            if (name.equals("<init>") && element != null)
                name = element.getEnclosingElement().getSimpleName().toString();
            if (!isGenerated(unit, tree) && !name.isEmpty())
                define(unit, getCurrentPath(), name);
            return super.visitMethod(tree, unit);
        }

        @Override public Void visitVariable(VariableTree tree, CompilationUnitTree unit) {
            Element element = trees.getElement(getCurrentPath());
            if (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree)
                define(unit, getCurrentPath(), tree.getName().toString());
            else if (element != null)
                written.put(element, getCurrentPath());
            return super.visitVariable(tree, unit);
        }
    }

    private boolean isGenerated(CompilationUnitTree unit, MethodTree tree) {
        long flags = ((com.sun.tools.javac.tree.JCTree.JCMethodDecl) tree).mods.flags;
        return (flags & (com.sun.tools.javac.code.Flags.GENERATEDCONSTR | com.sun.tools.javac.code.Flags.SYNTHETIC)) != 0
            || positions.getEndPosition(unit, tree) < 0;
    }

    // ---- imports ----

    private void importOf(CompilationUnitTree unit, ImportTree tree) {
        MemberSelectTree name = (MemberSelectTree) tree.getQualifiedIdentifier();
        TreePath at = new TreePath(new TreePath(unit), tree);
        Tree type = tree.isStatic() || name.getIdentifier().contentEquals("*") ? name.getExpression() : name;
        TreePath path = trees.getPath(unit, type);
        Element element = path == null ? null : trees.getElement(path);
        if (element == null || element.getKind() == ElementKind.PACKAGE)
            return;
        CompilationUnitTree target = unitOf(element);
        if (target != null)
            print("import", path(unit), path(target));
    }

    private CompilationUnitTree unitOf(Element element) {
        TreePath path = written.get(element);
        return path == null ? null : path.getCompilationUnit();
    }

    // ---- calls ----

    private Element target(Element called) {
        if (written.containsKey(called))
            return called;
        Element type = called.getEnclosingElement();
        if (called.getKind() == ElementKind.CONSTRUCTOR)
            return type;
        if (type != null && type.getKind() == ElementKind.RECORD)
            for (Element member : type.getEnclosedElements())
                if (member.getKind() == ElementKind.FIELD && member.getSimpleName().equals(called.getSimpleName()))
                    return member;
        return called;
    }

    private void call(CompilationUnitTree unit, long at, String name, Element called) {
        if (called == null || !isWord(text(unit), at, name) || called.asType().getKind() == TypeKind.ERROR)
            return;
        Element element = target(called);
        TreePath path = written.get(element);
        if (path != null && trees.getElement(path) == element) {
            long place = nameOf(path.getCompilationUnit(), path.getLeaf());
            if (place >= 0)
                print("call", path(unit), lineOf(unit, at), columnOf(unit, at), path(path.getCompilationUnit()),
                      lineOf(path.getCompilationUnit(), place));
        } else if (!isInFolder(element)) {
            print("call", path(unit), lineOf(unit, at), columnOf(unit, at), "-", 0);
        }
    }

    /** Of a type that is written here, if not written itself: an enum's values(), which nobody can find. */
    private boolean isInFolder(Element element) {
        for (Element at = element; at != null; at = at.getEnclosingElement())
            if (written.containsKey(at))
                return true;
        return false;
    }

    private final class Calls extends TreePathScanner<Void, CompilationUnitTree> {
        @Override public Void visitMethodInvocation(MethodInvocationTree tree, CompilationUnitTree unit) {
            Tree select = tree.getMethodSelect();
            Element called = trees.getElement(getCurrentPath());
            if (select instanceof MemberSelectTree member) {
                long end = positions.getEndPosition(unit, member);
                String name = member.getIdentifier().toString();
                call(unit, end - name.length(), name, called);
            } else if (select instanceof IdentifierTree identifier) {
                call(unit, positions.getStartPosition(unit, identifier), identifier.getName().toString(), called);
            }
            return super.visitMethodInvocation(tree, unit);
        }

        @Override public Void visitNewClass(NewClassTree tree, CompilationUnitTree unit) {
            Tree type = tree.getIdentifier();
            while (true) {
                if (type instanceof ParameterizedTypeTree generic)
                    type = generic.getType();
                else if (type instanceof AnnotatedTypeTree annotated)
                    type = annotated.getUnderlyingType();
                else
                    break;
            }
            String name = type instanceof MemberSelectTree member ? member.getIdentifier().toString() : type.toString();
            long at = type instanceof MemberSelectTree ? positions.getEndPosition(unit, type) - name.length()
                : positions.getStartPosition(unit, type);
            Element called = trees.getElement(getCurrentPath());
            if (tree.getClassBody() != null)
                called = constructorOfBase(tree.getClassBody());
            Element around = trees.getElement(getCurrentPath().getParentPath());
            if (around != null && around.getKind() == ElementKind.ENUM_CONSTANT)
                name = around.getSimpleName().toString(); // A(1) makes itself
            call(unit, at, name, called);
            return super.visitNewClass(tree, unit);
        }

        private Element constructorOfBase(ClassTree body) {
            for (Tree member : body.getMembers())
                if (member instanceof com.sun.tools.javac.tree.JCTree.JCMethodDecl method && method.getName().toString().equals("<init>"))
                    for (StatementTree statement : method.getBody().getStatements())
                        if (statement instanceof ExpressionStatementTree expression
                            && expression.getExpression() instanceof MethodInvocationTree invocation)
                            return com.sun.tools.javac.tree.TreeInfo.symbol(
                                (com.sun.tools.javac.tree.JCTree) invocation.getMethodSelect());
            return null;
        }
    }

    private void run(Iterable<? extends CompilationUnitTree> units, Set<String> wrong) {
        for (CompilationUnitTree unit : units)
            new Definitions().scan(new TreePath(unit), unit);
        for (CompilationUnitTree unit : units) {
            if (wrong.contains(path(unit))) {
                print("unread", path(unit));
                continue;
            }
            print("path", path(unit));
            for (ImportTree tree : unit.getImports())
                importOf(unit, tree);
            new Calls().scan(new TreePath(unit), unit);
        }
        out.flush();
    }

    public static void main(String[] arguments) throws IOException {
        Path root = Paths.get(arguments[0]).toAbsolutePath().normalize();
        List<File> files = new ArrayList<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; )
            files.add(root.resolve(line).toFile());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        StandardJavaFileManager manager = compiler.getStandardFileManager(found, null, StandardCharsets.UTF_8);
        List<String> options = List.of("-proc:none", "-Xmaxerrs", "100000", "-XDshould-stop.ifError=FLOW", "-XDcompilePolicy=attribute",
                                       "-cp", arguments.length > 1 ? arguments[1] : "");
        JavacTask task = (JavacTask) compiler.getTask(null, manager, found, options, null,
                                                      manager.getJavaFileObjectsFromFiles(files));
        JavaTruth truth = new JavaTruth(root, task);
        Iterable<? extends CompilationUnitTree> units = task.parse();
        task.analyze();
        Set<String> wrong = new HashSet<>();
        for (Diagnostic<? extends JavaFileObject> diagnostic : found.getDiagnostics())
            if (diagnostic.getKind() == Diagnostic.Kind.ERROR && diagnostic.getSource() != null) {
                wrong.add(root.relativize(Paths.get(diagnostic.getSource().toUri())).toString());
                System.err.println(diagnostic);
            }
        truth.run(units, wrong);
    }
}
