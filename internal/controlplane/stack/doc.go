// Package stack is CloudFormation: stacks, change sets and what happens to them.
//
// A stack is one document under "stack/live/{name}", with its resources, its last
// events and the operation that is under way; a deleted one lies under
// "stack/deleted/{id}". An operation runs on one node, which holds a lease on it in
// the document and writes what it has done as it goes, several steps a write. A node
// that ends leaves the operation to another, or to its next start: it goes on where the
// document says, or rolls back.
//
// What a stack shall be is a [Input]; a plan is a template worked out for one. Creating,
// changing and rolling back are the same walk over a plan, in the order of references:
// each resource is brought from what the document says it is to what the plan says.
//
// Sources: aws-controlplane §12, aws-controlplane §13.
package stack
