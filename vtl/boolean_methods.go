package vtl

import (
	"strconv"
	"strings"
)

func (r *Run) booleanMethod(v Value, name string, a arguments) (Value, bool) {
	switch {
	case name == "booleanValue" && a.fit(""):
		return v, true
	case name == "compareTo" && len(a) == 1:
		if a[0].kind != KindBoolean {
			r.fail(&MethodError{name, "booleans compare with booleans only"})
		}
		return Int(int64(v.bits) - int64(a[0].bits)), true
	case (name == "parseBoolean" || name == "valueOf") && a.fit("s"):
		return Bool(strings.EqualFold(a[0].Text(), "true")), true
	case name == "valueOf" && a.fit("b"):
		return a[0], true
	case name == "toString" && a.fit("b"):
		return String(strconv.FormatBool(a[0].Bool())), true
	case name == "hashCode" && a.fit("b"):
		e := effort{1}
		return int32Value(int64(e.hash(a[0]))), true
	case !a.fit("bb"):
		return Value{}, false
	}
	x, y := a[0].Bool(), a[1].Bool()
	switch name {
	case "logicalAnd":
		return Bool(x && y), true
	case "logicalOr":
		return Bool(x || y), true
	case "logicalXor":
		return Bool(x != y), true
	case "compare":
		return Int(int64(a[0].bits) - int64(a[1].bits)), true
	}
	return Value{}, false
}
