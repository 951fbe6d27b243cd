// Package syntax reads Velocity 1.7's grammar (vtl §2 to vtl §5): a template
// becomes a tree of nodes that keep their tokens, because Velocity prints the
// source text of a reference that is null.
//
// The lexer is Velocity's own state machine over longest matches, which decides
// to which token a space, a backslash or a line end belongs; the parser is a
// recursive descent that reads one token after the other. Package vtl has the
// meaning of the nodes, and decides which of them fail.
//
// Parsing ends for every text: nesting and the number of operators in a row are
// bounded, and the caller limits the size of a text.
package syntax
