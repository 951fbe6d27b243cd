package wire

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"

	"github.com/pasarela-ws/pasarela"
)

// StampRequestID makes the id of one request and writes it into the answer's
// headers: x-amzn-RequestId is a UUID.
func StampRequestID(w http.ResponseWriter) string {
	id := pasarela.NewUUID()
	w.Header().Set("X-Amzn-Requestid", id)
	return id
}

// stampGatewayID adds x-amz-apigw-id, 11 random bytes in padded base64url
// (aws-controlplane §2).
func stampGatewayID(w http.ResponseWriter) {
	var b [11]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails since Go 1.24
	w.Header().Set("X-Amz-Apigw-Id", base64.URLEncoding.EncodeToString(b[:]))
}

type callKey struct{}

// Call is what is known of the request that an operation serves.
type Call struct {
	RequestID string
	Principal pasarela.Principal
	Service   string                  // signing name: apigateway, iam ...
	Operation string                  // CreateApi
	Context   pasarela.RequestContext // condition keys, for further decisions such as iam:PassRole

	guard *Guard // nil outside of a service of the rest-json protocol
}

// Authorize decides on another resource than the operation's own, one that is known
// only once the operation has found it: the verb on the resource whose path has
// these segments, such as "GET" on apis, {id}, explain. The error is a
// [pasarela.Error] with AccessDeniedException.
func (c Call) Authorize(ctx context.Context, verb string, segments ...string) error {
	if c.guard == nil {
		return pasarela.Errorf(pasarela.CodeAccessDenied, "There is no caller who could be authorised.")
	}
	return c.guard.Authorize(ctx, c.Principal, c.Service+":"+verb, []string{c.guard.RegionAccount.APIGatewayARN(joined(segments))}, c.Context)
}

// WithCall puts the [Call] into the context of an operation's function.
func WithCall(ctx context.Context, c Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// CallFrom is the [Call] that ctx serves; ok is false outside of a request.
func CallFrom(ctx context.Context) (c Call, ok bool) {
	c, ok = ctx.Value(callKey{}).(Call)
	return c, ok
}
