package pasarela_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// TestDocCommentsNameWhatTheyDescribe checks the first word of every comment on a
// function or a type: if it is an identifier, it must be the name of the function or
// type. Another one was left when that was renamed.
func TestDocCommentsNameWhatTheyDescribe(t *testing.T) {
	seen := 0
	for _, path := range goFiles(t) {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for name, doc := range described(file) {
			seen++
			first, _, _ := strings.Cut(doc.Text(), " ")
			first = strings.TrimRight(first, ",:;.\n")
			if isIdentifier(first) && first != name {
				t.Errorf("%s: the comment on %s begins with %q", set.Position(doc.Pos()), name, first)
			}
		}
	}
	if seen < 1000 {
		t.Errorf("only %d comments were read", seen)
	}
}

// No comment is a directive of golangci-lint, which is not run here: what is left out on
// purpose has its reason in words, and what staticcheck is to pass has //lint:ignore with
// one.
func TestNoDirectiveAddressesALinterThatIsNotRun(t *testing.T) {
	directive := []byte("//" + "nolint")
	for _, path := range goFiles(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for number, line := range bytes.Split(text, []byte("\n")) {
			if bytes.Contains(bytes.ReplaceAll(line, []byte("// "), []byte("//")), directive) {
				t.Errorf("%s:%d: %s", path, number+1, bytes.TrimSpace(line))
			}
		}
	}
}

// described yields the functions and types of a file that have a comment of their own.
func described(file *ast.File) func(yield func(string, *ast.CommentGroup) bool) {
	return func(yield func(string, *ast.CommentGroup) bool) {
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Doc != nil && !yield(d.Name.Name, d.Doc) {
					return
				}
			case *ast.GenDecl:
				if d.Tok != token.TYPE || d.Doc == nil || d.Lparen.IsValid() {
					continue
				}
				if !yield(d.Specs[0].(*ast.TypeSpec).Name.Name, d.Doc) {
					return
				}
			}
		}
	}
}

// isIdentifier tells whether the word is not the ordinary beginning of a sentence: it
// begins with a small letter, or has a capital inside.
func isIdentifier(word string) bool {
	if !token.IsIdentifier(word) || len(word) < 2 {
		return false
	}
	small := word[0] >= 'a' && word[0] <= 'z'
	return small || strings.ToUpper(word) != word && strings.IndexFunc(word[1:], func(r rune) bool { return r >= 'A' && r <= 'Z' }) >= 0
}
