// Package javaregexp runs the regular expressions of java.util.regex that
// templates hand to String.matches, replaceAll, replaceFirst and split (vtl §6).
//
// Two engines share the work. Go's package regexp needs time linear in the text
// but knows neither look-around nor back references, and a match that has begun
// cannot be stopped. github.com/dlclark/regexp2 backtracks as Java does, knows
// the rest of Java's syntax and looks at a clock. [Compile] translates Java's
// spelling into one that both understand and prefers Go's engine; a match that
// would occupy it for too long goes to the other.
//
// Offsets are in bytes of UTF-8, as everywhere in package vtl; what Java counts
// in UTF-16 units is the caller's to convert.
package javaregexp
