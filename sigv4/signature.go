package sigv4

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Scope is what a signing key is valid for. As an expectation of
// [Verifier.Verify] an empty field means any.
type Scope struct {
	Region  string // us-east-1
	Service string // apigateway, execute-api, iam, sts, …
}

// Signature has the parts of a request's signature: parsed, not checked.
type Signature struct {
	AccessKeyID   string
	Date          string // day of the signing key, 20060102
	Scope         Scope
	Time          time.Time     // when it was signed, whole seconds, UTC
	SignedHeaders string        // "host;x-amz-date", as it was sent
	SessionToken  string        // empty for long-term keys
	Presigned     bool          // the query form
	Expires       time.Duration // of the query form; 0 when not given

	hex       string // the signature itself
	timestamp string // Time in the form of the string to sign
}

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	basicISO   = "20060102T150405Z"
	maxExpires = 7 * 24 * time.Hour
)

// Parse reads the signature of a request without checking it, from the
// Authorization header or else from the query. Use its Scope to find the
// service. The error is an [*Error] with [FaultMissing] or [FaultIncomplete].
//
// A header or parameter that is there twice, such as two Authorization headers, is
// refused: a proxy before or after this server might use the other one (A-WIRE-7).
func Parse(r *http.Request) (Signature, error) {
	for _, name := range [...]string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token", contentSHA256} {
		if len(r.Header[name]) > 1 {
			return Signature{}, incomplete("The request has more than one '" + name + "' header.")
		}
	}
	authorization := r.Header.Get("Authorization")
	query := rawQuery(r)
	presigned := strings.Contains(query, "X-Amz-Algorithm=") || strings.Contains(query, "X-Amz-Signature=")
	switch {
	case strings.HasPrefix(authorization, "AWS4-"):
		return parseHeader(r, authorization)
	case presigned:
		return parseQuery(query)
	case authorization != "":
		return parseHeader(r, authorization)
	}
	return Signature{}, &Error{Fault: FaultMissing}
}

// setCredential splits keyid/date/region/service/aws4_request. An access key id
// holds no slash, so the five parts are unambiguous.
func (s *Signature) setCredential(credential string) error {
	if strings.Count(credential, "/") != 4 {
		return incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + credential + "'")
	}
	var term string
	s.AccessKeyID, term, _ = strings.Cut(credential, "/")
	s.Date, term, _ = strings.Cut(term, "/")
	s.Scope.Region, term, _ = strings.Cut(term, "/")
	s.Scope.Service, term, _ = strings.Cut(term, "/")
	switch {
	case term != terminator:
		return incomplete("Credential should be scoped with a valid terminator: 'aws4_request', not '" + term + "'.")
	case s.AccessKeyID == "" || s.Scope.Region == "" || s.Scope.Service == "":
		return incomplete("Credential must have no empty elements, e.g. keyid/date/region/service/term, got '" + credential + "'")
	}
	return nil
}

// setTime reads the time of signing and checks that the credential's day is the
// same.
func (s *Signature) setTime(text string) error {
	t, err := time.Parse(basicISO, text)
	if err != nil {
		return incomplete("Date must be in ISO-8601 'basic format'. Got '" + text + "'. See http://en.wikipedia.org/wiki/ISO_8601")
	}
	s.Time, s.timestamp = t, text
	if day := text[:len("20060102")]; s.Date != day {
		return incomplete(fmt.Sprintf("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.", s.Date, day, text))
	}
	return nil
}

// setSignedHeaders requires host: without it a signature for one server would
// be valid for another.
func (s *Signature) setSignedHeaders(list string) error {
	for i := range len(list) {
		if list[i] <= ' ' || list[i] >= 0x7f {
			return incomplete("'SignedHeaders' must be header names separated by semicolons.")
		}
	}
	s.SignedHeaders = list
	for name := range strings.SplitSeq(list, ";") {
		if strings.EqualFold(name, "host") {
			return nil
		}
	}
	return incomplete("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
}
