package sigv4_test

import (
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/sigv4"
)

// signed is a request of the connections API as a server receives it.
func signed(t *testing.T, token string) *http.Request {
	t.Helper()
	r := shot{method: "POST", target: "/prod/@connections/abc%3D", body: "hola"}.request(t)
	signGo(t, r, "hola", token, "execute-api", moment)
	return received(t, r)
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(r *http.Request)
		at    time.Time
		rest  sigv4.ErrorResponse
		query sigv4.ErrorResponse
	}{
		{
			name:  "no signature",
			spoil: func(r *http.Request) { r.Header.Del("Authorization") },
			rest:  sigv4.ErrorResponse{Status: 403, Code: "MissingAuthenticationTokenException", Message: "Missing Authentication Token"},
			query: sigv4.ErrorResponse{Status: 403, Code: "MissingAuthenticationToken", Message: "Request is missing Authentication Token"},
		},
		{
			name:  "no equal sign",
			spoil: func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 hola") },
			rest:  sigv4.ErrorResponse{Status: 403, Code: "IncompleteSignatureException", Message: "'hola' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 hola'."},
			query: sigv4.ErrorResponse{Status: 400, Code: "IncompleteSignature", Message: "'hola' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 hola'."},
		},
		{
			name: "everything missing",
			spoil: func(r *http.Request) {
				r.Header.Set("Authorization", "AWS4-HMAC-SHA256 ")
				r.Header.Del("X-Amz-Date")
			},
			rest:  sigv4.ErrorResponse{Status: 403, Code: "IncompleteSignatureException", Message: "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 "},
			query: sigv4.ErrorResponse{Status: 400, Code: "IncompleteSignature", Message: "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 "},
		},
		{
			name:  "unknown key",
			spoil: func(r *http.Request) { replace(r, accessKey, "AKIDOTHER") },
			rest:  sigv4.ErrorResponse{Status: 403, Code: "UnrecognizedClientException", Message: "The security token included in the request is invalid."},
			query: sigv4.ErrorResponse{Status: 403, Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid."},
		},
		{
			name:  "too late",
			at:    moment.Add(5*time.Minute + time.Second),
			rest:  sigv4.ErrorResponse{Status: 403, Code: "InvalidSignatureException", Message: "Signature expired: 20261124T100947Z is now earlier than 20261124T100948Z (20261124T101448Z - 5 min.)"},
			query: sigv4.ErrorResponse{Status: 403, Code: "SignatureDoesNotMatch", Message: "Signature expired: 20261124T100947Z is now earlier than 20261124T100948Z (20261124T101448Z - 5 min.)"},
		},
		{
			name:  "too early",
			at:    moment.Add(-5*time.Minute - time.Second),
			rest:  sigv4.ErrorResponse{Status: 403, Code: "InvalidSignatureException", Message: "Signature not yet current: 20261124T100947Z is still later than 20261124T100946Z (20261124T100446Z + 5 min.)"},
			query: sigv4.ErrorResponse{Status: 403, Code: "SignatureDoesNotMatch", Message: "Signature not yet current: 20261124T100947Z is still later than 20261124T100946Z (20261124T100446Z + 5 min.)"},
		},
		{
			name:  "another service",
			spoil: func(r *http.Request) { replace(r, "/execute-api/", "/s3/") },
			rest:  sigv4.ErrorResponse{Status: 403, Code: "InvalidSignatureException", Message: "Credential should be scoped to correct service: 'execute-api'."},
			query: sigv4.ErrorResponse{Status: 403, Code: "SignatureDoesNotMatch", Message: "Credential should be scoped to correct service: 'execute-api'."},
		},
		{
			name:  "another region",
			spoil: func(r *http.Request) { replace(r, "/us-east-1/", "/mars-north-1/") },
			rest:  sigv4.ErrorResponse{Status: 403, Code: "InvalidSignatureException", Message: "Credential should be scoped to a valid region, not 'mars-north-1'."},
			query: sigv4.ErrorResponse{Status: 403, Code: "SignatureDoesNotMatch", Message: "Credential should be scoped to a valid region, not 'mars-north-1'."},
		},
		{
			name:  "four elements",
			spoil: func(r *http.Request) { replace(r, "/aws4_request", "") },
			rest:  sigv4.ErrorResponse{Status: 403, Code: "IncompleteSignatureException", Message: "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDEXAMPLE/20261124/us-east-1/execute-api'"},
			query: sigv4.ErrorResponse{Status: 400, Code: "IncompleteSignature", Message: "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDEXAMPLE/20261124/us-east-1/execute-api'"},
		},
		{
			name:  "another day",
			spoil: func(r *http.Request) { replace(r, "/20261124/", "/20261123/") },
			rest:  sigv4.ErrorResponse{Status: 403, Code: "IncompleteSignatureException", Message: "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261123' != '20261124', from '20261124T100947Z'."},
			query: sigv4.ErrorResponse{Status: 400, Code: "IncompleteSignature", Message: "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261123' != '20261124', from '20261124T100947Z'."},
		},
		{
			name:  "host is not signed",
			spoil: func(r *http.Request) { replace(r, ";host;", ";") },
			rest:  sigv4.ErrorResponse{Status: 403, Code: "IncompleteSignatureException", Message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
			query: sigv4.ErrorResponse{Status: 400, Code: "IncompleteSignature", Message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
		},
		{
			name:  "declared hash is another body's",
			spoil: func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", hashOf("adios")) },
			rest:  sigv4.ErrorResponse{Status: 403, Code: "InvalidSignatureException", Message: "The provided 'x-amz-content-sha256' header does not match what was computed: '" + hashOf("adios") + "' != '" + hashOf("hola") + "'."},
			query: sigv4.ErrorResponse{Status: 403, Code: "SignatureDoesNotMatch", Message: "The provided 'x-amz-content-sha256' header does not match what was computed: '" + hashOf("adios") + "' != '" + hashOf("hola") + "'."},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := signed(t, "")
			if test.spoil != nil {
				test.spoil(r)
			}
			at := test.at
			if at.IsZero() {
				at = moment
			}
			sig, err := sigv4.Parse(r)
			if err == nil {
				want := sigv4.Scope{Region: "us-east-1", Service: "execute-api"}
				err = verifierAt(at).Verify(r, sig, []byte("hola"), want, lookup)
			}
			var refusal *sigv4.Error
			if !errors.As(err, &refusal) {
				t.Fatalf("got %v, want a *sigv4.Error", err)
			}
			if d := cmp.Diff(test.rest, refusal.RESTJSON()); d != "" {
				t.Errorf("rest-json (-want +got):\n%s", d)
			}
			if d := cmp.Diff(test.query, refusal.Query()); d != "" {
				t.Errorf("query (-want +got):\n%s", d)
			}
		})
	}
}

func replace(r *http.Request, old, with string) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, with, 1))
}

// TestEveryPartIsBound changes one part of a signed request at a time.
func TestEveryPartIsBound(t *testing.T) {
	spoils := map[string]func(r *http.Request){
		"method":    func(r *http.Request) { r.Method = "GET" },
		"path":      func(r *http.Request) { r.RequestURI = "/prod/@connections/abd%3D" },
		"query":     func(r *http.Request) { r.RequestURI += "?a=b" },
		"host":      func(r *http.Request) { r.Host = "elsewhere" },
		"date":      func(r *http.Request) { r.Header.Set("X-Amz-Date", "20261124T100948Z") },
		"length":    func(r *http.Request) { r.ContentLength++ },
		"signature": func(r *http.Request) { r.Header.Set("Authorization", r.Header.Get("Authorization")+"0") },
		"token":     func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "other") },
		"region":    func(r *http.Request) { replace(r, "us-east-1", "us-east-2") },
	}
	for name, spoil := range spoils {
		t.Run(name, func(t *testing.T) {
			r := signed(t, "a-session-token")
			spoil(r)
			sig, err := sigv4.Parse(r)
			if err != nil {
				t.Fatal(err)
			}
			var refusal *sigv4.Error
			err = verifierAt(moment).Verify(r, sig, []byte("hola"), sigv4.Scope{}, lookup)
			if !errors.As(err, &refusal) || refusal.Fault != sigv4.FaultMismatch {
				t.Errorf("got %v, want a mismatch", err)
			}
		})
	}
}

func TestMismatchShowsWhatWasSigned(t *testing.T) {
	r := signed(t, "TOKEN-that-is-secret")
	replace(r, "Signature=", "Signature=0")
	err := check(t, r, "hola", moment)
	var refusal *sigv4.Error
	if !errors.As(err, &refusal) {
		t.Fatal(err)
	}
	message := refusal.RESTJSON().Message
	for _, part := range []string{
		"\n\nThe Canonical String for this request should have been\n'POST\n/prod/%40connections/abc%253D\n\n",
		"\nx-amz-security-token:***\n",
		"'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20261124T100947Z\n20261124/us-east-1/execute-api/aws4_request\n",
	} {
		if !strings.Contains(message, part) {
			t.Errorf("message lacks %q:\n%s", part, message)
		}
	}
	if strings.Contains(message, "secret") {
		t.Error("the session token is in the message")
	}
	if strings.Contains(refusal.Query().Message, "Canonical") {
		t.Error("the query protocol has the first sentence only")
	}
}

func TestUnsignedPayload(t *testing.T) {
	for _, test := range []struct {
		name           string
		signed, secure bool
		want           string
	}{
		{"signed, over TLS", true, true, ""},
		{"signed, in the clear", true, false, "UNSIGNED-PAYLOAD is accepted over TLS only: sign the SHA-256 of the body."},
		{"not signed", false, true, "'x-amz-content-sha256' must be a signed header when it is UNSIGNED-PAYLOAD."},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := shot{method: "POST", target: "/", body: "hola"}.request(t)
			if test.signed {
				r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
			}
			signUnsigned(t, r)
			r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
			in := received(t, r)
			if test.secure {
				in.TLS = &tls.ConnectionState{}
			}
			err := check(t, in, "anything", moment)
			var refusal *sigv4.Error
			switch {
			case test.want == "" && err != nil:
				t.Fatal(err)
			case test.want != "" && (!errors.As(err, &refusal) || refusal.Detail != test.want):
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// One signature over UNSIGNED-PAYLOAD is valid for every body: no service but
// execute-api takes it, unless the server says so.
func TestUnsignedPayloadIsOfAService(t *testing.T) {
	for service, want := range map[string]bool{"execute-api": true, "apigateway": false, "iam": false, "sts": false, "pasarela": false, "own": true} {
		r := shot{method: "POST", target: "/", body: "hola"}.request(t)
		r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
		credentials := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}
		if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, "UNSIGNED-PAYLOAD", service, "us-east-1", moment); err != nil {
			t.Fatal(err)
		}
		in := received(t, r)
		in.TLS = &tls.ConnectionState{}
		o := sigv4.Options{Now: func() time.Time { return moment }}
		if service == "own" {
			o.Unsigned = func(service string) bool { return service == "own" }
		}
		sig, err := sigv4.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		err = sigv4.New(o).Verify(in, sig, []byte("anything"), sigv4.Scope{}, lookup)
		var refusal *sigv4.Error
		if (err == nil) != want || err != nil && (!errors.As(err, &refusal) || refusal.Fault != sigv4.FaultPayload) {
			t.Errorf("%s: %v", service, err)
		}
	}
}

// Values that are given twice may be read in two ways.
func TestSaidTwiceIsRefused(t *testing.T) {
	double := func(header string) func(*http.Request) {
		return func(r *http.Request) { r.Header[header] = append(r.Header[header], "x", "x") }
	}
	also := func(parameter string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", r.Header.Get("Authorization")+", "+parameter) }
	}
	const presigned = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + accessKey + "%2F20261124%2Fus-east-1%2Fiam%2Faws4_request&X-Amz-Date=20261124T100947Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00"
	query := func(more string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header = http.Header{}
			r.RequestURI = presigned + more
		}
	}
	for name, spoil := range map[string]func(*http.Request){
		"Authorization": double("Authorization"), "date": double("X-Amz-Date"), "token": double("X-Amz-Security-Token"), "hash": double("X-Amz-Content-Sha256"),
		"Credential": also("Credential=a/20261124/us-east-1/iam/aws4_request"), "same Credential": also("Credential=" + accessKey), "SignedHeaders": also("SignedHeaders=host"), "Signature": also("Signature=00"),
		"query credential": query("&X-Amz-Credential=a"), "query date": query("&X-Amz-Date=20261124T100947Z"), "query signature": query("&X-Amz-Signature=01"), "query expires": query("&X-Amz-Expires=1&X-Amz-Expires=604800"),
	} {
		r := received(t, signed(t, ""))
		spoil(r)
		_, err := sigv4.Parse(r)
		var refusal *sigv4.Error
		if !errors.As(err, &refusal) || refusal.Fault != sigv4.FaultIncomplete || !strings.Contains(refusal.Detail, "more than one") && !strings.Contains(refusal.Detail, "more than once") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Admit checks everything that does not need the body.
func TestAdmitNeedsNoBody(t *testing.T) {
	admit := func(r *http.Request, at time.Time, want sigv4.Scope) (sigv4.Admission, error) {
		sig, err := sigv4.Parse(r)
		if err != nil {
			t.Fatal(err)
		}
		return verifierAt(at).Admit(r, sig, want, lookup)
	}
	declared := func() *http.Request {
		r := shot{method: "POST", target: "/", body: "hola"}.request(t)
		r.Header.Set("X-Amz-Content-Sha256", hashOf("hola"))
		signGo(t, r, "hola", "", "execute-api", moment)
		return received(t, r)
	}
	a, err := admit(declared(), moment, sigv4.Scope{})
	if err != nil || a.Verify([]byte("hola")) != nil || a.Verify([]byte("adios")) == nil {
		t.Errorf("declared: %v", err)
	}
	r := declared()
	r.Method = "PUT"
	if _, err := admit(r, moment, sigv4.Scope{}); err == nil {
		t.Error("a bad signature over a declared hash needs the body")
	}
	if _, err := admit(received(t, signed(t, "")), moment.Add(time.Hour), sigv4.Scope{}); err == nil {
		t.Error("an old one is admitted")
	}
	if _, err := admit(received(t, signed(t, "")), moment, sigv4.Scope{Service: "other"}); err == nil {
		t.Error("one for another service is admitted")
	}
	a, err = admit(received(t, signed(t, "")), moment, sigv4.Scope{})
	if err != nil || a.Verify([]byte("adios")) == nil {
		t.Errorf("undeclared: %v", err)
	}
}

func TestLookupAnswers(t *testing.T) {
	broken := errors.New("the store does not answer")
	for _, test := range []struct {
		name     string
		response error
		fault    sigv4.Fault
	}{
		{"unknown", sigv4.ErrUnknownKey, sigv4.FaultUnknownKey},
		{"expired", sigv4.ErrExpiredToken, sigv4.FaultExpiredToken},
		{"cannot tell", broken, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := signed(t, "tok")
			sig, err := sigv4.Parse(r)
			if err != nil {
				t.Fatal(err)
			}
			err = verifierAt(moment).Verify(r, sig, []byte("hola"), sigv4.Scope{}, func(key, token string) (string, error) {
				if key != accessKey || token != "tok" {
					t.Errorf("looked up %q, %q", key, token)
				}
				return secretKey, test.response
			})
			var refusal *sigv4.Error
			if test.fault == 0 {
				if !errors.Is(err, broken) {
					t.Errorf("got %v, want the lookup's own error", err)
				}
			} else if !errors.As(err, &refusal) || refusal.Fault != test.fault {
				t.Errorf("got %v, want fault %d", err, test.fault)
			}
		})
	}
}

// TestKeysAreNotServedStale: the cache must notice that a secret changed.
func TestKeysAreNotServedStale(t *testing.T) {
	v := sigv4.New(sigv4.Options{Now: func() time.Time { return moment }, Keys: 1})
	r := signed(t, "")
	sig, err := sigv4.Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		secret string
		ok     bool
	}{{secretKey, true}, {"another", false}, {secretKey, true}} {
		err := v.Verify(r, sig, []byte("hola"), sigv4.Scope{}, func(string, string) (string, error) { return step.secret, nil })
		if (err == nil) != step.ok {
			t.Errorf("secret %q: %v", step.secret, err)
		}
	}
}

func TestWindow(t *testing.T) {
	for service, want := range map[string]time.Duration{
		"iam": 15 * time.Minute, "sts": 15 * time.Minute, "cloudformation": 15 * time.Minute,
		"apigateway": 5 * time.Minute, "execute-api": 5 * time.Minute,
	} {
		if got := sigv4.Window(service); got != want {
			t.Errorf("%s: %v, want %v", service, got, want)
		}
	}
}
