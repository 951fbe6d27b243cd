// Package javanumber has what Java's numbers do and Go's do not: the texts of
// Double and BigDecimal, the arithmetic of BigDecimal, how texts are read as
// numbers and how numbers of one type become those of another (vtl §5.2, vtl §6).
//
// It knows Go's numbers and [Decimal]. Package vtl decides which of Java's types a
// template's value has, and what a calculation costs.
//
// Its tests are in package vtl too: vtl/testdata/corpus-methods.jsonl has the
// output of Java 17.
package javanumber
