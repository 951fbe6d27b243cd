package wire

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	pasarela "github.com/pasarela-ws/pasarela"
)

// RESTService speaks rest-json for one service's table.
type RESTService struct {
	// SigningName is the service in the credential scope, and the prefix of the
	// IAM actions: apigateway:GET.
	SigningName string
	// StripPath is cut from the path to make the resource of the authorisation:
	// "/v2" never is part of an ARN.
	StripPath string
	Guard     *Guard
	Log       *slog.Logger
	// Tags answers the tags of the resource at a path, for policies with
	// aws:ResourceTag conditions; nil when the service has none.
	Tags func(ctx context.Context, path string) (map[string]string, error)

	tree *routeTree
}

// NewREST makes the handler of one table. A table with two rows for one verb and
// path is a mistake of the program and panics.
func NewREST(s RESTService, operations []Operation) *RESTService {
	s.tree = newRouteTree(operations)
	return &s
}

// ServeHTTP answers one call: stamp, match, read, authenticate, authorise,
// decode, act, encode.
func (s *RESTService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	requestID := StampRequestID(w)
	stampGatewayID(w)
	op, answer, err := s.serve(w, r, requestID)
	if err == nil {
		s.Log.DebugContext(r.Context(), "api call", "operation", op, "requestId", requestID, "duration", time.Since(start))
		return
	}
	var known *pasarela.Error
	if answer.Status >= http.StatusInternalServerError || errors.As(err, &known) && known.Cause != nil && answer.Status != http.StatusForbidden {
		s.Log.ErrorContext(r.Context(), "api call failed", "operation", op, "requestId", requestID, "error", err)
		return
	}
	s.Log.DebugContext(r.Context(), "api call refused", "operation", op, "requestId", requestID, "code", answer.Code, "error", err)
}

func (s *RESTService) serve(w http.ResponseWriter, r *http.Request, requestID string) (op string, answer Answer, err error) {
	match, found := s.tree.match(r.Method, r.URL.EscapedPath(), r.URL.Query().Get("mode"))
	body, err := ReadBody(w, r, match.maxBody())
	if err != nil {
		return match.name(), WriteRESTError(w, err), err
	}
	call := Call{RequestID: requestID, Service: s.SigningName, Operation: match.name(), Context: s.Guard.RequestContext(r)}
	call.Principal, err = s.Guard.Authenticate(r, body, s.SigningName)
	if err != nil {
		return call.Operation, WriteRESTError(w, err), err
	}
	if !found { // A-WIRE-3
		err = pasarela.Errorf(pasarela.CodeAccessDenied, "Unable to determine service/operation name to be authorized")
		return "", WriteRESTError(w, err), err
	}
	out, err := s.act(r, match, call, body)
	if err != nil {
		return call.Operation, WriteRESTError(w, err), err
	}
	if stream, ok := out.(streamed); ok {
		return call.Operation, Answer{}, stream.write(r.Context(), w, match.op.Status)
	}
	if err = writeResult(w, match.op.Status, out); err != nil {
		return call.Operation, WriteRESTError(w, err), err
	}
	return call.Operation, Answer{}, nil
}

func (s *RESTService) act(r *http.Request, m match, call Call, body []byte) (any, error) {
	in := request{labels: m.labels, query: r.URL.Query(), body: body}
	ctx := WithCall(r.Context(), call)
	if err := s.authorize(ctx, r, m, call, in); err != nil {
		return nil, err
	}
	if err := m.op.refuseDeclined(in); err != nil {
		return nil, err
	}
	return m.op.invoke(ctx, in)
}

func (s *RESTService) authorize(ctx context.Context, r *http.Request, m match, call Call, in request) error {
	path := strings.TrimPrefix(r.URL.EscapedPath(), s.StripPath)
	resources := []string{s.Guard.Place.APIGatewayARN(s.resourcePath(m, path))}
	if m.op.Alias != nil {
		if alias := m.op.Alias(path); alias != "" {
			resources = append(resources, s.Guard.Place.APIGatewayARN(alias))
		}
	}
	tagConditions(call.Context, "aws:requesttag/", in.tags())
	if err := s.resourceTags(ctx, call.Context, path); err != nil {
		return err
	}
	return s.Guard.Authorize(ctx, call.Principal, s.SigningName+":"+r.Method, resources, call.Context)
}

// resourcePath decodes the labels of the path, so that a policy may name
// /apis/x/stages/s/routesettings/$connect; only the ARN in a tag path stays
// encoded (aws-controlplane §11.1).
func (s *RESTService) resourcePath(m match, path string) string {
	if m.op.greedy() {
		const tags = "/tags/"
		return tags + strings.ReplaceAll(url.QueryEscape(m.labels[len(m.labels)-1].value), "+", "%20")
	}
	if decoded, err := url.PathUnescape(path); err == nil {
		return decoded
	}
	return path
}

// resourceTags adds the tags of what the path names. What is not there has none:
// the operation will say so.
func (s *RESTService) resourceTags(ctx context.Context, rc pasarela.RequestContext, path string) error {
	if s.Tags == nil {
		return nil
	}
	tags, err := s.Tags(ctx, path)
	var known *pasarela.Error
	if errors.As(err, &known) {
		return nil
	}
	tagConditions(rc, "aws:resourcetag/", tags)
	return err
}

func tagConditions(rc pasarela.RequestContext, prefix string, tags map[string]string) {
	for key, value := range tags {
		rc[prefix+strings.ToLower(key)] = []string{value}
		if prefix == "aws:requesttag/" {
			rc["aws:tagkeys"] = append(rc["aws:tagkeys"], key)
		}
	}
}
