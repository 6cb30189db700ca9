// SPDX-License-Identifier: GPL-3.0-or-later
// go-truth FOLDER: what Go's own type checker says of the packages in a folder, tab separated:
//   path      PATH                                  a file that was checked
//   define    PATH LINE NAME                        a type, function, method, field, constant, variable of a package
//   other     PATH LINE NAME                        one inside a function
//   import    PATH TARGET                           the file that stands for the imported package: its first without _test
//   call      PATH LINE COLUMN TARGET TARGET_LINE   of a function or method; "-": it is outside of the folder
// Imports from outside the folder are read as source from GOPATH; what is missing there is tolerated.
package main

import (
    "bufio"
    "fmt"
    "go/ast"
    "go/build"
    "go/parser"
    "go/token"
    "go/types"
    "os"
    "path/filepath"
    "sort"
    "strings"

    "go/importer"
)

type world struct {
    root, module string
    fset         *token.FileSet
    packages     map[string]*types.Package
    folders      map[string]*build.Package
    outside      types.ImporterFrom
    out          *bufio.Writer
}

// Import finds a package of the folder itself, else one of GOPATH.
func (w *world) Import(path string) (*types.Package, error) { return w.ImportFrom(path, w.root, 0) }

func (w *world) ImportFrom(path, dir string, mode types.ImportMode) (*types.Package, error) {
    if done, ok := w.packages[path]; ok {
        return done, nil
    }
    if folder, ok := w.folders[path]; ok {
        files := w.parse(folder, folder.GoFiles, folder.CgoFiles)
        return w.check(path, files, &types.Info{}), nil
    }
    found, err := w.outside.ImportFrom(path, dir, mode)
    if found == nil {
        return nil, err
    }
    w.packages[path] = found
    return found, nil
}

func (w *world) parse(folder *build.Package, lists ...[]string) (files []*ast.File) {
    for _, list := range lists {
        for _, name := range list {
            if file, _ := parser.ParseFile(w.fset, filepath.Join(folder.Dir, name), nil, 0); file != nil {
                files = append(files, file)
            }
        }
    }
    return files
}

func (w *world) check(path string, files []*ast.File, info *types.Info) *types.Package {
    config := types.Config{Importer: w, FakeImportC: true, Error: func(error) {}}
    checked, _ := config.Check(path, w.fset, files, info)
    if checked != nil && w.packages[path] == nil {
        w.packages[path] = checked
    }
    return checked
}

func (w *world) place(position token.Pos) (string, token.Position, bool) {
    at := w.fset.Position(position)
    relative, err := filepath.Rel(w.root, at.Filename)
    return relative, at, err == nil && at.Filename != "" && !strings.HasPrefix(relative, "..")
}

func isLocal(object types.Object) bool {
    if variable, ok := object.(*types.Var); ok && variable.IsField() {
        return false
    }
    if function, ok := object.(*types.Func); ok && function.Type().(*types.Signature).Recv() != nil {
        return false
    }
    return object.Pkg() == nil || object.Parent() != object.Pkg().Scope()
}

// bodies are those of functions: what is defined in them is nobody else's.
func bodies(files []*ast.File) (found []*ast.BlockStmt) {
    for _, file := range files {
        ast.Inspect(file, func(node ast.Node) bool {
            switch function := node.(type) {
            case *ast.FuncDecl:
                if function.Body != nil {
                    found = append(found, function.Body)
                }
                return false
            case *ast.FuncLit:
                found = append(found, function.Body)
                return false
            }
            return true
        })
    }
    sort.Slice(found, func(i, k int) bool { return found[i].Pos() < found[k].Pos() })
    return found
}

func isWithin(found []*ast.BlockStmt, position token.Pos) bool {
    i := sort.Search(len(found), func(i int) bool { return found[i].Pos() > position })
    return i > 0 && position < found[i-1].End()
}

func (w *world) definitions(files []*ast.File, info *types.Info) {
    inside := bodies(files)
    for name, object := range info.Defs {
        if name.Name == "_" {
            continue
        }
        path, at, ok := w.place(name.Pos())
        if !ok {
            continue
        }
        word := "define"
        switch {
        case object == nil: // the package clause, or x in switch x := y.(type)
            continue
        case object.Name() == "init" && object.Parent() == nil:
        case isLocal(object) || isWithin(inside, name.Pos()):
            word = "other"
        }
        if _, ok := object.(*types.Label); ok {
            continue
        }
        fmt.Fprintf(w.out, "%s\t%s\t%d\t%s\n", word, path, at.Line, name.Name)
    }
}

func (w *world) imports(files []*ast.File) {
    for _, file := range files {
        path, _, _ := w.place(file.Pos())
        fmt.Fprintf(w.out, "path\t%s\n", path)
        for _, spec := range file.Imports {
            folder, ok := w.folders[strings.Trim(spec.Path.Value, "\"`")]
            if !ok || len(folder.GoFiles)+len(folder.CgoFiles) == 0 {
                continue
            }
            names := append(append([]string{}, folder.GoFiles...), folder.CgoFiles...)
            sort.Strings(names)
            target, _ := filepath.Rel(w.root, filepath.Join(folder.Dir, names[0]))
            fmt.Fprintf(w.out, "import\t%s\t%s\n", path, target)
        }
    }
}

func called(expression ast.Expr) *ast.Ident {
    switch e := expression.(type) {
    case *ast.Ident:
        return e
    case *ast.SelectorExpr:
        return e.Sel
    case *ast.ParenExpr:
        return called(e.X)
    case *ast.IndexExpr:
        return called(e.X)
    case *ast.IndexListExpr:
        return called(e.X)
    }
    return nil
}

func (w *world) calls(files []*ast.File, info *types.Info) {
    for _, file := range files {
        ast.Inspect(file, func(node ast.Node) bool {
            call, ok := node.(*ast.CallExpr)
            if !ok {
                return true
            }
            name := called(call.Fun)
            function, ok := (types.Object)(nil), false
            if name != nil {
                function, ok = info.Uses[name].(*types.Func)
            }
            if !ok {
                return true
            }
            function = function.(*types.Func).Origin()
            path, at, _ := w.place(name.Pos())
            target, to, inside := w.place(function.Pos())
            if !inside {
                target, to.Line = "-", 0
            }
            fmt.Fprintf(w.out, "call\t%s\t%d\t%d\t%s\t%d\n", path, at.Line, at.Column-1, target, to.Line)
            return true
        })
    }
}

func (w *world) tell(path string, folder *build.Package, lists ...[]string) {
    files := w.parse(folder, lists...)
    if len(files) == 0 {
        return
    }
    info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
    known := w.packages[path]
    w.check(path, files, info)
    if known != nil {
        w.packages[path] = known
    }
    w.definitions(files, info)
    w.imports(files)
    w.calls(files, info)
}

// find walks the folders; a module begins where a go.mod is.
func (w *world) find(folder, path string) {
    if text, err := os.ReadFile(filepath.Join(folder, "go.mod")); err == nil {
        for _, line := range strings.Split(string(text), "\n") {
            if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "module" {
                path = strings.Trim(fields[1], `"`)
            }
        }
    }
    if found, err := build.Default.ImportDir(folder, 0); found != nil && (err == nil || len(found.GoFiles)+len(found.TestGoFiles) > 0) {
        w.folders[path] = found
    }
    entries, _ := os.ReadDir(folder)
    for _, entry := range entries {
        name := entry.Name()
        if entry.IsDir() && name[0] != '.' && name[0] != '_' && name != "testdata" && name != "vendor" {
            w.find(filepath.Join(folder, name), path+"/"+name)
        }
    }
}

func main() {
    root, _ := filepath.Abs(os.Args[1])
    build.Default.CgoEnabled = false
    fset := token.NewFileSet()
    w := &world{root: root, fset: fset, packages: map[string]*types.Package{}, folders: map[string]*build.Package{},
        outside: importer.ForCompiler(fset, "source", nil).(types.ImporterFrom), out: bufio.NewWriter(os.Stdout)}
    defer w.out.Flush()
    w.find(root, "main")
    var paths []string
    for path := range w.folders {
        paths = append(paths, path)
    }
    sort.Strings(paths)
    for _, path := range paths {
        folder := w.folders[path]
        w.Import(path)
        w.tell(path, folder, folder.GoFiles, folder.CgoFiles, folder.TestGoFiles)
        w.tell(path+"_test", folder, folder.XTestGoFiles)
    }
}
