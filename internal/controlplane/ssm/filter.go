package ssm

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// Filter chooses parameters.
type Filter struct {
	Key    string   `json:"Key"`
	Option string   `json:"Option"`
	Values []string `json:"Values"`
}

// Page asks for a part of a list.
type Page struct {
	MaxResults *int   `json:"MaxResults"`
	NextToken  string `json:"NextToken"`
}

// check refuses what no filter is.
func (f *Filter) check() error {
	allowed := []string{"", "Equals"}
	switch {
	case f.Key == "Name":
		allowed = append(allowed, "BeginsWith", "Contains")
	case f.Key == "Path":
		allowed = []string{"", "OneLevel", "Recursive"}
	case f.Key == "Type", f.Key == "KeyId", f.Key == "Tier", f.Key == "DataType", strings.HasPrefix(f.Key, "tag:") && len(f.Key) > len("tag:"):
		allowed = append(allowed, "BeginsWith")
	default:
		return pasarela.Errorf(CodeFilterKey, "The filter key %s is not valid here: Name, Path, Type, KeyId, Tier, DataType and tag:key are.", f.Key)
	}
	if !slices.Contains(allowed, f.Option) {
		return pasarela.Errorf(CodeFilterOption, "The filter option %s is not valid for the key %s.", f.Option, f.Key)
	}
	return nil
}

// fits says whether a parameter fits the filter; a tag filter without values asks whether the
// tag is there.
func (f *Filter) fits(s *Service, p *parameter) bool {
	if f.Key == "Path" {
		return slices.ContainsFunc(f.Values, func(path string) bool { return below(p.Name, path, f.Option == "Recursive") })
	}
	m := s.metadata(p, p.latest())
	value, there := map[string]string{"Name": m.Name, "Type": m.Type, "KeyId": m.KeyID, "Tier": m.Tier, "DataType": m.DataType}[f.Key]
	if key, tag := strings.CutPrefix(f.Key, "tag:"); tag {
		value, there = p.Tags[key]
		if len(f.Values) == 0 {
			return there
		}
	}
	return there && slices.ContainsFunc(f.Values, func(want string) bool {
		switch f.Option {
		case "BeginsWith":
			return strings.HasPrefix(value, want)
		case "Contains":
			return strings.Contains(value, want)
		}
		return value == want
	})
}

// list is the part asked for of the parameters that all filters, and also where it is
// given, let through.
func (s *Service) list(ctx context.Context, filters []Filter, page Page, most int, also func(*parameter) bool) ([]*parameter, string, error) {
	for i := range filters {
		if err := filters[i].check(); err != nil {
			return nil, "", err
		}
	}
	all, err := s.all(ctx)
	if err != nil {
		return nil, "", err
	}
	chosen := slices.DeleteFunc(all, func(p *parameter) bool {
		return also != nil && !also(p) || slices.ContainsFunc(filters, func(f Filter) bool { return !f.fits(s, p) })
	})
	return paged(chosen, page, most, func(p *parameter) string { return p.Name })
}

// paged is the part of a sorted list that follows the item which the token names.
func paged[T any](all []T, page Page, most int, id func(T) string) (part []T, next string, err error) {
	size := most
	if page.MaxResults != nil {
		if size = *page.MaxResults; size < 1 || size > most {
			return nil, "", invalid("1 validation error detected: Value '%d' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and %d", size, most)
		}
	}
	if page.NextToken != "" {
		after, err := base64.URLEncoding.DecodeString(page.NextToken)
		if err != nil {
			return nil, "", pasarela.Errorf(CodeToken, "The specified token isn't valid.")
		}
		from := slices.IndexFunc(all, func(item T) bool { return id(item) > string(after) })
		if from < 0 {
			from = len(all)
		}
		all = all[from:]
	}
	if len(all) <= size {
		return all, "", nil
	}
	return all[:size], base64.URLEncoding.EncodeToString([]byte(id(all[size-1]))), nil
}

// tokenOf is a number whose text sorts like it.
func tokenOf(number int64) string { return fmt.Sprintf("%020d", number) }
