package integration

import "unsafe"

// textOfBytes is the text of b without a copy, for texts that are read while b does not
// change and forgotten before it does: a message costs no allocation to look at.
func textOfBytes(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
