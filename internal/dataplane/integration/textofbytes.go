package integration

import "unsafe"

// textOfBytes is b as a string without a copy, so that reading a message needs no
// allocation. It must not be used after b changes.
func textOfBytes(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
