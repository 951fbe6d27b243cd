// Package javatext is what Java's strings do and Go's do not: indexes that count
// UTF-16 units, the order and hash of strings, letters in other cases, and the
// directives of java.util.Formatter (vtl §6).
//
// Strings are Go's, in UTF-8. Half of a surrogate pair, which Java's strings can
// hold, becomes U+FFFD where a string is cut inside of a pair.
package javatext
