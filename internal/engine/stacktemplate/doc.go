// Package stacktemplate reads CloudFormation templates and evaluates their
// functions.
//
// [Parse] makes a value of YAML (with the short forms !Ref, !Sub ...) or JSON; [Read]
// makes a [Template] of it. A [Scope] has parameters, conditions, mappings and the
// resources created so far: [Scope.Reduce] evaluates every function whose arguments
// are known and leaves the others in place, so that one function serves validation,
// change sets, the order of resources and their creation.
//
// Values are nil, bool, string, json.Number, []any and map[string]any. Templates are
// hostile input: length, depth, the number of values (aliases of YAML counted as often
// as they are used) and the length of what functions make are bounded.
//
// Errors are sentences for the author of the template, in CloudFormation's words
// where they are known (aws-controlplane §12.2).
package stacktemplate
