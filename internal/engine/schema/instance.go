package schema

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

// maxExponent bounds the exponent of numbers that are checked: the validator
// computes with exact fractions, and 1e999999999 would be one of a gigabyte
// (A-SCHEMA-2).
const maxExponent = 400

var errTooLarge = errors.New("a number is out of range")

// instance is v in the types of the validator: maps, slices, strings,
// json.Number.
func instance(v jsonvalue.Value) (any, error) {
	switch v.Kind() {
	case jsonvalue.Object:
		members := make(map[string]any, v.Len())
		for name, member := range v.Members() {
			m, err := instance(member)
			if err != nil {
				return nil, err
			}
			members[name.Text()] = m
		}
		return members, nil
	case jsonvalue.Array:
		items := make([]any, 0, v.Len())
		for item := range v.Items() {
			i, err := instance(item)
			if err != nil {
				return nil, err
			}
			items = append(items, i)
		}
		return items, nil
	case jsonvalue.String:
		return v.Text(), nil
	case jsonvalue.Bool:
		return v.Bool(), nil
	case jsonvalue.Null:
		return nil, nil
	default:
		return number(v.Raw())
	}
}

func number(literal string) (any, error) {
	if i := strings.IndexAny(literal, "eE"); i >= 0 {
		power, err := strconv.Atoi(literal[i+1:])
		if err != nil || power > maxExponent || power < -maxExponent {
			return nil, errTooLarge
		}
	}
	return json.Number(literal), nil
}
