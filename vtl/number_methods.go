package vtl

// numberMethods are those of java.lang.Number and of Comparable.
var numberMethods = []method{
	{"byteValue", "", alone, func(_ *Run, v Value, _ arguments) Value {
		return Value{kind: KindByte, bits: uint64(int8(v.asInt()))}
	}},
	{"shortValue", "", alone, func(_ *Run, v Value, _ arguments) Value {
		return Value{kind: KindShort, bits: uint64(int16(v.asInt()))}
	}},
	{"intValue", "", alone, func(_ *Run, v Value, _ arguments) Value { return int32Value(int64(v.asInt())) }},
	{"longValue", "", alone, func(_ *Run, v Value, _ arguments) Value { return Long(v.asLong()) }},
	{"floatValue", "", alone, func(_ *Run, v Value, _ arguments) Value { return float(v.asFloat()) }},
	{"doubleValue", "", alone, func(_ *Run, v Value, _ arguments) Value { return Double(v.asDouble()) }},
	{"compareTo", "o", 0, compareNumberTo},
	{"describeConstable", "", alone, nil},
}

func compareNumberTo(r *Run, v Value, a arguments) Value {
	if a[0].kind != v.kind {
		r.refuse("compareTo", "compare_numbers")
	}
	if v.kind == KindByte || v.kind == KindShort {
		return Int(int64(v.bits) - int64(a[0].bits))
	}
	return Int(int64(compareTo(v, a[0])))
}

// compareTo orders numbers of one type; as in Java NaN is above all and 0.0
// above -0.0.
func compareTo(a, b Value) int {
	if a.kind != KindDouble && a.kind != KindFloat {
		return compareNumbers(a, b)
	}
	x, y := a.float64(), b.float64()
	if x < y || x > y {
		return order(x, y)
	}
	return order(int64(a.bits), int64(b.bits))
}
