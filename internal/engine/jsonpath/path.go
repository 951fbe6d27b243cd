package jsonpath

import (
	"errors"
	"regexp"
	"strconv"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// MaxLength bounds the text of a path in bytes (A-JSONPATH-2).
const MaxLength = 4096

// MaxSteps bounds the work of one Eval: how many values it may look at. It stops
// $..*..*..* on a large message (A-JSONPATH-2).
const MaxSteps = 1_000_000

// MaxMade bounds what the results of paths may take in one Document, in nodes of
// 20 bytes, until they are released (A-JSONPATH-2).
const MaxMade = 1 << 20

// ErrNotFound is the answer of a definite path whose value is not there.
var ErrNotFound = errors.New("jsonpath: no value at this path")

// Error says what is wrong with a path (Invalid), or with asking it of this
// document.
type Error struct {
	Path    string
	Offset  int  // byte in Path, -1 for the whole path
	Invalid bool // the path fails for every document; Jayway's InvalidPathException
	Reason  language.Message
}

func (e *Error) Error() string { return e.Unwrap().Error() }

// Unwrap is the error as a [language.Message], for readers of other languages.
func (e *Error) Unwrap() error {
	if e.Offset < 0 {
		return language.PathWhole.Because(e.Reason, strconv.Quote(e.Path))
	}
	return language.PathAt.Because(e.Reason, strconv.Quote(e.Path), strconv.Itoa(e.Offset+1))
}

// Path is a compiled path.
type Path struct {
	text     string
	steps    []step
	root     bool // starts at $, not at @
	definite bool
	singular bool // a singular query of RFC 9535: nothing but single names and indexes
	scans    bool // some step looks at all descendants
}

// kind says what a step selects.
type kind uint8

const (
	property kind = iota
	index
	slice
	wildcard
	scan
	predicate
	function
)

type step struct {
	kind     kind
	leaf     bool
	upstream bool // all steps before are definite
	names    []string
	indexes  []int
	from, to *int
	filter   *condition
	call     *call
}

func (s *step) definite() bool {
	switch s.kind {
	case property:
		return len(s.names) == 1 || s.leaf
	case index:
		return len(s.indexes) == 1
	case function:
		return true
	}
	return false
}

// Compile reads a path. The error is an [*Error] with Invalid set.
func Compile(text string) (path *Path, err error) {
	if len(text) > MaxLength {
		return nil, &Error{Path: text[:40] + "...", Offset: -1, Invalid: true, Reason: language.PathLong.Of(strconv.Itoa(MaxLength))}
	}
	defer recovered(text, &err)
	return compile(text), nil
}

// String is the path as it was written.
func (p *Path) String() string { return p.text }

// Definite says whether the path selects at most one value.
func (p *Path) Definite() bool { return p.definite }

// Eval is the value at the path, seen from root, or [ErrNotFound], or an
// [*Error] when the path cannot be applied to the value: a function without
// operands, a filter on a number, more than [MaxSteps] steps.
func (p *Path) Eval(root jsonvalue.Value) (v jsonvalue.Value, err error) {
	if p.singular {
		return p.follow(root)
	}
	e := evaluation{doc: root.Document(), root: root}
	if e.doc == nil {
		return v, ErrNotFound
	}
	v, failed := e.value(p, root)
	return v, failed.of(p)
}

// follow walks a singular path.
func (p *Path) follow(v jsonvalue.Value) (jsonvalue.Value, error) {
	for i := range p.steps {
		switch s := &p.steps[i]; s.kind {
		case property:
			v = v.Field(s.names[0])
		case index:
			v = v.At(fromEnd(s.indexes[0], v.Len()))
		}
		if !v.Exists() {
			return v, ErrNotFound
		}
	}
	if !v.Exists() {
		return v, ErrNotFound
	}
	return v, nil
}

// fromEnd counts a negative index from the end.
func fromEnd(i, length int) int {
	if i < 0 {
		return length + i
	}
	return i
}

// seal computes, after the last step is known, the flags of the path and of
// each step that depend on other steps.
func (p *Path) seal() {
	upstream := true
	p.singular, p.definite = true, true
	for i := range p.steps {
		s := &p.steps[i]
		s.leaf = i == len(p.steps)-1
		s.upstream = upstream
		upstream = upstream && s.definite()
		p.definite = p.definite && s.definite()
		p.singular = p.singular && (s.kind == property && len(s.names) == 1 || s.kind == index && len(s.indexes) == 1)
		p.scans = p.scans || s.kind == scan
	}
}

func compilePattern(pattern, flags string) (*regexp.Regexp, error) {
	prefix := ""
	for _, f := range flags {
		switch f {
		case 'i', 'm', 's':
			prefix += string(f)
		case 'x':
			return nil, language.PathFlag.Of()
		}
	}
	if prefix != "" {
		prefix = "(?" + prefix + ")"
	}
	return regexp.Compile(prefix + `\A(?:` + pattern + `)\z`)
}
