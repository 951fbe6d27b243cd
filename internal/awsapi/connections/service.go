package connections

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Service serves @connections. All fields but Trace are required.
type Service struct {
	Directory  *stage.Directory
	Gateway    *gateway.Gateway
	Guard      *wire.Guard
	Authorizer wire.AliasAuthorizer
	Log        *slog.Logger
	// Trace takes every push that was tried, with the header of its call; nil: nothing does.
	Trace func(header http.Header, apiID, connectionID string, began time.Time, err error)
}

const (
	signingName  = "execute-api"
	actionManage = "execute-api:ManageConnections"
	marker       = "/@connections/"
	manyPath     = "/@connections" // of calls for many connections
	tagsSuffix   = "/tags"         // of calls for the tags of a connection
)

// ServeHTTP serves one call; what it refuses has the type that SDKs raise.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	requestID := wire.StampRequestID(w)
	call := gateway.RefusedCall{RequestID: requestID, Method: r.Method}
	if err := s.serve(w, r, &call); err != nil {
		response := wire.WriteRESTError(w, err)
		call.Status, call.Err = response.Status, err
		s.Gateway.NoteRefused(call)
		if response.Status >= http.StatusInternalServerError && response.Status != http.StatusServiceUnavailable {
			s.Log.ErrorContext(r.Context(), "@connections call failed", "requestId", requestID, "error", err)
		}
	}
}

// serve handles r, or returns the error; it fills call with what r is about.
func (s *Service) serve(w http.ResponseWriter, r *http.Request, call *gateway.RefusedCall) error {
	about, err := s.resolve(r, call)
	if err != nil {
		return err
	}
	caller, err := s.Guard.Admit(r, signingName)
	if err != nil {
		return err
	}
	body, err := s.Guard.Bodies.Read(w, r, caller.AccessKeyID(), gateway.MaxPost)
	if err != nil {
		return err
	}
	defer body.Release()
	who, err := caller.Authenticate(body.Bytes)
	if err != nil {
		return err
	}
	call.Authenticated = true
	if about.kind == oneConnection {
		if err := s.allow(r, who, about.stage, about.connectionID); err != nil {
			return err
		}
	}
	op := operationOf(about.kind, r.Method)
	if op == nil {
		return s.refuseMethod(w, r, about)
	}
	return op.serve(s, w, r, authenticated{target: about, who: who, body: body.Bytes})
}

// Admits says whether to read the body of a call: its head passes every check that does
// not need the body.
func (s *Service) Admits(r *http.Request) bool {
	_, err := s.Guard.Admit(r, signingName)
	return err == nil
}

// target is what a call is about.
type target struct {
	stage        *stage.Stage
	connectionID string
	kind         kind
}

type kind uint8

const (
	oneConnection      kind = iota // a connection
	tagsOfConnection               // the tags of a connection
	connectionsWithTag             // the connections that have a tag
)

// resolve finds the stage and what the rest of the path is about. The stage must exist,
// though the connection may have come in by any stage of the API (aws-dataplane §8.5).
func (s *Service) resolve(r *http.Request, call *gateway.RefusedCall) (target, error) {
	match, found := s.Directory.Lookup(r.Host, r.URL.Path)
	rest := "/" + strings.TrimLeft(match.Rest, "/") // of SDKs whose endpoint ends in a slash (A-WIRE-10)
	connectionID, is := strings.CutPrefix(rest, marker)
	if _, after, any := strings.Cut(r.URL.Path, marker); any {
		call.ConnectionID = after
	}
	about := target{stage: match.Stage, connectionID: connectionID}
	call.ConnectionID = strings.TrimSuffix(call.ConnectionID, tagsSuffix)
	if !found || match.Stage.Deployed() == nil {
		var why stage.Unserved
		if path, _, any := strings.Cut(r.URL.Path, manyPath); any {
			why = s.Directory.WhyUnserved(r.Host, path)
		}
		call.APIID = why.APIID
		return target{}, forbidden(why.Why)
	}
	call.APIID, call.Stage = match.Stage.APIID, match.Stage.Name
	forMany := rest == manyPath || rest == marker
	switch id, of := strings.CutSuffix(connectionID, tagsSuffix); {
	case forMany && !s.tagged(match.Stage):
		return target{}, forbidden(s.untagged(match.Stage))
	case forMany:
		about.kind = connectionsWithTag
	case !is || id == "":
		return target{}, forbidden(language.ConnectionsNoID.Of(strconv.Quote(r.URL.Path)))
	case of && s.tagged(match.Stage):
		about.connectionID, about.kind = id, tagsOfConnection
	}
	return about, nil
}

// forbidden is AWS's response for URLs that are not served; the cause is for the
// operator.
func forbidden(why language.Message) error {
	return &pasarela.Error{Code: pasarela.CodeForbidden, Message: "Forbidden", Cause: why}
}

// refuseMethod refuses a method that a resource does not take.
func (s *Service) refuseMethod(w http.ResponseWriter, r *http.Request, about target) error {
	if about.kind == oneConnection && r.Method == http.MethodPut && strings.HasSuffix(about.connectionID, tagsSuffix) {
		return forbidden(s.untagged(about.stage))
	}
	path, methods := methodsOf(about.kind)
	w.Header().Set("Allow", methods)
	return forbidden(language.ConnectionsMethods.Of(strings.TrimPrefix(path, "/"), methods, r.Method))
}

// allow evaluates the policies. The resource has two names: AWS documents the literal
// {connectionId}, people write the id (aws-dataplane §8.4); a statement on either
// applies.
func (s *Service) allow(r *http.Request, who pasarela.Principal, at *stage.Stage, connectionID string) error {
	regionAccount := s.Guard.RegionAccount
	return s.Authorizer.AuthorizeAlias(r.Context(), who, actionManage,
		regionAccount.ConnectionsARN(at.APIID, at.Name, r.Method, "{connectionId}"),
		regionAccount.ConnectionsARN(at.APIID, at.Name, r.Method, connectionID), s.Guard.ConditionKeys(r))
}

// timeFormat is ISO 8601 in UTC with milliseconds (aws-dataplane §8.2).
const timeFormat = "2006-01-02T15:04:05.000Z"

func (s *Service) describe(w http.ResponseWriter, r *http.Request, c authenticated) error {
	d, err := s.Gateway.Describe(r.Context(), c.stage.APIID, c.connectionID)
	if err != nil {
		return err
	}
	body := appendTime([]byte(`{"connectedAt":"`), d.ConnectedAt)
	body = execution.AppendQuoted(append(body, `","identity":{"sourceIp":`...), d.SourceIP)
	if d.UserAgent != "" {
		body = execution.AppendQuoted(append(body, `,"userAgent":`...), d.UserAgent)
	}
	body = append(appendTime(append(body, `},"lastActiveAt":"`...), d.LastActiveAt), `"}`...)
	w.Header()["Content-Type"] = []string{"application/json"}
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // the caller is gone: nothing to tell it
	return nil
}

func appendTime(dst []byte, at time.Time) []byte { return at.UTC().AppendFormat(dst, timeFormat) }

// remove closes the connection. AWS has no way to choose code and reason; here the
// query may, unless the gateway is strict (A-GATEWAY-14).
func (s *Service) remove(w http.ResponseWriter, r *http.Request, c authenticated) error {
	code, reason := uint64(0), ""
	if r.URL.RawQuery != "" && !s.Gateway.Strict() {
		query := r.URL.Query()
		reason = query.Get("reason")
		if text := query.Get("code"); text != "" {
			var err error
			if code, err = strconv.ParseUint(text, 10, 16); err != nil {
				return gateway.Refuse(pasarela.CodeBadRequest, language.CallCloseCode, strconv.Quote(text))
			}
		}
	}
	if code == 0 && reason != "" {
		code = 1000
	}
	if err := s.Gateway.Disconnect(r.Context(), c.stage.APIID, c.connectionID, uint16(code), reason); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
