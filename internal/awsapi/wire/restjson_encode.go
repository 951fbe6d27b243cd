package wire

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/pasarela-ws/pasarela"
)

// Raw is an answer of its own form: that of a Lambda function, say.
type Raw struct {
	Status int
	Header http.Header
	Body   []byte
}

func (r Raw) write(w http.ResponseWriter) {
	for name, values := range r.Header {
		w.Header()[name] = values
	}
	if r.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(r.Body)))
	}
	w.WriteHeader(r.Status)
	_, _ = w.Write(r.Body) // the client is gone: nothing to tell it
}

// writeResult encodes what an operation answered. Absent members are the output
// type's to omit; HTML characters stay themselves, as on AWS.
func writeResult(w http.ResponseWriter, status int, out any) error {
	if raw, ok := out.(Raw); ok {
		raw.write(w)
		return nil
	}
	if _, empty := out.(nothing); empty {
		if status != http.StatusNoContent {
			w.Header().Set("Content-Length", "0")
		}
		w.WriteHeader(status)
		return nil
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(out); err != nil {
		return &pasarela.Error{Code: pasarela.CodeInternal, Message: "the answer does not encode", Cause: err}
	}
	writeJSON(w, status, bytes.TrimSuffix(body.Bytes(), []byte("\n")))
	return nil
}
