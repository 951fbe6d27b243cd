// Package stacktemplate reads CloudFormation templates and works out their values.
//
// [Parse] makes a value of YAML (with the short forms !Ref, !Sub ...) or JSON; [Read]
// makes a [Template] of it. A [Scope] knows parameters, conditions, mappings and what
// of the resources is there already: [Scope.Reduce] works out every function whose
// arguments are known and leaves the others where they stand, so that one function
// serves validation, change sets, the order of resources and their creation.
//
// Values are nil, bool, string, json.Number, []any and map[string]any. Templates are
// hostile input: length, depth, the number of values (aliases of YAML counted as often
// as they are used) and the length of what functions make are bounded.
//
// Errors are sentences for who wrote the template, in CloudFormation's words where
// they are known (aws-controlplane §12.2).
package stacktemplate
