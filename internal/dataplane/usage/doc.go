// Package usage admits API keys and counts their requests under usage plans.
//
// [Plans] are the keys and plans of the store, kept up to date by the watcher of stages.
// Counting takes no lock and writes nothing: once a second a [Writer] adds this node's
// counts to the documents that all nodes share, so a crash loses at most a second of them
// (A-THROTTLE-5).
//
// Sources: aws-dataplane §7.4 and aws-dataplane §10.3 of the reference.
package usage
