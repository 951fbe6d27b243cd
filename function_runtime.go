package pasarela

import "strings"

// RuntimeKind is how functions of a runtime are started here.
type RuntimeKind string

// Kinds of runtimes.
const (
	RuntimeNode     RuntimeKind = "nodejs"
	RuntimePython   RuntimeKind = "python"
	RuntimeJava     RuntimeKind = "java"
	RuntimeProvided RuntimeKind = "provided" // an executable called bootstrap
)

// RuntimeKindOf returns how functions of a runtime ("nodejs22.x") are started; false for
// runtimes that do not run here.
func RuntimeKindOf(runtime string) (RuntimeKind, bool) {
	if strings.Trim(runtime, "abcdefghijklmnopqrstuvwxyz0123456789.") != "" {
		return "", false
	}
	for _, kind := range []RuntimeKind{RuntimeNode, RuntimePython, RuntimeJava, RuntimeProvided} {
		if strings.HasPrefix(runtime, string(kind)) {
			return kind, true
		}
	}
	return "", false
}
