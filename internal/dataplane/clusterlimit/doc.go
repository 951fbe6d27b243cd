// Package clusterlimit divides limits that hold for a whole cluster among its nodes:
// the connections that a stage may have, and the rates of throttles (A-THROTTLE-1).
//
// Nothing is asked on the way of a handshake or a message: each node has a share and
// decides by that alone. Once a second the nodes tell each other what they use and what
// was asked of them, and every one of them computes the same division from it.
//
//	node 1 -- Report --> node 2      open 40, granted 55, asked 3 a second
//	       <-- Report --             open 20, granted 45, asked 0 a second
//
// A share of a cap is lowered at once and raised only by what others have given up, as
// far as is known, so the shares of all nodes add up to the cap except for what changed
// within the last second. A share of a rate follows the demand of the last seconds.
package clusterlimit
