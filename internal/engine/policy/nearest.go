package policy

import (
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// Missed is the element because of which a statement did not apply.
type Missed struct {
	Statement *Statement // nil when no statement allows anything
	Element   string     // Action, Resource, Principal or Condition
	Condition string     // IpAddress aws:SourceIp, when it is a condition
}

// Nearest returns, for explanations of a refusal, the Allow statement of which most elements
// match the request, and the first element that does not: the elements are looked at in the
// order Action, Resource, Principal, Condition.
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
	case !s.actions.match(r.Action, "", nil):
		m.Element = "Action"
	case s.hasResources && !s.resources.match(r.Resource, r.Alias, r.Keys):
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

// SyntaxFault says in words what is wrong with the syntax of a document, where
// AWS returns "Syntax errors in policy."; it is empty when the syntax is right.
func SyntaxFault(text string) language.Message {
	root, err := parseJSON(text)
	switch {
	case err != nil:
		return language.PolicyNotJSON.Of()
	case root.kind == '"':
		return language.PolicyString.Of()
	case root.kind != '{':
		return language.PolicyNoObject.Because(kindName(root.kind))
	}
	for _, m := range root.members {
		if fault := documentFault(m); !fault.IsZero() {
			return fault
		}
	}
	statements := root.member("Statement")
	if statements == nil {
		return language.PolicyNoStatement.Of()
	}
	list := statements.items
	if statements.kind == '{' {
		list = []node{*statements}
	}
	if len(list) == 0 {
		return language.PolicyNoStatements.Of()
	}
	for i := range list {
		if s, ok := readStatement(&list[i]); !ok || s.effect != "Allow" && s.effect != "Deny" {
			return language.PolicyStatement.Because(statementFault(&list[i]), strconv.Itoa(i+1))
		}
	}
	return language.Message{}
}

func documentFault(m member) language.Message {
	switch m.name {
	case "Version":
		if m.value.text != "2012-10-17" && m.value.text != "2008-10-17" {
			return language.PolicyVersion.Of()
		}
	case "Id":
		if m.value.kind != '"' {
			return language.PolicyNoString.Because(kindName(m.value.kind), "Id")
		}
	case "Statement":
	default:
		return language.PolicyMember.Of(strconv.Quote(m.name))
	}
	return language.Message{}
}

// statementFault says what is wrong with a statement that IAM's grammar does not have.
func statementFault(n *node) language.Message {
	if n.kind != '{' {
		return language.PolicyNoObject.Because(kindName(n.kind))
	}
	effect := n.member("Effect")
	if effect == nil {
		return language.StatementNoEffect.Of()
	}
	if effect.text != "Allow" && effect.text != "Deny" {
		return language.StatementEffect.Of()
	}
	for _, pair := range [...][2]string{{"Action", "NotAction"}, {"Resource", "NotResource"}, {"Principal", "NotPrincipal"}} {
		if n.member(pair[0]) != nil && n.member(pair[1]) != nil {
			return language.StatementBoth.Of(pair[0], pair[1])
		}
	}
	for i := range n.members {
		if fault := elementFault(n.members[i].name, &n.members[i].value); !fault.IsZero() {
			return fault
		}
	}
	return language.StatementForm.Of()
}

// elementFault says what is wrong with one element of a statement; the zero message when
// nothing is.
func elementFault(name string, value *node) language.Message {
	ok := true
	switch name {
	case "Effect", "Principal", "NotPrincipal":
	case "Sid":
		if value.kind != '"' {
			return language.PolicyNoString.Because(kindName(value.kind), "Sid")
		}
	case "Action", "NotAction", "Resource", "NotResource":
		if readStrings(value, strings.HasSuffix(name, "Resource"), &ok); !ok {
			return language.StatementStrings.Of(name)
		}
	case "Condition":
		if readConditions(value, &ok); !ok {
			return language.StatementCondition.Of()
		}
	default:
		return language.StatementMember.Of(strconv.Quote(name))
	}
	return language.Message{}
}

func kindName(kind byte) language.Message {
	switch kind {
	case '{':
		return language.KindObject.Of()
	case '[':
		return language.KindList.Of()
	case '"':
		return language.KindString.Of()
	case '0':
		return language.KindNumber.Of()
	case 't':
		return language.KindBoolean.Of()
	}
	return language.KindNull.Of()
}
