package identity

import (
	"maps"
	"slices"
	"strings"
)

func pathOr(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// underPath reports whether path starts with prefix; an empty prefix takes all.
func underPath(path, prefix string) bool { return strings.HasPrefix(path, prefix) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
