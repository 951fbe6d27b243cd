package authorizer

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// actionInvoke is the action that a client of an AWS_IAM route performs (aws-dataplane
// §7.3).
const actionInvoke = "execute-api:Invoke"

// iam admits signed handshakes whose signer may execute-api:Invoke.
type iam struct{ services *Services }

// authorize verifies the signature of the handshake, then evaluates the signer's
// policies. A handshake has no body, so the signature covers an empty one.
func (a *iam) authorize(r Request) (Grant, *execution.GatewayError) {
	if a.services.Signatures == nil {
		return Grant{}, undecided(language.IdentitiesMissing.Of())
	}
	who, err := a.services.Signatures.Authenticate(r.HTTP, nil, "execute-api")
	if err != nil {
		return Grant{}, signatureError(err)
	}
	rc := a.services.Signatures.RequestContext(r.HTTP)
	if err := a.services.Signatures.Authorize(r.HTTP.Context(), who, actionInvoke, []string{r.MethodARN}, rc); err != nil {
		return Grant{}, denied(err)
	}
	r.Record.NoteMessage(execution.StepStatement, language.StepMayInvoke.Of(who.ARN, actionInvoke, r.MethodARN))
	return Grant{Identity: identityOf(who), Principal: &who, Latency: -1}, nil
}

// WithoutSignature are the parameters of a signed handshake without what signed it:
// a backend could use a presigned URL again until it expires (A-INTEGRATION-4).
func WithoutSignature(p event.Params) event.Params {
	p.Querystring = slices.DeleteFunc(p.Querystring, func(pair event.Pair) bool { return signing[strings.ToLower(pair.Name)] })
	p.Header = slices.DeleteFunc(p.Header, func(pair event.Pair) bool {
		return strings.EqualFold(pair.Name, "X-Amz-Security-Token") || strings.EqualFold(pair.Name, "Authorization")
	})
	return p
}

// signing are the query parameters of a presigned URL, in lower case.
var signing = map[string]bool{
	"x-amz-algorithm": true, "x-amz-credential": true, "x-amz-date": true, "x-amz-expires": true,
	"x-amz-signedheaders": true, "x-amz-signature": true, "x-amz-security-token": true,
}

// identityOf are the fields of $context.identity that only AWS_IAM fills (aws-dataplane
// §6.3).
func identityOf(who pasarela.Principal) event.Identity {
	return event.Identity{AccountID: who.AccountID, Caller: who.UserID, User: who.UserID, UserARN: who.ARN}
}

// signatureError makes the refusal of a bad signature; only unexpected errors are the
// server's.
func signatureError(err error) *execution.GatewayError {
	var bad *sigv4.Error
	if !errors.As(err, &bad) {
		return undecided(language.IdentitiesSilent.Of(err.Error()))
	}
	response := bad.RESTJSON()
	kind := execution.InvalidSignature
	switch bad.Fault {
	case sigv4.FaultMissing:
		kind = execution.MissingAuthenticationToken
	case sigv4.FaultExpiredToken, sigv4.FaultTime:
		kind = execution.ExpiredToken
	}
	first, _, _ := strings.Cut(response.Message, "\n")
	return execution.Refused(kind, response.Status, pasarela.ErrorCode(response.Code), response.Message,
		"Unauthorized request: "+first, language.SignatureRefused.Because(SignatureCause(bad)))
}

// maxKeyID bounds what is said of an access key id, in bytes: anybody may send any. Ids of
// AWS have at most 128 characters, those of this server 20.
const maxKeyID = 64

// SignatureCause is why a signature is refused, for the operator: with what to do where the
// key or its secret is wrong. The caller gets AWS's message, [sigv4.Error.RESTJSON].
func SignatureCause(bad *sigv4.Error) language.Message {
	key := bad.AccessKeyID[:min(len(bad.AccessKeyID), maxKeyID)]
	first, _, _ := strings.Cut(bad.RESTJSON().Message, "\n")
	switch bad.Fault {
	case sigv4.FaultUnknownKey:
		return language.SignatureKeyUnknown.Of(key)
	case sigv4.FaultMismatch:
		return language.SignatureMismatch.Of(key)
	case sigv4.FaultExpiredToken:
		return language.SignatureExpired.Of(key)
	case sigv4.FaultMissing:
		return language.SignatureMissing.Of(first)
	case sigv4.FaultTime:
		return language.SignatureTime.Of(first)
	case sigv4.FaultScope:
		return language.SignatureScope.Of(first)
	case sigv4.FaultPayload:
		return language.SignaturePayload.Of(first)
	}
	return language.SignatureIncomplete.Of(first)
}

// undecided is a 500: this server could not tell who calls or whether they may. Nothing in
// the API is wrong (A-GATEWAY-60).
func undecided(cause language.Message) *execution.GatewayError {
	e := execution.Internal(cause)
	e.ResponseType = execution.AuthorizerFailure
	return e
}

// denied is a 403 for a caller whose policies do not allow it, and a 500 when they could
// not be evaluated: fail closed.
func denied(err error) *execution.GatewayError {
	var known *pasarela.Error
	if !errors.As(err, &known) || known.Code != pasarela.CodeAccessDenied {
		return undecided(language.IdentitiesSilent.Of(err.Error()))
	}
	return execution.Refused(execution.AccessDenied, http.StatusForbidden, known.Code, known.Message,
		"Unauthorized request: "+known.Message, language.CallerDenied.Of(known.Message))
}
