package stack

import (
	"context"
	"net/url"
	"regexp"
	"strings"
)

// addressForm is AWS's address of an API: its scheme, the id of the API, and what must
// not follow.
func addressForm(region, suffix string) *regexp.Regexp {
	suffixes := "amazonaws.com"
	if suffix != suffixes {
		suffixes = regexp.QuoteMeta(suffix) + "|" + regexp.QuoteMeta(suffixes)
	}
	return regexp.MustCompile(`((?:wss|https)://)?([a-zA-Z0-9-]+)\.execute-api\.` + regexp.QuoteMeta(region) + `\.(?:` + suffixes + `)([.a-zA-Z0-9-]?)`)
}

// reachable is a value of a template in which AWS's addresses of APIs of this server are
// the server's own (A-STACK-12). The error is the store's.
func (s *Service) reachable(ctx context.Context, v any) (_ any, err error) {
	if s.Endpoint == nil {
		return v, nil
	}
	switch v := v.(type) {
	case string:
		return s.reachableText(ctx, v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			if list[i], err = s.reachable(ctx, v[i]); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		object := make(map[string]any, len(v))
		for key := range v {
			if object[key], err = s.reachable(ctx, v[key]); err != nil {
				return nil, err
			}
		}
		return object, nil
	}
	return v, nil
}

// reachableText replaces AWS's addresses of APIs in a text by those at which this server is
// reached; a name that only begins like one stays.
func (s *Service) reachableText(ctx context.Context, text string) (_ string, failed error) {
	if s.Endpoint == nil || !strings.Contains(text, ".execute-api.") {
		return text, nil
	}
	text = s.address.ReplaceAllStringFunc(text, func(found string) string {
		part := s.address.FindStringSubmatch(found)
		if part[3] != "" { // another name that begins alike
			return found
		}
		address, err := s.Endpoint(ctx, part[2])
		if err != nil {
			failed = err
			return found
		}
		endpoint, err := url.Parse(address)
		if err != nil || endpoint.Host == "" {
			return found
		}
		scheme := part[1] // none before a host name, to which something else puts it
		if scheme != "" && endpoint.Scheme == "ws" {
			scheme = map[string]string{"wss://": "ws://", "https://": "http://"}[scheme]
		}
		return scheme + endpoint.Host + endpoint.Path
	})
	return text, failed
}
