// Package vtl is the Velocity Template Language, version 1.7: as Apache Velocity
// implements it and as Amazon API Gateway does, whose mapping templates differ
// from Velocity in a few rules (vtl §1).
//
// A template is parsed once and rendered as often as you like, by as many
// goroutines as you like:
//
//	t, err := vtl.Parse("Hello $name!", vtl.Velocity17())
//	text, err := t.Render(map[string]vtl.Value{"name": vtl.String("World")})
//
// # Dialects
//
// One engine implements both dialects; [Options] say which. [Velocity17] is stock
// Velocity 1.7: references without a value print their source, macros work.
// [APIGateway] is what the service runs: references without a value are the empty
// string everywhere (which is why #if($missing) is true), macros and #evaluate
// are text, loops end after 1000 iterations.
//
// Both were compared with Velocity 1.7 itself, case by case: whitespace that
// directives remove, what backslashes escape, Java's numbers and texts. The
// cases are in testdata.
//
// # Values
//
// Templates work on a closed set of values, see [Kind]: Java's numbers, strings that
// count in UTF-16 units, lists and maps that keep their order. There is no
// reflection: a method exists if it is a row of the table of its class, and the
// tables have the useful methods of Java's String, List, Map, Number and so on. Go
// objects are made available through one interface, [Host]. Its methods get the Run
// that calls them, with which a host makes values that count as memory of the
// rendering ([Run.NewString]) and lists and maps that are filled when they are first
// read ([Tree]).
//
// # Safety
//
// Templates need not be trusted. For every template, parsing and rendering end:
// with a result, a [*ParseError] or an [*ExecError]. [Limits] bound size,
// nesting, steps, output and memory; regular expressions run on Go's linear
// engine where it can run them, and under a time limit where it cannot. Nothing
// in the language reaches the clock, files or the network.
//
// # Inside
//
// A text is parsed by internal/syntax, compiled into nodes (compile*.go) and
// rendered by a [Run] (run.go, node.go, one file a directive). Values and Java's
// methods on them are here too, since both count against the limits of the
// rendering: methods.go says how a method is found, and the tables are in
// *_methods.go; to add a method, add a row. Code that needs neither values nor
// limits is in internal/javanumber, internal/javatext and internal/javaregexp.
package vtl
