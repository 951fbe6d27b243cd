package connections

import (
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// Operation is a call of @connections.
type Operation struct {
	Method, Path string // below the stage's URL
	// Extension says that AWS has no such call. It needs the tag pasarela:connectionTags of
	// the stage, and a strict gateway has none (A-GATEWAY-54).
	Extension bool

	kind  kind
	serve func(*Service, http.ResponseWriter, *http.Request, authenticated) error
}

// authenticated is a call whose caller is known.
type authenticated struct {
	target
	who  pasarela.Principal
	body []byte
}

const (
	connectionPath = marker + "{connectionId}"
	tagsPath       = connectionPath + tagsSuffix
)

// operations are all calls, those of a path in the order of their methods' names.
var operations = []Operation{
	{http.MethodDelete, connectionPath, false, oneConnection, (*Service).remove},
	{http.MethodGet, connectionPath, false, oneConnection, (*Service).describe},
	{http.MethodPost, connectionPath, false, oneConnection, (*Service).post},
	{http.MethodPut, tagsPath, true, tagsOfConnection, (*Service).tag},
	{http.MethodGet, manyPath, true, connectionsWithTag, (*Service).list},
	{http.MethodPost, manyPath, true, connectionsWithTag, (*Service).fanOut},
}

// Operations is the table.
func Operations() []Operation { return operations }

// operationOf is the call with a method; nil: there is none.
func operationOf(of kind, method string) *Operation {
	for i := range operations {
		if operations[i].kind == of && operations[i].Method == method {
			return &operations[i]
		}
	}
	return nil
}

// methodsOf are the path of a kind and the methods that it takes.
func methodsOf(of kind) (path, methods string) {
	var all []string
	for _, op := range operations {
		if op.kind == of {
			path, all = op.Path, append(all, op.Method)
		}
	}
	return path, strings.Join(all, ", ")
}
