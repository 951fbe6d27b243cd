// Package jsonvalue reads the JSON of messages and backend responses and prints it
// the way API Gateway does.
//
// A [Document] is an index over the source text: key order, number literals and
// spacing stay where they are, nothing is built before it is used, and a
// subtree whose text is already canonical is printed by copying it. Keep a
// Document and use it again: reading into one that has grown to the size of its
// messages allocates nothing.
//
// Two grammars fill it. [Document.ReadStrict] takes RFC 8259 and nothing else:
// route selection needs to know whether a message is JSON (aws-dataplane §2.3).
// [Document.Read] takes what json-smart takes in its permissive mode, the reader
// behind $input.path, $input.json and $util.parseJson (vtl §7, rows marked [A]):
// unquoted keys and strings, single quotes, useless commas, anything after the
// first complete value.
//
// A [Value] is a position in a Document: two words, copied freely, valid until
// the Document reads again. Text that it returns is part of the source string
// and stays valid after that.
//
// Values print in two ways. [Value.AppendJSON] is $input.json: compact JSON with
// Java's numbers. [Value.AppendJava] is a reference in a template: maps as
// {k=v, k2=v2}, arrays as JSON, strings bare.
//
// For a template engine, one message is:
//
//	var doc jsonvalue.Document        // kept in the engine's frame
//	err := doc.Read(body)             // lazily, at the first $input.path or $input.json
//	v := doc.Root().Field("action")   // or a compiled jsonpath over doc
//	out = v.AppendJSON(out, jsonvalue.Compact)
//
// and a value is taken apart by its Kind: Text for strings, Int64 or Number for
// integers, Float64 for doubles, Items and Members for containers.
//
// A Document and its Values serve one goroutine at a time; evaluating a path may
// add nodes to the Document (see [Document.NewArray]).
package jsonvalue
