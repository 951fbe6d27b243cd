package policy

import "strings"

// family is how two values are compared.
type family uint8

const (
	familyString family = iota + 1 // exact, literal
	familyStringFold
	familyLike // with wildcards
	familyNumeric
	familyDate
	familyBool
	familyBinary
	familyIP
	familyARN
	familyNull
)

// relation is the comparison of numbers and dates: equal, less or greater, with
// or without equality.
type relation uint8

const (
	equal relation = iota
	less
	lessOrEqual
	greater
	greaterOrEqual
)

// operator is a compiled condition operator.
type operator struct {
	family   family
	relation relation
	negated  bool
	ifExists bool
	any, all bool // ForAnyValue, ForAllValues
}

// parseOperator reads [ForAnyValue:|ForAllValues:]Name[IfExists].
func parseOperator(name string) (operator, bool) {
	var op operator
	if rest, ok := strings.CutPrefix(name, "ForAnyValue:"); ok {
		op.any, name = true, rest
	} else if rest, ok := strings.CutPrefix(name, "ForAllValues:"); ok {
		op.all, name = true, rest
	}
	name, op.ifExists = strings.CutSuffix(name, "IfExists")
	switch name {
	case "StringEquals", "StringNotEquals":
		op.family = familyString
	case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase":
		op.family = familyStringFold
	case "StringLike", "StringNotLike":
		op.family = familyLike
	case "Bool":
		op.family = familyBool
	case "BinaryEquals":
		op.family = familyBinary
	case "IpAddress", "NotIpAddress":
		op.family = familyIP
	case "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike":
		op.family = familyARN
	case "Null":
		op.family = familyNull
	default:
		return parseOrdered(name, op)
	}
	op.negated = strings.Contains(name, "Not")
	return op, true
}

// parseOrdered reads an operator on numbers or dates.
func parseOrdered(name string, op operator) (operator, bool) {
	rest, ok := strings.CutPrefix(name, "Numeric")
	op.family = familyNumeric
	if !ok {
		rest, ok = strings.CutPrefix(name, "Date")
		op.family = familyDate
	}
	switch rest {
	case "Equals":
	case "NotEquals":
		op.negated = true
	case "LessThan":
		op.relation = less
	case "LessThanEquals":
		op.relation = lessOrEqual
	case "GreaterThan":
		op.relation = greater
	case "GreaterThanEquals":
		op.relation = greaterOrEqual
	default:
		return operator{}, false
	}
	return op, ok
}

func (r relation) holds(order int) bool {
	switch r {
	case less:
		return order < 0
	case lessOrEqual:
		return order <= 0
	case greater:
		return order > 0
	case greaterOrEqual:
		return order >= 0
	}
	return order == 0
}
