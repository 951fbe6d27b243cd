// Package resource defines what a resource type of stacks is: its properties, how its
// resources are created, changed and deleted, and what Ref and Fn::GetAtt return.
//
// A type is a value of [Type], made in package types, one file for each service. This
// package calls operations of AWS APIs by their names ([Services]), as the stack's
// caller, so that a stack may do exactly what its caller may. A new service needs its
// table of operations and a row for each of its types.
package resource
