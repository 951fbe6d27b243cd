package apis

import (
	"strconv"
	"strings"
	"time"
)

// PatchInput is the body of a v1 update.
type PatchInput struct {
	PatchOperations []PatchOperation `json:"patchOperations"`
}

// PatchOperation is one change of a v1 update. Values are always strings.
type PatchOperation struct {
	Op    string `json:"op"` // add, remove or replace
	Path  string `json:"path"`
	Value string `json:"value"`
}

// segments are the parts of the path, with ~1 and ~0 undone (RFC 6901).
func (p PatchOperation) segments() []string {
	parts := strings.Split(strings.TrimPrefix(p.Path, "/"), "/")
	for i := range parts {
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(parts[i], "~1", "/"), "~0", "~")
	}
	return parts
}

// each checks the operations' form and runs apply over them.
func (in PatchInput) each(apply func(PatchOperation) error) error {
	for _, p := range in.PatchOperations {
		if p.Op != "add" && p.Op != "remove" && p.Op != "replace" {
			return bad("Invalid patch operation specified: '%s'. Must be one of: [add, remove, replace]", p.Op)
		}
		if err := apply(p); err != nil {
			return err
		}
	}
	return nil
}

// clears says whether an operation clears a member: remove does, and so does replacing it
// with an empty value, which is what Terraform sends for a member that is no longer set.
func (p PatchOperation) clears() bool { return p.Op == "remove" || p.Op == "replace" && p.Value == "" }

func (p PatchOperation) unlessRemoved() string {
	if p.clears() {
		return ""
	}
	return p.Value
}

// badPath is AWS's sentence, two spaces included (aws-controlplane §5).
func badPath(p PatchOperation, allowed ...string) error {
	return bad("Invalid patch path  '%s' specified for op '%s'. Must be one of: [%s]", p.Path, p.Op, strings.Join(allowed, ", "))
}

// whole reads a number of a patch.
func (p PatchOperation) whole() (int, error) {
	n, err := strconv.Atoi(p.Value)
	if err != nil || n < 0 {
		return 0, bad("Invalid value '%s' for patch path '%s': expected a whole number that is not negative.", p.Value, p.Path)
	}
	return n, nil
}

func (p PatchOperation) rate() (float64, error) {
	f, err := strconv.ParseFloat(p.Value, 64)
	if err != nil || !(f >= 0) || f > 1e15 {
		return 0, bad("Invalid value '%s' for patch path '%s': expected a number that is not negative.", p.Value, p.Path)
	}
	return f, nil
}

// Epoch is a time that v1 returns as seconds since 1970.
type Epoch time.Time

// MarshalJSON writes whole seconds.
func (e Epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, time.Time(e).Unix(), 10), nil
}
