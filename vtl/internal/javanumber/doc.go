// Package javanumber is what Java's numbers do and Go's do not: the texts of
// Double and BigDecimal, the arithmetic of BigDecimal, how texts are read as
// numbers and how numbers of one type become those of another (vtl §5.2, vtl §6).
//
// It knows Go's numbers and [Decimal]. Which of Java's types a value of a template
// has, and what a calculation with it costs, is package vtl's.
//
// The cases that hold it are package vtl's too: vtl/testdata/corpus-methods.jsonl
// has what Java 17 prints.
package javanumber
