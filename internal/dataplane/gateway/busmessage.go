package gateway

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/pasarela-ws/pasarela"
)

// Requests and responses between nodes are JSON, so that nodes of different versions understand each other
// during an upgrade. Almost all of them are plain pushes: these are written and read without encoding/json, as the same bytes,
// and what is not recognized is read by it.

// encode returns the message of a request.
func (r *request) encode() ([]byte, error) {
	if r.isPlainPost() {
		message := make([]byte, 0, len(postHead)+len(r.APIID)+len(postConnection)+len(r.ConnectionID)+len(postEnd)+len(r.Body))
		message = append(append(message, postHead...), r.APIID...)
		message = append(append(message, postConnection...), r.ConnectionID...)
		return append(append(message, postEnd...), r.Body...), nil
	}
	head, err := json.Marshal(r)
	return append(append(head, '\n'), r.Body...), err
}

// A plain push: the API stands between the first two, the connection between the last two.
const (
	postHead       = `{"verb":"` + verbPost + `","apiId":"`
	postConnection = `","connectionId":"`
	postEnd        = "\"}\n"
)

// isPlainPost says whether r is a push with nothing but its connection and its body.
func (r *request) isPlainPost() bool {
	return r.Verb == verbPost && isPlain(r.APIID) && isPlain(r.ConnectionID) &&
		r.Code == 0 && r.Reason == "" && r.Key == "" && r.Wait == 0 && r.Lifetime == 0 && r.Stage == "" && r.Tag == "" && r.After == "" && r.Limit == 0 &&
		len(r.Tags) == 0 && len(r.Session) == 0 && r.From == 0 && r.Move == 0 && r.Sequence == 0 && len(r.HeldIDs) == 0 && r.Hops == 0 && !r.Direct
}

// isPlain says whether JSON writes text as it is: it is made of the characters of ids.
func isPlain[text string | []byte](t text) bool {
	for i := range len(t) {
		switch c := t[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '=', c == '+', c == '/':
		default:
			return false
		}
	}
	return len(t) > 0
}

// decode reads a message; the body is part of it.
func (r *request) decode(message []byte) error {
	if r.decodePlainPost(message) {
		return nil
	}
	head, body, _ := bytes.Cut(message, []byte{'\n'})
	r.Body = body
	return json.Unmarshal(head, r)
}

func (r *request) decodePlainPost(message []byte) bool {
	rest, ok := bytes.CutPrefix(message, []byte(postHead))
	if !ok {
		return false
	}
	api, rest, ok1 := bytes.Cut(rest, []byte(postConnection))
	connection, body, ok2 := bytes.Cut(rest, []byte(postEnd))
	if !ok1 || !ok2 || !isPlain(api) || !isPlain(connection) {
		return false
	}
	*r = request{Verb: verbPost, APIID: string(api), ConnectionID: string(connection), Body: body}
	return true
}

// plainPushResponse is the response to a plain push.
var plainPushResponse = func() []byte {
	b, err := json.Marshal(response{})
	if err != nil {
		panic(err) // responses are made of what always marshals
	}
	return b
}()

// readResponse decodes what another node sent back.
func readResponse(data []byte, err error) (response, error) {
	switch {
	case errors.Is(err, pasarela.ErrNodeGone):
		return response{}, gone()
	case err != nil:
		return response{}, &pasarela.Error{Code: pasarela.CodeServiceUnavailable, Message: "The node of the connection does not answer for now. Try again.", Cause: err}
	}
	var out response
	if bytes.Equal(data, plainPushResponse) {
		return out, nil
	}
	if err := json.Unmarshal(data, &out); err != nil {
		return response{}, &pasarela.Error{Code: pasarela.CodeInternal, Message: "The answer of the node that holds the connection could not be read.", Cause: err}
	}
	return out, nil
}
