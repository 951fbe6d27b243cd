package policy

import "strings"

// pattern is a text of a policy with its variables. Without variables it is a
// glob from the start.
type pattern struct {
	glob  glob
	fold  bool
	parts []part // only when there are variables
}

// part is a stretch of text, or a variable when key is set.
type part struct {
	text        string // with wildcards already marked
	key         string // lower-case name of a condition key
	fallback    string // of ${key, 'fallback'}
	hasFallback bool
}

// wild says whether * and ? mean anything in a text.
type wild bool

const (
	literal   wild = false
	wildcards wild = true
)

// compilePattern reads a text of a document; variables exist in version
// 2012-10-17 only.
func compilePattern(text string, variables, fold bool, w wild) pattern {
	if !variables || !strings.Contains(text, "${") {
		return pattern{glob: newGlob(mark(text, w), fold), fold: fold}
	}
	var parts []part
	for text != "" {
		before, rest, ok := strings.Cut(text, "${")
		inner, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			parts = append(parts, part{text: mark(text, w)})
			break
		}
		if before != "" {
			parts = append(parts, part{text: mark(before, w)})
		}
		parts = append(parts, compileVariable(inner))
		text = after
	}
	p := pattern{fold: fold, parts: parts}
	for _, part := range parts {
		if part.key != "" {
			return p
		}
	}
	whole, _ := p.expand(nil)
	return pattern{glob: newGlob(whole, fold), fold: fold}
}

// compileVariable reads the text between ${ and }: an escaped wildcard, or a
// key with or without a default.
func compileVariable(inner string) part {
	switch inner {
	case "*", "?", "$":
		return part{text: inner}
	}
	name, fallback, has := strings.Cut(inner, ",")
	p := part{key: strings.ToLower(strings.TrimSpace(name)), hasFallback: has}
	if has {
		p.fallback = strings.Trim(strings.TrimSpace(fallback), "'")
	}
	return p
}

func mark(text string, w wild) string {
	if w == literal || !strings.ContainsAny(text, "*?") {
		return text
	}
	b := []byte(text)
	for i, c := range b {
		switch c {
		case '*':
			b[i] = anyRun
		case '?':
			b[i] = anyOne
		}
	}
	return string(b)
}

// expand fills the variables in. It is false when one has no value: such a
// pattern matches nothing (AWS: a variable that cannot be resolved makes the
// element not match).
func (p *pattern) expand(keys Keys) (string, bool) {
	var b strings.Builder
	for i := range p.parts {
		part := &p.parts[i]
		if part.key == "" {
			b.WriteString(part.text)
			continue
		}
		values, ok := keys.get(part.key)
		switch {
		case ok && len(values) == 1:
			b.WriteString(strings.ToValidUTF8(values[0], "\uFFFD")) // invalid UTF-8 is replaced, so that no byte of a value equals a wildcard's
		case part.hasFallback:
			b.WriteString(part.fallback)
		default:
			return "", false
		}
	}
	return b.String(), true
}

// resolve returns the glob to match with.
func (p *pattern) resolve(keys Keys) (glob, bool) {
	if p.parts == nil {
		return p.glob, true
	}
	text, ok := p.expand(keys)
	return newGlob(text, p.fold), ok
}

func (p *pattern) match(text string, keys Keys) bool {
	if p.parts == nil {
		return p.glob.match(text)
	}
	g, ok := p.resolve(keys)
	return ok && g.match(text)
}
