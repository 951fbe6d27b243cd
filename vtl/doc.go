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
// Velocity 1.7: references to nothing print their source, macros work.
// [APIGateway] is what the service runs: references to nothing are the empty
// string everywhere (which is why #if($missing) is true), macros and #evaluate
// are text, loops end after 1000 iterations.
//
// Both were compared with Velocity 1.7 itself, case by case: whitespace that
// directives swallow, what backslashes escape, Java's numbers and texts. The
// cases are in testdata.
//
// # Values
//
// Templates work on a closed set of values, see [Kind]: Java's numbers, strings
// that count in UTF-16 units, lists and maps that keep their order. There is no
// reflection: a method exists if it is a row of the table of its class, and rows
// there are for the useful ones of Java's String, List, Map, Number and so on. Go
// objects join in through one interface, [Host].
// Its methods get the Run that calls them, by which a host makes values that count as
// memory of the rendering ([Run.NewString]) and shows data that a template looks into
// where it likes ([Tree]).
//
// # Safety
//
// Templates need not be trusted. Whatever they hold, parsing and rendering
// end: with a result, a [*ParseError] or an [*ExecError]. [Limits] bound size,
// nesting, steps, output and memory; regular expressions run on Go's linear
// engine where it can run them, and under a time limit where it cannot. Nothing
// in the language reaches the clock, files or the network.
//
// # Inside
//
// A text is parsed by internal/syntax, compiled into nodes (compile*.go) and
// rendered by a [Run] (run.go, node.go, one file a directive). Values and Java's
// methods on them are here too, as both need the rendering that pays for them:
// methods.go says how a method is found, and the tables are in *_methods.go; to
// add a method is to add a row. What needs neither is in internal/javanumber,
// internal/javatext and internal/javaregexp.
package vtl
