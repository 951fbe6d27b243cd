package iam

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

// pageInput is how a page is asked for (aws-controlplane §6.1).
type pageInput struct {
	Marker   string `aws:"Marker"`
	MaxItems *int   `aws:"MaxItems"`
}

// pageOutput says whether there is more.
type pageOutput struct {
	IsTruncated bool   `aws:"IsTruncated"`
	Marker      string `aws:"Marker"`
}

const (
	defaultPage = 100
	maxPage     = 1000
)

// size is how many items are asked for, or the refusal of IAM's request validation for a
// number outside 1 to 1,000.
func (in pageInput) size() (int, error) {
	if in.MaxItems == nil {
		return defaultPage, nil
	}
	bound := ""
	switch {
	case *in.MaxItems < 1:
		bound = "greater than or equal to 1"
	case *in.MaxItems > maxPage:
		bound = "less than or equal to 1000"
	default:
		return *in.MaxItems, nil
	}
	return 0, pasarela.Errorf(identity.CodeValidation, "1 validation error detected: Value '%d' at 'maxItems' failed to satisfy constraint: Member must have value %s", *in.MaxItems, bound)
}

// cut takes the asked page out of all items. The marker names the last item of
// the page before and its place, so that items which come or go between two
// pages hide no others.
func cut[T any](in pageInput, items []T, id func(T) string) ([]T, pageOutput, error) {
	size, err := in.size()
	if err != nil {
		return nil, pageOutput{}, err
	}
	start := 0
	if in.Marker != "" {
		index, after, ok := parseMarker(in.Marker)
		if !ok {
			return nil, pageOutput{}, pasarela.Errorf(identity.CodeValidation, "Invalid Marker.")
		}
		start = min(index, len(items))
		for i := range items {
			if id(items[i]) == after {
				start = i + 1
				break
			}
		}
	}
	end := min(start+size, len(items))
	page := append([]T{}, items[start:end]...) // never nil: an empty list is an empty element
	out := pageOutput{IsTruncated: end < len(items)}
	if out.IsTruncated {
		out.Marker = base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(end) + ":" + id(items[end-1])))
	}
	return page, out, nil
}

// parseMarker reads what [cut] wrote: base64 of "{place}:{id of the last item}". Clients
// must not make markers of their own, so the form is not documented.
func parseMarker(marker string) (index int, after string, ok bool) {
	text, err := base64.StdEncoding.DecodeString(marker)
	if err != nil {
		return 0, "", false
	}
	number, after, ok := strings.Cut(string(text), ":")
	index, err = strconv.Atoi(number)
	return index, after, ok && err == nil && index > 0
}
