// Package templatetool is what `pasarela template` does with a mapping template:
// render it with a sample event, lint it, and run a file of test cases. Its
// functions write for people and return what a program needs to set its exit
// status.
package templatetool
