package definition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/report/language"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A walk reads one YAML file and gathers everything that is wrong with it.
type walk struct {
	file       string
	problems   Problems
	parameters []*yaml.Node // where each parameter stands
	chartNode  *yaml.Node

	tableNode, groupNode, splitNode *yaml.Node // of the sheet; nil: not given
}

// A member reads the value of one key.
type member func(value *yaml.Node)

func (w *walk) fault(node *yaml.Node, format string, args ...any) {
	w.problems = append(w.problems, Problem{w.file, max(node.Line, 1), fmt.Sprintf(format, args...)})
}

// mapping reads a mapping by its known keys; an unknown or repeated key, or a
// missing required one, is a fault.
func (w *walk) mapping(node *yaml.Node, what string, members map[string]member, required ...string) {
	if node.Kind != yaml.MappingNode {
		w.fault(node, "%s must be a mapping of keys to values", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		read, known := members[key.Value]
		switch {
		case !known:
			w.fault(key, "%s has no key %q; it has %s", what, key.Value, sortedKeys(members))
		case seen[key.Value]:
			w.fault(key, "%q is given twice", key.Value)
		default:
			read(value)
		}
		seen[key.Value] = true
	}
	for _, key := range required {
		if !seen[key] {
			w.fault(node, "%s needs %q", what, key)
		}
	}
}

func (w *walk) list(node *yaml.Node, what string, each func(item *yaml.Node)) {
	if node.Kind != yaml.SequenceNode {
		w.fault(node, "%s must be a list", what)
		return
	}
	for _, item := range node.Content {
		each(item)
	}
}

func (w *walk) words(node *yaml.Node, what string) string {
	if node.Kind != yaml.ScalarNode {
		w.fault(node, "%s must be plain text", what)
		return ""
	}
	return node.Value
}

// text reads a sentence: plain, or one a language.
func (w *walk) text(node *yaml.Node, what string) language.Text {
	if node.Kind == yaml.ScalarNode {
		if node.Value == "" {
			w.fault(node, "%s is empty", what)
		}
		return language.Same(node.Value)
	}
	text, members := language.Text{}, map[string]member{}
	for _, known := range language.All() {
		members[string(known)] = func(value *yaml.Node) {
			if text[known] = w.words(value, what); text[known] == "" {
				w.fault(value, "%s is empty", what)
			}
		}
	}
	w.mapping(node, what, members)
	if len(text) == 0 {
		w.fault(node, "%s is empty", what)
	}
	return text
}

func (w *walk) integer(node *yaml.Node, what string, least, most int64) int64 {
	n, err := strconv.ParseInt(strings.ReplaceAll(w.words(node, what), "_", ""), 10, 64)
	if err != nil || n < least || n > most {
		w.fault(node, "%s must be a whole number from %d to %d, not %q", what, least, most, node.Value)
		return least
	}
	return n
}

func (w *walk) number(node *yaml.Node, what string) float64 {
	plain, ok := value.Plain(w.words(node, what))
	n, err := strconv.ParseFloat(plain, 64)
	if !ok || err != nil {
		w.fault(node, "%s must be a number, not %q", what, node.Value)
		return 0
	}
	return n
}

func (w *walk) boolean(node *yaml.Node, what string) bool {
	switch w.words(node, what) {
	case "true":
		return true
	case "false":
		return false
	}
	w.fault(node, "%s must be true or false, not %q", what, node.Value)
	return false
}

func (w *walk) duration(node *yaml.Node, what string, least, most time.Duration) time.Duration {
	d, err := time.ParseDuration(w.words(node, what))
	if err != nil || d < least || d > most {
		w.fault(node, "%s must be a time from %s to %s such as 90s, 10m or 24h, not %q", what, least, most, node.Value)
		return least
	}
	return d
}

// oneOf reads a value out of a closed list.
func oneOf[T ~string](w *walk, node *yaml.Node, what string, values ...T) T {
	value := T(w.words(node, what))
	if !slices.Contains(values, value) {
		w.fault(node, "%s must be one of %s, not %q", what, joined(values), value)
	}
	return value
}

func joined[T ~string](values []T) string {
	words := make([]string, len(values))
	for i, value := range values {
		words[i] = string(value)
	}
	return strings.Join(words, ", ")
}

func sortedKeys(members map[string]member) string {
	keys := make([]string, 0, len(members))
	for key := range members {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return strings.Join(keys, ", ")
}
