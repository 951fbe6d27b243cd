package policy

import (
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// CodeMalformed is AWS's error code for a document that it refuses.
const CodeMalformed pasarela.ErrorCode = "MalformedPolicyDocument"

func malformed(format string, args ...any) error {
	return pasarela.Errorf(CodeMalformed, format, args...)
}

func errSyntax() error { return malformed("Syntax errors in policy.") }

// rawDocument is a document whose syntax is right and whose values are not checked
// yet.
type rawDocument struct {
	version    string // as written; empty when missing
	id         string
	statements []rawStatement
}

type rawStatement struct {
	start, end              int
	sid, effect             string
	action, notAction       *stringList
	resource, notResource   *stringList
	principal, notPrincipal *node
	conditions              []rawCondition
}

type stringList struct {
	single bool // written as one string, not as a list
	values []string
}

type rawCondition struct {
	operator string
	key      string
	values   []string
}

// readSyntax is AWS's first pass: names of elements and kinds of values. What
// it accepts was recorded against AWS by moto's authors (aws-controlplane §6.5).
func readSyntax(root node) (rawDocument, error) {
	var raw rawDocument
	if root.kind != '{' {
		return raw, errSyntax()
	}
	ok := true
	for _, m := range root.members {
		switch m.name {
		case "Version":
			raw.version = m.value.text
			ok = ok && m.value.kind == '"' && (raw.version == "2012-10-17" || raw.version == "2008-10-17")
		case "Id":
			raw.id = m.value.text
			ok = ok && m.value.kind == '"'
		case "Statement":
		default:
			ok = false
		}
	}
	statements := root.member("Statement")
	if !ok || statements == nil {
		return raw, errSyntax()
	}
	list := statements.items
	if statements.kind == '{' {
		list = []node{*statements}
	}
	if len(list) == 0 {
		return raw, errSyntax()
	}
	for i := range list {
		s, ok := readStatement(&list[i])
		if !ok {
			return raw, errSyntax()
		}
		raw.statements = append(raw.statements, s)
	}
	return raw, nil
}

// readStatement reads one statement; ok is false when IAM's grammar does not have it. Of each
// pair such as Action and NotAction there is one at the most.
func readStatement(n *node) (rawStatement, bool) {
	s := rawStatement{start: n.start, end: n.end}
	ok := n.kind == '{' && n.member("Effect") != nil
	for i := range n.members {
		value := &n.members[i].value
		switch n.members[i].name {
		case "Sid":
			s.sid = value.text
			ok = ok && value.kind == '"'
		case "Effect":
			s.effect = value.text
			ok = ok && value.kind == '"' && (strings.EqualFold(s.effect, "Allow") || strings.EqualFold(s.effect, "Deny"))
		case "Action":
			s.action = readStrings(value, false, &ok)
		case "NotAction":
			s.notAction = readStrings(value, false, &ok)
		case "Resource":
			s.resource = readStrings(value, true, &ok)
		case "NotResource":
			s.notResource = readStrings(value, true, &ok)
		case "Principal":
			s.principal = value
		case "NotPrincipal":
			s.notPrincipal = value
		case "Condition":
			s.conditions = readConditions(value, &ok)
		default:
			ok = false
		}
	}
	twice := s.action != nil && s.notAction != nil || s.resource != nil && s.notResource != nil ||
		s.principal != nil && s.notPrincipal != nil
	return s, ok && !twice
}

// readStrings reads a string or a list of strings; AWS skips null in lists of resources.
func readStrings(n *node, nulls bool, ok *bool) *stringList {
	if n.kind == '"' {
		return &stringList{single: true, values: []string{n.text}}
	}
	list := &stringList{}
	*ok = *ok && n.kind == '['
	for i := range n.items {
		switch item := &n.items[i]; {
		case item.kind == '"':
			list.values = append(list.values, item.text)
		case item.kind == 'n' && nulls:
		default:
			*ok = false
		}
	}
	return list
}

// readConditions flattens {operator: {key: values}}. An unknown operator without
// keys has no effect and is accepted, as on AWS.
func readConditions(n *node, ok *bool) []rawCondition {
	*ok = *ok && n.kind == '{'
	var list []rawCondition
	for i := range n.members {
		name, keys := n.members[i].name, &n.members[i].value
		_, known := parseOperator(name)
		*ok = *ok && keys.kind == '{' && (known || len(keys.members) == 0)
		for j := range keys.members {
			list = append(list, rawCondition{name, keys.members[j].name, readScalars(&keys.members[j].value, ok)})
		}
	}
	return list
}

func readScalars(n *node, ok *bool) []string {
	items := n.items
	if n.kind != '[' {
		items = []node{*n}
	}
	var values []string
	for i := range items {
		switch items[i].kind {
		case '"', '0', 't':
			values = append(values, items[i].text)
		default:
			*ok = false
		}
	}
	return values
}
