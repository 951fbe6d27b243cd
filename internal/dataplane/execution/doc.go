// Package execution holds what every event of a connection shares whatever
// happens in it: its identifiers, the one error type that all layers return and
// its two spellings (HTTP answer and frame), the record of its steps, from which
// both AWS's execution log and `pasarela explain` are written, and the counters.
package execution
