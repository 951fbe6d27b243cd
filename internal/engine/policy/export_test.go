package policy

// CompareNumbers compares two numbers of conditions; ok is false when one is none.
func CompareNumbers(a, b string) (order int, ok bool) {
	x, okX := parseDecimal(a)
	y, okY := parseDecimal(b)
	return x.compare(y), okX && okY
}
