package wire

import "net/http"

// Unguarded runs a request as if it were signed and allowed.
func Unguarded(s *RESTService, w http.ResponseWriter, r *http.Request, body []byte) {
	match, found := s.tree.match(r.Method, r.URL.EscapedPath(), r.URL.Query().Get("mode"))
	if !found {
		return
	}
	out, err := s.act(r, match, Call{Context: s.Guard.RequestContext(r)}, body)
	if err == nil {
		err = writeResult(w, match.op.Status, out)
	}
	if err != nil {
		WriteRESTError(w, err)
	}
}
