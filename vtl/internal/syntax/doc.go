// Package syntax reads Velocity 1.7's grammar (vtl §2 to vtl §5): a template
// becomes a tree of nodes that still know their tokens, because Velocity prints
// the source text of a reference that is null.
//
// The lexer is Velocity's own state machine over longest matches, which decides
// what a blank, a backslash or a line end belongs to; the parser is a recursive
// descent that takes one token after the other. What the nodes mean, and which of
// them fail, is package vtl's.
//
// Parsing ends for every text: nesting and the number of operators in a row are
// bounded, and the size of a text is the caller's limit.
package syntax
