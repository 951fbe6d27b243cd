package sigv4

import (
	"errors"
	"net/http"
	"strings"
)

// Errors of a [Lookup] that have their own error on the wire. Any other error
// of a lookup is handed to the caller of [Verifier.Verify] as it is.
var (
	// ErrUnknownKey: no such access key, or it is inactive, or its session token
	// is missing or not ours.
	ErrUnknownKey = errors.New("sigv4: access key or session token is not known")
	// ErrExpiredToken: the session of the token has expired.
	ErrExpiredToken = errors.New("sigv4: session token has expired")
)

// Fault is what is wrong with a signature.
type Fault uint8

// Faults, in the order in which they are checked.
const (
	FaultMissing      Fault = iota + 1 // the request carries no signature
	FaultIncomplete                    // a part is missing or malformed
	FaultScope                         // signed for another service or region
	FaultUnknownKey                    // see ErrUnknownKey
	FaultExpiredToken                  // see ErrExpiredToken
	FaultTime                          // too old, or not valid yet
	FaultPayload                       // the declared payload hash is not acceptable
	FaultMismatch                      // the signature is not the one expected
)

// Error is a refused signature. Detail is AWS's message where the fault has
// more than one. CanonicalRequest and StringToSign are set for [FaultMismatch]:
// what the server signed, so that the signer can compare; a session token in
// them is replaced by "***". AccessKeyID is the key that the request names, of
// [FaultUnknownKey], [FaultExpiredToken] and [FaultMismatch].
type Error struct {
	Fault            Fault
	AccessKeyID      string
	Detail           string
	Presigned        bool
	CanonicalRequest string
	StringToSign     string
}

// ErrorResponse is an error on the wire.
type ErrorResponse struct {
	Status  int    // HTTP status
	Code    string // AWS's name of the error
	Message string
}

func (e *Error) Error() string {
	a := e.RESTJSON()
	message, _, _ := strings.Cut(a.Message, "\n")
	return "sigv4: " + a.Code + ": " + message
}

const (
	textMismatch = "The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	textUnknownKey   = "The security token included in the request is invalid."
	textExpiredToken = "The security token included in the request is expired"
)

// RESTJSON is the answer of the rest-json services (apigateway, execute-api),
// as recorded from AWS; all are 403 (aws-controlplane §10.4).
func (e *Error) RESTJSON() ErrorResponse {
	a := ErrorResponse{Status: http.StatusForbidden, Message: e.Detail}
	switch e.Fault {
	case FaultMissing:
		a.Code, a.Message = "MissingAuthenticationTokenException", "Missing Authentication Token"
	case FaultIncomplete:
		a.Code = "IncompleteSignatureException"
	case FaultUnknownKey:
		a.Code, a.Message = "UnrecognizedClientException", textUnknownKey
	case FaultExpiredToken:
		a.Code, a.Message = "ExpiredTokenException", textExpiredToken
	case FaultMismatch:
		a.Code, a.Message = "InvalidSignatureException", textMismatch+e.expected()
	default:
		a.Code = "InvalidSignatureException"
	}
	return a
}

// Query is the answer of the query services (IAM, STS, CloudFormation).
func (e *Error) Query() ErrorResponse {
	a := ErrorResponse{Status: http.StatusForbidden, Message: e.Detail}
	switch e.Fault {
	case FaultMissing:
		a.Code, a.Message = "MissingAuthenticationToken", "Request is missing Authentication Token"
	case FaultIncomplete:
		a.Status, a.Code = http.StatusBadRequest, "IncompleteSignature"
	case FaultUnknownKey:
		a.Code, a.Message = "InvalidClientTokenId", textUnknownKey
	case FaultExpiredToken:
		a.Code, a.Message = "ExpiredToken", textExpiredToken
	case FaultTime:
		a.Code = "SignatureDoesNotMatch"
		if e.Presigned {
			a.Code = "RequestExpired"
		}
	case FaultMismatch:
		a.Code, a.Message = "SignatureDoesNotMatch", textMismatch
	default:
		a.Code = "SignatureDoesNotMatch"
	}
	return a
}

func (e *Error) expected() string {
	return "\n\nThe Canonical String for this request should have been\n'" + e.CanonicalRequest +
		"'\n\nThe String-to-Sign should have been\n'" + e.StringToSign + "'\n"
}

func incomplete(detail string) *Error { return &Error{Fault: FaultIncomplete, Detail: detail} }
