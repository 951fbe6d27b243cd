package integration

import (
	"strings"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
)

// quotable is text of a client or a backend for a cause; it is empty without data trace,
// since explanations contain such texts under data trace only (A-LOG-4).
func (x *Invocation) quotable(text string) string {
	if x.Record.Data {
		return text
	}
	return execution.Redacted.Error()
}

// BackendExcerpt is the beginning of the backend's response, "" if there is none. It is
// quoted under data trace only (A-LOG-4).
func (x *Invocation) BackendExcerpt() string {
	response := x.received
	if response == "" && x.Reply.Latency > 0 { // a proxied response is not parsed: it is the reply
		response = string(x.Reply.Body)
	}
	said := strings.Join(strings.Fields(response), " ")
	if said == "" {
		return ""
	}
	return x.quotable(excerpt(said))
}
