// Package javatext has what Java's strings do and Go's do not: indexes that
// count UTF-16 units, the order and hash of strings, letters in other cases, and
// the directives of java.util.Formatter (vtl §6).
//
// Strings are Go's, in UTF-8. Where a string is cut inside a surrogate pair, the
// half becomes U+FFFD, while Java keeps it.
package javatext
