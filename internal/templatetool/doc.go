// Package templatetool is what `pasarela template` does with a mapping template:
// render it with a sample event, lint it, and run a file of test cases. Its
// functions write text for people and return what the command needs for its exit
// status.
package templatetool
