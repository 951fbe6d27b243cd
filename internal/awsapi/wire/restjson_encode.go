package wire

import (
	"bytes"
	"encoding/json"
	"net/http"

	pasarela "github.com/pasarela-ws/pasarela"
)

// writeResult encodes what an operation answered. Absent members are the output
// type's to omit; HTML characters stay themselves, as on AWS.
func writeResult(w http.ResponseWriter, status int, out any) error {
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
