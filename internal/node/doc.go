// Package node puts one node together: the store, identity and the control plane, the
// data plane, the router of AWS services and the listener that all of them share. It
// starts each part after the parts that it needs and stops them in the reverse order. It
// implements the small interfaces by which packages name what they need of each other.
package node
