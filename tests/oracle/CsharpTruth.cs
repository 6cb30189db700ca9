// SPDX-License-Identifier: GPL-3.0-or-later
// What Roslyn says of a folder of sources, one line each, tab separated, paths relative to it, as JavaTruth.java does:
//   definition PATH LINE NAME, other PATH LINE NAME (what is local), import PATH TARGET, call PATH LINE COLUMN TARGET LINE
//   ("-": not in the folder), path PATH, inactive PATH FIRST LAST (lines that #if leaves out)
// Run: CsharpTruth FOLDER FOLDER-OF-REFERENCES... < paths. A call that does not bind is left out. A class in parts, a method in parts,
// may be told by any of its places: they follow, separated by blanks. A constructor that is not written stands where its class does.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

static class CsharpTruth
{
    static string root;
    static TextWriter output;

    static string PathOf(SyntaxTree tree) => tree.FilePath.Substring(root.Length + 1);

    static int LineOf(Location place) => place.GetLineSpan().StartLinePosition.Line + 1;

    static int ColumnOf(SyntaxToken token)
    {
        TextLine line = token.SyntaxTree.GetText().Lines.GetLineFromPosition(token.SpanStart);
        return Encoding.UTF8.GetByteCount(token.SyntaxTree.GetText().ToString(TextSpan.FromBounds(line.Start, token.SpanStart)));
    }

    static void Print(params object[] words) => output.WriteLine(string.Join("\t", words));

    // ---- definitions ----

    static void Define(SyntaxToken name, string text = null, string word = "definition") =>
        Print(word, PathOf(name.SyntaxTree), LineOf(name.GetLocation()), text ?? name.ValueText);

    static void DefineField(BaseFieldDeclarationSyntax field)
    {
        foreach (VariableDeclaratorSyntax variable in field.Declaration.Variables)
            Define(variable.Identifier);
    }

    static void Define(SyntaxNode node)
    {
        switch (node)
        {
        case BaseTypeDeclarationSyntax type: Define(type.Identifier); break;
        case DelegateDeclarationSyntax type: Define(type.Identifier); break;
        case EnumMemberDeclarationSyntax member: Define(member.Identifier); break;
        case MethodDeclarationSyntax method: Define(method.Identifier); break;
        case ConstructorDeclarationSyntax method: Define(method.Identifier); break;
        case DestructorDeclarationSyntax method: Define(method.Identifier, "~" + method.Identifier.ValueText); break;
        case OperatorDeclarationSyntax method: Define(method.OperatorKeyword, "operator " + method.OperatorToken.ValueText); break;
        case ConversionOperatorDeclarationSyntax method: Define(method.OperatorKeyword, "operator"); break;
        case PropertyDeclarationSyntax property: Define(property.Identifier); break;
        case IndexerDeclarationSyntax property: Define(property.ThisKeyword, "this"); break;
        case EventDeclarationSyntax property: Define(property.Identifier); break;
        case BaseFieldDeclarationSyntax field: DefineField(field); break;
        case LocalFunctionStatementSyntax method: Define(method.Identifier); break;
        case NamespaceDeclarationSyntax space:
            Print("other", PathOf(space.SyntaxTree), LineOf(space.Name.GetLocation()), space.Name.ToString().Split('.').Last());
            break;
        }
    }

    // ---- places of what is written ----

    static SyntaxToken NameOf(SyntaxNode node)
    {
        switch (node)
        {
        case BaseTypeDeclarationSyntax type: return type.Identifier;
        case MethodDeclarationSyntax method: return method.Identifier;
        case ConstructorDeclarationSyntax method: return method.Identifier;
        case LocalFunctionStatementSyntax method: return method.Identifier;
        case DelegateDeclarationSyntax type: return type.Identifier;
        default: return default;
        }
    }

    static string Places(ISymbol symbol)
    {
        ISymbol written = symbol.OriginalDefinition;
        if (written is IMethodSymbol method && method.ReducedFrom != null)
            written = method.ReducedFrom.OriginalDefinition;
        List<SyntaxNode> nodes = written.DeclaringSyntaxReferences.Select(place => place.GetSyntax()).ToList();
        if (written is IMethodSymbol part)
        {
            foreach (IMethodSymbol other in new[] { part.PartialDefinitionPart, part.PartialImplementationPart })
                if (other != null)
                    nodes.AddRange(other.DeclaringSyntaxReferences.Select(place => place.GetSyntax()));
        }
        if (nodes.Count == 0 && written is IMethodSymbol made && made.MethodKind == MethodKind.Constructor)
            nodes = made.ContainingType.DeclaringSyntaxReferences.Select(place => place.GetSyntax()).ToList();
        return string.Join(" ", nodes.Select(NameOf).Where(name => name.SyntaxTree != null)
            .Select(name => PathOf(name.SyntaxTree) + "\t" + LineOf(name.GetLocation())));
    }

    // ---- calls ----

    static void Call(SyntaxToken name, ISymbol called)
    {
        IMethodSymbol method = called as IMethodSymbol;
        if (method == null || method.MethodKind == MethodKind.DelegateInvoke)
            return;
        string places = Places(method);
        bool inside = method.ContainingAssembly?.Name == "truth";
        if (inside && places == "")
            return;
        Print("call", PathOf(name.SyntaxTree), LineOf(name.GetLocation()), ColumnOf(name), places == "" ? "-\t0" : places);
    }

    static SyntaxToken LastName(SyntaxNode name)
    {
        switch (name)
        {
        case SimpleNameSyntax simple: return simple.Identifier;
        case QualifiedNameSyntax qualified: return qualified.Right.Identifier;
        case AliasQualifiedNameSyntax qualified: return qualified.Name.Identifier;
        case MemberAccessExpressionSyntax access: return access.Name.Identifier;
        case MemberBindingExpressionSyntax binding: return binding.Name.Identifier;
        case NullableTypeSyntax type: return LastName(type.ElementType);
        default: return default;
        }
    }

    static void Call(SyntaxNode node, SemanticModel model)
    {
        SyntaxToken name = default;
        switch (node)
        {
        case InvocationExpressionSyntax invocation: name = LastName(invocation.Expression); break;
        case ObjectCreationExpressionSyntax creation: name = LastName(creation.Type); break;
        case ConstructorInitializerSyntax initializer: name = initializer.ThisOrBaseKeyword; break;
        }
        if (name.SyntaxTree != null && name.ValueText != "nameof")
            Call(name, model.GetSymbolInfo(node).Symbol);
    }

    // ---- imports ----

    static void Import(UsingDirectiveSyntax directive, SemanticModel model)
    {
        ISymbol symbol = model.GetSymbolInfo(directive.Name).Symbol;
        if (!(symbol is INamedTypeSymbol type))
            return;
        foreach (SyntaxReference place in type.OriginalDefinition.DeclaringSyntaxReferences)
            Print("import", PathOf(directive.SyntaxTree), PathOf(place.SyntaxTree));
    }

    static void Main(string[] arguments)
    {
        root = Path.GetFullPath(arguments[0]);
        output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
        List<SyntaxTree> trees = new List<SyntaxTree>();
        CSharpParseOptions options = new CSharpParseOptions(LanguageVersion.Latest,
            preprocessorSymbols: Environment.GetEnvironmentVariable("DEFINE")?.Split(';') ?? new string[0]);
        for (string path; (path = Console.In.ReadLine()) != null; )
            trees.Add(CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(root, path)), options, Path.Combine(root, path)));
        IEnumerable<MetadataReference> references = arguments.Skip(1).SelectMany(folder => Directory.GetFiles(folder, "*.dll"))
            .Select(file => MetadataReference.CreateFromFile(file));
        CSharpCompilation compilation = CSharpCompilation.Create("truth", trees, references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        foreach (SyntaxTree tree in trees)
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            Print("path", PathOf(tree));
            foreach (SyntaxTrivia text in tree.GetRoot().DescendantTrivia(descendIntoTrivia: true))
                if (text.IsKind(SyntaxKind.DisabledTextTrivia))
                    Print("inactive", PathOf(tree), LineOf(text.GetLocation()), text.GetLocation().GetLineSpan().EndLinePosition.Line + 1);
            foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
            {
                Define(node);
                Call(node, model);
                if (node is UsingDirectiveSyntax directive)
                    Import(directive, model);
            }
        }
        output.Flush();
        if (Environment.GetEnvironmentVariable("ERRORS") != null)
            foreach (Diagnostic diagnostic in compilation.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error))
                Console.Error.WriteLine(diagnostic);
    }
}
