package wire

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"

	pasarela "github.com/pasarela-ws/pasarela"
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
}

// WithCall hands an operation's function its [Call].
func WithCall(ctx context.Context, c Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// CallFrom is the [Call] that ctx serves; ok is false outside of a request.
func CallFrom(ctx context.Context) (c Call, ok bool) {
	c, ok = ctx.Value(callKey{}).(Call)
	return c, ok
}
