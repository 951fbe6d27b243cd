// Package event is one execution of a WebSocket API as the rest of the engine and
// the data plane see it: the [Event], and the one table of `$context` variables
// (aws-dataplane §6.3) that says what each is called, where it may be used and how
// it is read.
//
// Mapping templates find a variable by its name at each use:
//
//	v := event.ContextMembers.Find("stage", event.InTemplate)
//
// Access logs, parameter mappings and identity sources resolve their text once, at
// deployment:
//
//	r, ok := event.Resolve("identity.sourceIp", event.InAccessLog)
//	row, ok = r.Append(row, &e) // no allocation
//
// The package is pure: no clock, no network, no goroutine.
package event
