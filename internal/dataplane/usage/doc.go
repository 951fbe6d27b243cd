// Package usage admits API keys and counts what they use under their plans.
//
// [Plans] are the keys and plans as the store has them; the watcher of stages tells
// them what changed. Counting locks nothing and writes nothing: a [Writer] adds the
// counts of this node to the documents of all nodes once a second, so a crash forgets
// at most a second of them (A-THROTTLE-5).
//
// Sources: aws-dataplane §7.4 and aws-dataplane §10.3 of the reference.
package usage
