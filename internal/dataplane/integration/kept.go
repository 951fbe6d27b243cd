package integration

import "github.com/pasarela-ws/pasarela/internal/dataplane/execution"

// kept is text of a client or a backend as causes may quote it: explanations hold such
// texts under data trace only (A-LOG-4).
func (x *Exchange) kept(text string) string {
	if x.Record.Data {
		return text
	}
	return execution.Withheld.Error()
}
