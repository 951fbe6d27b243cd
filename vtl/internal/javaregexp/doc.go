// Package javaregexp runs the regular expressions of java.util.regex that
// templates pass to String.matches, replaceAll, replaceFirst and split (vtl §6).
//
// There are two engines. Go's package regexp needs time linear in the text but
// knows neither look-around nor back references, and a match in progress cannot
// be stopped. github.com/dlclark/regexp2 backtracks as Java does, knows the
// rest of Java's syntax and has a time limit. [Compile] translates Java's
// syntax into one that both accept and prefers Go's engine; a match that would
// take it too long is run on the other.
//
// Offsets are in bytes of UTF-8, as everywhere in package vtl; the caller
// converts what Java counts in UTF-16 units.
package javaregexp
