package sigv4_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela/sigv4"
)

func signUnsigned(t *testing.T, r *http.Request) {
	t.Helper()
	credentials := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}
	if err := v4.NewSigner().SignHTTP(context.Background(), credentials, r, "UNSIGNED-PAYLOAD", "execute-api", "us-east-1", moment); err != nil {
		t.Fatal(err)
	}
}

// TestOtherSpellings: signers that encode the path once, or sign it as it is.
func TestOtherSpellings(t *testing.T) {
	for _, test := range []struct{ name, wire, signed string }{
		{"encoded once", "/prod/@connections/abc%3D", "/prod/%40connections/abc%3D"},
		{"as it came", "/prod/%40connections/abc=", "/prod/%40connections/abc="},
		{"an escaped slash is no slash", "/v2/tags/arn%3Aaws%2Fapis", "/v2/tags/arn%3Aaws%2Fapis"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := shot{method: "GET", target: test.signed}.request(t)
			credentials := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}
			signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
			if err := signer.SignHTTP(context.Background(), credentials, r, hashOf(""), "execute-api", "us-east-1", moment); err != nil {
				t.Fatal(err)
			}
			in := received(t, r)
			in.RequestURI = test.wire
			if err := check(t, in, "", moment); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestEscapedSlashIsNotASlash(t *testing.T) {
	r := shot{method: "GET", target: "/a/b"}.request(t)
	signGo(t, r, "", "", "execute-api", moment)
	in := received(t, r)
	in.RequestURI = "/a%2Fb"
	if check(t, in, "", moment) == nil {
		t.Error("the signature of /a/b was accepted for /a%2Fb")
	}
}

// TestTokenAddedAfterSigning: AWS IoT's clients append the token to a presigned URL.
func TestTokenAddedAfterSigning(t *testing.T) {
	r := shot{method: "GET", target: "/prod?reportType=ventas"}.request(t)
	credentials := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}
	signed, _, err := v4.NewSigner().PresignHTTP(context.Background(), credentials, r, hashOf(""), "execute-api", "us-east-1", moment)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(signed + "&X-Amz-Security-Token=abc%2F")
	if err != nil {
		t.Fatal(err)
	}
	out := shot{method: "GET", target: "/"}.request(t)
	out.URL = u
	in := received(t, out)
	sig, err := sigv4.Parse(in)
	if err != nil {
		t.Fatal(err)
	}
	if sig.SessionToken != "abc/" || !sig.Presigned || sig.Expires != 0 {
		t.Errorf("parsed %+v", sig)
	}
	if err := check(t, in, "", moment.Add(5*time.Minute)); err != nil {
		t.Error(err)
	}
	if check(t, in, "", moment.Add(5*time.Minute+time.Second)) == nil {
		t.Error("without X-Amz-Expires the service's window applies (A-IAM-1)")
	}
}

// TestPresignedBesideAnApplicationsAuthorization: the header belongs to the backend.
func TestPresignedBesideAnApplicationsAuthorization(t *testing.T) {
	r := shot{method: "GET", target: "/prod"}.request(t)
	credentials := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}
	signed, _, err := v4.NewSigner().PresignHTTP(context.Background(), credentials, r, hashOf(""), "execute-api", "us-east-1", moment)
	if err != nil {
		t.Fatal(err)
	}
	out := shot{method: "GET", target: strings.TrimPrefix(signed, "http://127.0.0.1:4566"), header: http.Header{"Authorization": {"Bearer x"}}}.request(t)
	if err := check(t, received(t, out), "", moment); err != nil {
		t.Error(err)
	}
}

func TestDateHeader(t *testing.T) {
	r := signed(t, "")
	if r.Header.Get("X-Amz-Date") == "" {
		t.Fatal("the SDK signs X-Amz-Date")
	}
	r.Header.Set("Date", moment.Format(http.TimeFormat))
	r.Header.Del("X-Amz-Date")
	sig, err := sigv4.Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	if !sig.Time.Equal(moment) {
		t.Errorf("time %v, want %v", sig.Time, moment)
	}
}

func TestParseMalformed(t *testing.T) {
	const q = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20261124%2Fr%2Fs%2Faws4_request&X-Amz-Date=20261124T100947Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00"
	tests := []struct{ name, authorization, date, query, want string }{
		{"sigv4a", "AWS4-ECDSA-P256-SHA256 Credential=a", "", "", "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'. Use AWS4-HMAC-SHA256."},
		{"date", "AWS4-HMAC-SHA256 Credential=A/20261124/r/s/aws4_request,SignedHeaders=host,Signature=0", "yesterday", "", "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601"},
		{"terminator", "AWS4-HMAC-SHA256 Credential=A/20261124/r/s/aws3,SignedHeaders=host,Signature=0", "20261124T100947Z", "", "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3'."},
		{"empty region", "AWS4-HMAC-SHA256 Credential=A/20261124//s/aws4_request,SignedHeaders=host,Signature=0", "20261124T100947Z", "", "Credential must have no empty elements, e.g. keyid/date/region/service/term, got 'A/20261124//s/aws4_request'"},
		{"query incomplete", "", "", "X-Amz-Algorithm=AWS4-HMAC-SHA256", "AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders' and 'X-Amz-Date'. Re-examine the query-string parameters."},
		{"query expires", "", "", q + "&X-Amz-Expires=604801", "X-Amz-Expires must be a number of seconds from 1 to 604800 (a week), got '604801'."},
		{"query line break", "", "", strings.Replace(q, "=host", "=host%3Ba%0Ab", 1), "'SignedHeaders' must be header names separated by semicolons."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := shot{method: "GET", target: "/?" + test.query}.request(t)
			if test.authorization != "" {
				r.Header.Set("Authorization", test.authorization)
				r.Header.Set("X-Amz-Date", test.date)
			}
			_, err := sigv4.Parse(r)
			refusal, ok := err.(*sigv4.Error)
			if !ok || refusal.Detail != test.want {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}
