package wire

import (
	"net/http"
	"reflect"
)

// Unguarded runs a request as if it were signed and allowed.
func Unguarded(s *RESTService, w http.ResponseWriter, r *http.Request, body []byte) {
	match, found := s.tree.match(r.Method, r.URL.EscapedPath(), r.URL.Query().Get("mode"))
	if !found {
		return
	}
	out, err := s.act(r.Context(), match, Call{Context: s.Guard.RequestContext(r)}, request{labels: match.labels, query: r.URL.Query(), body: body})
	if err == nil {
		err = writeResult(w, match.op.Status, out)
	}
	if err != nil {
		WriteRESTError(w, err)
	}
}

// Matched is the resource of a request's path, with the operation that it is for.
func Matched(s *RESTService, method, escapedPath string) (operation, path string, segments []string, ok bool) {
	m, found := s.tree.match(method, escapedPath, "")
	if !found {
		return "", "", nil, false
	}
	of := s.resourceOf(m)
	return m.op.Name, s.path(of, m.op.greedy()), of.segments, true
}

// Decoded is what an operation gets of a body.
func Decoded[In any](body []byte) (in In, err error) {
	return in, planOf(reflect.TypeFor[In]()).decode(request{body: body}, &in)
}
