package policy

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// node is a JSON value with its place in the text; the standard decoder keeps
// neither places nor repeated keys.
type node struct {
	kind       byte // { [ " 0 t n
	text       string
	members    []member
	items      []node
	start, end int // byte offsets of the first byte and behind the last, of objects
}

type member struct {
	name  string
	value node
}

// Bounds of a document; AWS's own are far smaller.
const (
	maxDepth   = 16
	maxMembers = 1000
)

var errNotJSON = errors.New("policy: not a JSON document")

func parseJSON(text string) (node, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	root, err := parseNode(dec, 0)
	if err != nil {
		return node{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return node{}, errNotJSON
	}
	return root, nil
}

// parseNode reads a value with its place in the text, maxDepth deep at most.
func parseNode(dec *json.Decoder, depth int) (node, error) {
	token, err := dec.Token()
	if err != nil {
		return node{}, err
	}
	switch t := token.(type) {
	case json.Delim:
		n := node{kind: byte(t), start: int(dec.InputOffset()) - 1}
		if depth == maxDepth {
			return node{}, errNotJSON
		}
		for dec.More() {
			if err := n.add(dec, depth); err != nil {
				return node{}, err
			}
		}
		_, err := dec.Token() // the closing delimiter
		n.end = int(dec.InputOffset())
		return n, err
	case string:
		return node{kind: '"', text: t}, nil
	case json.Number:
		return node{kind: '0', text: t.String()}, nil
	case bool:
		if t {
			return node{kind: 't', text: "true"}, nil
		}
		return node{kind: 't', text: "false"}, nil
	}
	return node{kind: 'n'}, nil
}

// add reads the next member or item. A key that comes twice is refused: JSON leaves
// open which of the two holds (RFC 8259 §4).
func (n *node) add(dec *json.Decoder, depth int) error {
	var name string
	if n.kind == '{' {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ = token.(string)
		if len(n.members) == maxMembers || n.member(name) != nil {
			return errNotJSON
		}
	}
	value, err := parseNode(dec, depth+1)
	if err != nil {
		return err
	}
	if n.kind == '{' {
		n.members = append(n.members, member{name, value})
	} else {
		n.items = append(n.items, value)
	}
	return nil
}

func (n *node) member(name string) *node {
	for i := range n.members {
		if n.members[i].name == name {
			return &n.members[i].value
		}
	}
	return nil
}
