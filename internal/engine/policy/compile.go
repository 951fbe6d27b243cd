package policy

import "strings"

// compile compiles a document that was read and checked. Policy variables are expanded in
// Version 2012-10-17 only; a document without a version is of 2008-10-17.
func compile(text string, raw rawDocument) (*Document, error) {
	d := &Document{Version: raw.version, ID: raw.id}
	if d.Version == "" {
		d.Version = "2008-10-17"
	}
	variables := d.Version == "2012-10-17"
	for _, r := range raw.statements {
		s := &Statement{
			SID:          r.sid,
			Deny:         r.effect == "Deny",
			Start:        positionBehind(text, r.start),
			End:          positionBehind(text, r.end-1),
			actions:      compilePatterns(r.action, r.notAction, false, true),
			resources:    compilePatterns(r.resource, r.notResource, variables, false),
			hasResources: r.resource != nil || r.notResource != nil,
		}
		for _, c := range r.conditions {
			s.conditions = append(s.conditions, compileCondition(c, variables))
		}
		if n := r.principal; n != nil || r.notPrincipal != nil {
			if n == nil {
				n = r.notPrincipal
			}
			var err error
			if s.principals, err = compilePrincipals(n, r.principal == nil); err != nil {
				return nil, err
			}
		}
		d.Statements = append(d.Statements, s)
	}
	return d, nil
}

func compilePatterns(list, not *stringList, variables, fold bool) patterns {
	p := patterns{not: list == nil && not != nil}
	if p.not {
		list = not
	}
	for _, text := range list.all() {
		p.list = append(p.list, compilePattern(text, variables, fold, wildcards))
	}
	return p
}

// positionBehind is the place behind the byte at offset.
func positionBehind(text string, offset int) Position {
	before := text[:offset]
	line := strings.Count(before, "\n")
	return Position{Line: line + 1, Column: offset - strings.LastIndexByte(before, '\n') + 1}
}
