// Package resource says what a type of resource of a stack is: its properties, what
// creating, changing and deleting one does, and what Ref and Fn::GetAtt answer.
//
// A type is one value of [Type], made in package types, one file a service. It knows
// no service: it calls operations of AWS APIs by their names ([Services]), as the
// stack's caller, so that a stack may do exactly what its caller may. A new service
// needs its table of operations and a row for each of its types.
package resource
