// Package connections speaks @connections, the management API of WebSocket
// connections: post to one, look at it, close it (aws-dataplane §8). It is signed
// for the service execute-api and decided as execute-api:ManageConnections.
package connections

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
)

const (
	signingName = "execute-api"
	action      = "execute-api:ManageConnections"
	collection  = "/@connections/"
)

// Authorizer decides about a resource with two names.
type Authorizer interface {
	AuthorizeAlias(ctx context.Context, who pasarela.Principal, action, resource, alias string, rc pasarela.RequestContext) error
}

// Service serves the calls. All fields are required.
type Service struct {
	Directory  *stage.Directory
	Gateway    *gateway.Gateway
	Guard      *wire.Guard
	Authorizer Authorizer
	Log        *slog.Logger
}

// ServeHTTP answers one call: find the stage, read, authenticate, authorise, act.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wire.StampRequestID(w)
	err := s.serve(w, r)
	if err == nil {
		return
	}
	if answer := wire.WriteRESTError(w, err); answer.Status >= http.StatusInternalServerError {
		s.Log.ErrorContext(r.Context(), "@connections call failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request) error {
	body, err := wire.ReadBody(w, r, gateway.MaxPost)
	if err != nil {
		return err
	}
	who, err := s.Guard.Authenticate(r, body, signingName)
	if err != nil {
		return err
	}
	match, found := s.Directory.Lookup(r.Host, r.URL.Path)
	id, isConnection := strings.CutPrefix(match.Rest, collection)
	if !found || !isConnection || match.Stage.Deployed() == nil {
		return pasarela.Errorf(pasarela.CodeForbidden, "Forbidden") // §8.3: wrong stage, wrong path
	}
	if err := s.authorize(r, who, match.Stage, id); err != nil {
		return err
	}
	return s.act(w, r, match.Stage.APIID, id, body)
}

// authorize asks for the connection and, because that is how AWS spells the
// resource, for the literal {connectionId} (§8.4).
func (s *Service) authorize(r *http.Request, who pasarela.Principal, at *stage.Stage, id string) error {
	arn := func(id string) string { return s.Guard.Place.ConnectionsARN(at.APIID, at.Name, r.Method, id) }
	return s.Authorizer.AuthorizeAlias(r.Context(), who, action, arn(id), arn("{connectionId}"), s.Guard.RequestContext(r))
}

func (s *Service) act(w http.ResponseWriter, r *http.Request, apiID, id string, body []byte) error {
	switch r.Method {
	case http.MethodPost:
		if err := s.Gateway.Post(r.Context(), apiID, id, body); err != nil {
			return err
		}
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusOK)
		return nil
	case http.MethodGet:
		found, err := s.Gateway.Describe(r.Context(), apiID, id)
		if err != nil {
			return err
		}
		return describe(w, found)
	case http.MethodDelete:
		return s.disconnect(w, r, apiID, id)
	}
	return pasarela.Errorf(pasarela.CodeForbidden, "Forbidden")
}

// disconnect takes code and reason of the close frame from the query, which AWS
// cannot do (A-GATEWAY-14); without them it is AWS's 1000.
func (s *Service) disconnect(w http.ResponseWriter, r *http.Request, apiID, id string) error {
	var code uint16
	if text := r.URL.Query().Get("code"); text != "" {
		parsed, err := strconv.ParseUint(text, 10, 16)
		if err != nil || parsed == 0 {
			return pasarela.Errorf(pasarela.CodeBadRequest, "code: %q is not the code of a close frame", text)
		}
		code = uint16(parsed)
	}
	if err := s.Gateway.Disconnect(r.Context(), apiID, id, code, r.URL.Query().Get("reason")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// timeForm is AWS's: UTC with milliseconds (§8.2).
const timeForm = "2006-01-02T15:04:05.000Z"

func describe(w http.ResponseWriter, d gateway.Description) error {
	body, err := json.Marshal(description{
		ConnectedAt:  d.ConnectedAt.UTC().Format(timeForm),
		Identity:     identity{d.SourceIP, d.UserAgent},
		LastActiveAt: d.LastActiveAt.UTC().Format(timeForm),
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // a caller that is gone needs no answer
	return nil
}

type description struct {
	ConnectedAt  string   `json:"connectedAt"`
	Identity     identity `json:"identity"`
	LastActiveAt string   `json:"lastActiveAt"`
}

type identity struct {
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent,omitempty"`
}
