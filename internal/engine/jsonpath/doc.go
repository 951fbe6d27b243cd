// Package jsonpath selects values of a [jsonvalue.Document] the way Jayway
// JsonPath 2.9 does, its deviations from other implementations included,
// because $input.path, $input.json and ${request.body...} on API Gateway give
// its results.
//
// A path compiles once and is then safe for concurrent use:
//
//	p, err := jsonpath.Compile("$.items[?(@.qty > 1)].sku")
//	v, err := p.Eval(doc.Root())
//
// A definite path ($, .name, ['name'], [n], ['a','b'] at the end) gives the one
// value that is there or [ErrNotFound]. An indefinite one (..  *  filters,
// slices, unions) gives an array, empty when nothing matches. Functions at the
// end: length size keys min max avg sum stddev concat append first last index.
// A path that starts with neither $ nor @ is taken to start with "$.".
//
// Paths made of names and single indexes, which is nearly all of them, are
// followed without allocating. Arrays and numbers that other paths make are
// added to the Document of the value; callers that evaluate many paths on one
// Document release them ([jsonvalue.Document.Release]).
//
// Regular expressions in filters are Go's (RE2): look-around, back references
// and possessive quantifiers are refused when the path compiles (A-JSONPATH-1).
package jsonpath
