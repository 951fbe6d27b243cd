package definition

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A walk reads one YAML file and collects all problems.
type walk struct {
	file       string
	problems   Problems
	parameters []*yaml.Node // where each parameter stands
	orders     []*yaml.Node // the names in notBefore
	fileNode   *yaml.Node

	categoryNode, valueNode *yaml.Node // of the chart
	columnFailed            bool       // a column has no name

	tableNode, groupNode, splitNode *yaml.Node // of the sheet; nil: not given
}

// A member reads the value of one key.
type member func(value *yaml.Node)

// fault gathers what is wrong at a node; args are as [language.Language.Say] takes them.
func (w *walk) fault(node *yaml.Node, id language.ID, args ...any) {
	w.faultOf(node, &language.Error{ID: id, Args: args})
}

func (w *walk) faultOf(node *yaml.Node, reason error) {
	w.problems = append(w.problems, Problem{w.file, max(node.Line, 1), reason})
}

// mapping reads a mapping by its known keys; an unknown or repeated key, or a
// missing required one, is a fault.
func (w *walk) mapping(node *yaml.Node, what any, members map[string]member, required ...string) {
	if node.Kind != yaml.MappingNode {
		w.fault(node, "definition.a_mapping", "what", what)
		return
	}
	seen, unknown := map[string]bool{}, false
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		read, known := members[key.Value]
		switch {
		case !known:
			unknown = true
			w.fault(key, "definition.no_key", "what", what, "key", strconv.Quote(key.Value), "keys", sortedKeys(members))
		case seen[key.Value]:
			w.fault(key, "definition.key_twice", "key", strconv.Quote(key.Value))
		default:
			read(value)
		}
		seen[key.Value] = true
	}
	for _, key := range required {
		if !seen[key] && !unknown { // a wrong key is most often the one that is missing
			w.fault(node, "definition.needs_key", "what", what, "key", strconv.Quote(key))
		}
	}
}

func (w *walk) list(node *yaml.Node, what any, each func(item *yaml.Node)) {
	if node.Kind != yaml.SequenceNode {
		w.fault(node, "definition.a_list", "what", what)
		return
	}
	for _, item := range node.Content {
		each(item)
	}
}

func (w *walk) words(node *yaml.Node, what any) string {
	if node.Kind != yaml.ScalarNode {
		w.fault(node, "definition.plain_text", "what", what)
		return ""
	}
	return node.Value
}

// text reads a sentence: plain, or one a language.
func (w *walk) text(node *yaml.Node, what any) locale.Text {
	if node.Kind == yaml.ScalarNode {
		if node.Value == "" {
			w.fault(node, "definition.empty_text", "what", what)
		}
		return locale.Same(node.Value)
	}
	text, members := locale.Text{}, map[string]member{}
	for _, known := range locale.All() {
		members[string(known)] = func(value *yaml.Node) {
			if text[known] = w.words(value, what); text[known] == "" {
				w.fault(value, "definition.empty_text", "what", what)
			}
		}
	}
	w.mapping(node, what, members)
	if len(text) == 0 {
		w.fault(node, "definition.empty_text", "what", what)
	}
	return text
}

func (w *walk) integer(node *yaml.Node, what string, least, most int64) int64 {
	n, err := strconv.ParseInt(strings.ReplaceAll(w.words(node, what), "_", ""), 10, 64)
	if err != nil || n < least || n > most {
		w.fault(node, "definition.whole_number_range", "what", what, "least", least, "most", most, "value", strconv.Quote(node.Value))
		return least
	}
	return n
}

func (w *walk) number(node *yaml.Node, what string) float64 {
	plain, ok := value.Plain(w.words(node, what))
	n, err := strconv.ParseFloat(plain, 64)
	if !ok || err != nil {
		w.fault(node, "definition.key_number", "what", what, "value", strconv.Quote(node.Value))
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
	w.fault(node, "definition.key_boolean", "what", what, "value", strconv.Quote(node.Value))
	return false
}

func (w *walk) duration(node *yaml.Node, what string, least, most time.Duration) time.Duration {
	d, err := time.ParseDuration(w.words(node, what))
	if err != nil || d < least || d > most {
		w.fault(node, "definition.key_time", "what", what, "least", least, "most", most, "value", strconv.Quote(node.Value))
		return least
	}
	return d
}

// oneOf reads a value out of a closed list.
func oneOf[T ~string](w *walk, node *yaml.Node, what any, values ...T) T {
	value := T(w.words(node, what))
	if !slices.Contains(values, value) {
		w.fault(node, "definition.key_one_of", "what", what, "values", joined(values), "value", strconv.Quote(string(value)))
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
