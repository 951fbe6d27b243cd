// Package execution holds what all events of a connection have in common: identifiers,
// the one error type of all layers and its two forms (HTTP response and frame), the
// record of an event's steps, from which both AWS's execution log and `pasarela explain`
// are written, and counters.
package execution
