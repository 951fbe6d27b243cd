// Package vtl is the Velocity Template Language, version 1.7: as Apache Velocity
// speaks it and as Amazon API Gateway does, whose mapping templates differ from
// Velocity in a few rules.
//
// A template is parsed once and rendered as often as you like, by as many
// goroutines as you like:
//
//	t, err := vtl.Parse("Hello $name!", vtl.Velocity17())
//	text, err := t.Render(map[string]vtl.Value{"name": vtl.String("World")})
//
// # Dialects
//
// One engine speaks both dialects; [Options] say which. [Velocity17] is stock
// Velocity 1.7: references to nothing print their source, macros work.
// [APIGateway] is what the service runs: references to nothing are the empty
// string everywhere (which is why #if($missing) is true), macros and #evaluate
// are text, loops end after 1000 turns.
//
// Both were compared with Velocity 1.7 itself, case by case: whitespace that
// directives swallow, what backslashes escape, Java's numbers and texts. The
// cases are in testdata.
//
// # Values
//
// Templates work on a closed set of values, see [Kind]: Java's numbers, strings
// that count in UTF-16 units, lists and maps that keep their order. There is no
// reflection: of methods only those exist that a table here implements, the
// useful ones of Java's String, List, Map, Number and so on. Go objects join in
// through one interface, [Host].
//
// # Safety
//
// Templates may come from strangers. Whatever they hold, parsing and rendering
// end: with a result, a [*ParseError] or an [*ExecError]. [Limits] bound size,
// nesting, steps, output and memory; regular expressions run on Go's linear
// engine where it can run them, and under a time limit where it cannot. Nothing
// in the language reaches the clock, files or the network.
package vtl
