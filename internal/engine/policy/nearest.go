package policy

import (
	"strconv"
	"strings"
)

// Missed is the element of a statement that kept it from applying.
type Missed struct {
	Statement *Statement // nil when no statement allows anything
	Element   string     // Action, Resource, Principal or Condition
	Condition string     // IpAddress aws:SourceIp, when it is a condition
}

// Nearest answers for people which Allow statement came nearest to covering a request
// that none covers, and what it missed by: the elements are looked at in the order
// Action, Resource, Principal, Condition.
func (d *Document) Nearest(r *Request) Missed {
	rank := map[string]int{"": 0, "Action": 1, "Resource": 2, "Principal": 3, "Condition": 4}
	var best Missed
	for _, s := range d.Statements {
		if m := s.misses(r); !s.Deny && rank[m.Element] > rank[best.Element] {
			best = m
		}
	}
	return best
}

func (s *Statement) misses(r *Request) Missed {
	m := Missed{Statement: s}
	switch {
	case !s.actions.cover(r.Action, "", nil):
		m.Element = "Action"
	case s.hasResources && !s.resources.cover(r.Resource, r.Alias, r.Keys):
		m.Element = "Resource"
	case s.principals != nil && (r.Caller == nil || s.principals.match(r.Caller, s.Deny) == matchesNone):
		m.Element = "Principal"
	}
	for i := range s.conditions {
		if c := &s.conditions[i]; m.Element == "" && !c.holds(r.Keys) {
			m.Element, m.Condition = "Condition", c.name
		}
	}
	return m
}

// SyntaxFault says for people what is wrong with the form of a document, where AWS
// says "Syntax errors in policy."; it is empty when the form is right.
func SyntaxFault(text string) string {
	root, err := parseJSON(text)
	switch {
	case err != nil:
		return "it is not JSON, or a name is given twice in one object"
	case root.kind == '"':
		return "it is a string; give the object itself, not its JSON text"
	case root.kind != '{':
		return "it is " + kindName(root.kind) + ", not an object"
	}
	for _, m := range root.members {
		if fault := documentFault(m); fault != "" {
			return fault
		}
	}
	statements := root.member("Statement")
	if statements == nil {
		return "it has no Statement"
	}
	list := statements.items
	if statements.kind == '{' {
		list = []node{*statements}
	}
	if len(list) == 0 {
		return "Statement must be an object, or a list of them that is not empty"
	}
	for i := range list {
		if s, ok := readStatement(&list[i]); !ok || s.effect != "Allow" && s.effect != "Deny" {
			return "statement " + strconv.Itoa(i+1) + ": " + statementFault(&list[i])
		}
	}
	return ""
}

func documentFault(m member) string {
	switch m.name {
	case "Version":
		if m.value.text != "2012-10-17" && m.value.text != "2008-10-17" {
			return "Version must be \"2012-10-17\" or \"2008-10-17\""
		}
	case "Id":
		if m.value.kind != '"' {
			return "Id must be a string, not " + kindName(m.value.kind)
		}
	case "Statement":
	default:
		return "it has a member " + strconv.Quote(m.name) + "; there are Version, Id and Statement"
	}
	return ""
}

func statementFault(n *node) string {
	if n.kind != '{' {
		return "it is " + kindName(n.kind) + ", not an object"
	}
	effect := n.member("Effect")
	if effect == nil {
		return "it has no Effect"
	}
	if effect.text != "Allow" && effect.text != "Deny" {
		return "Effect must be \"Allow\" or \"Deny\""
	}
	for _, pair := range [...][2]string{{"Action", "NotAction"}, {"Resource", "NotResource"}, {"Principal", "NotPrincipal"}} {
		if n.member(pair[0]) != nil && n.member(pair[1]) != nil {
			return "it has both " + pair[0] + " and " + pair[1]
		}
	}
	for i := range n.members {
		if fault := elementFault(n.members[i].name, &n.members[i].value); fault != "" {
			return fault
		}
	}
	return "its form is wrong"
}

func elementFault(name string, value *node) string {
	ok := true
	switch name {
	case "Effect", "Principal", "NotPrincipal":
	case "Sid":
		if value.kind != '"' {
			return "Sid must be a string, not " + kindName(value.kind)
		}
	case "Action", "NotAction", "Resource", "NotResource":
		if readStrings(value, strings.HasSuffix(name, "Resource"), &ok); !ok {
			return name + " must be a string or a list of strings"
		}
	case "Condition":
		if readConditions(value, &ok); !ok {
			return "Condition must be {\"operator\": {\"key\": value}} with operators such as StringEquals"
		}
	default:
		return "it has a member " + strconv.Quote(name) + ", which no statement has"
	}
	return ""
}

func kindName(kind byte) string {
	switch kind {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't':
		return "true or false"
	}
	return "null"
}
