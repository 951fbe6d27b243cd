// Package key says what a key of a [pasarela.Bucket] may look like, so that
// every implementation refuses the same ones.
package key

import (
	"fmt"
	"strings"
)

// MaxLen bounds a key, in bytes.
const MaxLen = 1024

// Check refuses what a bucket cannot hold: keys of other bytes than letters,
// digits and -_.=/, with empty segments between slashes, or over [MaxLen].
func Check(key string) error {
	if len(key) > MaxLen {
		return fmt.Errorf("pasarela: key of %d bytes is over the limit of %d", len(key), MaxLen)
	}
	for i := range len(key) {
		if !allowed(key[i]) {
			return fmt.Errorf("pasarela: key %q has byte %q; escape it with EscapeKey", key, key[i])
		}
	}
	if key == "" || key[0] == '/' || key[len(key)-1] == '/' || strings.Contains(key, "//") {
		return fmt.Errorf("pasarela: key %q has an empty segment", key)
	}
	return nil
}

func allowed(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '-' || c == '_' || c == '.' || c == '=' || c == '/'
}
