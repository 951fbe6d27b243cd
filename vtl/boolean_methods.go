package vtl

import (
	"strconv"
	"strings"
)

// booleanMethods are those of java.lang.Boolean.
var booleanMethods = []method{
	{"booleanValue", "", alone, func(_ *Run, v Value, _ arguments) Value { return v }},
	{"compareTo", "o", 0, func(r *Run, v Value, a arguments) Value {
		if a[0].kind != KindBoolean {
			r.refuse("compareTo", "compare_booleans")
		}
		return Int(int64(v.bits) - int64(a[0].bits))
	}},
	{"parseBoolean", "s", 0, parseBoolean},
	{"valueOf", "s", 0, parseBoolean},
	{"valueOf", "b", 0, func(_ *Run, _ Value, a arguments) Value { return a[0] }},
	{"toString", "b", 0, func(_ *Run, _ Value, a arguments) Value { return String(strconv.FormatBool(a[0].Bool())) }},
	{"hashCode", "b", 0, hashOfArgument},
	{"logicalAnd", "bb", 0, func(_ *Run, _ Value, a arguments) Value { return Bool(a[0].Bool() && a[1].Bool()) }},
	{"logicalOr", "bb", 0, func(_ *Run, _ Value, a arguments) Value { return Bool(a[0].Bool() || a[1].Bool()) }},
	{"logicalXor", "bb", 0, func(_ *Run, _ Value, a arguments) Value { return Bool(a[0].Bool() != a[1].Bool()) }},
	{"compare", "bb", 0, func(_ *Run, _ Value, a arguments) Value { return Int(int64(a[0].bits) - int64(a[1].bits)) }},
	{"describeConstable", "", alone, nil},
}

// parseBoolean ignores case and is false for null, as in Java.
func parseBoolean(_ *Run, _ Value, a arguments) Value {
	return Bool(strings.EqualFold(a[0].Text(), "true"))
}

// hashOfArgument is a static hashCode(x).
func hashOfArgument(_ *Run, _ Value, a arguments) Value {
	e := effort{1}
	return int32Value(int64(e.hash(a[0])))
}
