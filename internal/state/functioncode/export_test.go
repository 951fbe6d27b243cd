package functioncode

import "testing"

// SetPart makes values of so many bytes until the test ends.
func SetPart(t *testing.T, bytes int64) {
	t.Cleanup(func() { part = Part })
	part = bytes
}
