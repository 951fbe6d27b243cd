// Package node puts one node together: the store, identity and the control
// plane, the data plane, the router of AWS services and the listener that all of them share.
// It starts them in the order of their needs and stops them in reverse, and it
// fills the small interfaces that rooms declare towards each other.
package node
