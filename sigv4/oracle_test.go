package sigv4_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela/sigv4"
)

const (
	accessKey = "AKIDEXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

var moment = time.Date(2026, 11, 24, 10, 9, 47, 0, time.UTC)

func lookup(accessKeyID, _ string) (string, error) {
	if accessKeyID != accessKey {
		return "", sigv4.ErrUnknownKey
	}
	return secretKey, nil
}

func verifierAt(t time.Time) *sigv4.Verifier {
	return sigv4.New(sigv4.Options{Now: func() time.Time { return t }})
}

// shot is a request to be signed by an independent signer.
type shot struct {
	name    string
	method  string
	target  string // path and query as they stand on the wire
	body    string
	service string
	token   string
	header  http.Header
}

// shots are the forms of requests that aws-controlplane §10 names as difficult.
var shots = []shot{
	{name: "connection id ends in =", method: "POST", target: "/prod/@connections/R1kmxc2VNjMCFIA%3D", body: "hola", service: "execute-api"},
	{name: "connection id spelled raw", method: "GET", target: "/prod/@connections/R1kmxc2VNjMCFIA=", service: "execute-api"},
	{name: "at sign escaped", method: "DELETE", target: "/prod/%40connections/R1kmxc2VNjMCFIA%3D", service: "execute-api"},
	{name: "tag ARN in one segment", method: "DELETE", target: "/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fabc?tagKeys=a&tagKeys=b%20c", service: "apigateway"},
	{name: "route key", method: "DELETE", target: "/v2/apis/abc/stages/prod/routesettings/%24connect", service: "apigateway"},
	{name: "query is sorted by name, not by line", method: "GET", target: "/v2/apis?a-b=2&a=1&Z=3&nextToken=x%2B%2F%3D", service: "apigateway"},
	{name: "repeated query", method: "GET", target: "/v2/apis?k=b&k=a&k=", service: "apigateway"},
	{
		name: "form body", method: "POST", target: "/", body: "Action=ListRoles&Version=2010-05-08", service: "iam",
		header: http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}},
	},
	{name: "session token", method: "POST", target: "/", body: "Action=GetCallerIdentity&Version=2011-06-15", service: "sts", token: "FwoGZXIvYXdzEBYaD+/="},
	{
		name: "blanks in a header", method: "GET", target: "/v2/apis", service: "apigateway",
		header: http.Header{"X-Amz-Note": {"  a   b  c "}},
	},
	{name: "unicode path and query", method: "GET", target: "/ma%C3%B1ana/?q=%C3%B1&e=%7E", service: "execute-api"},
	{name: "percent of a percent", method: "GET", target: "/a%252Fb", service: "execute-api"},
	{name: "double slash and dots stay", method: "GET", target: "/a//b/./c", service: "execute-api"},
	{
		name: "JSON body", method: "POST", target: "/v2/apis", body: `{"name":"a","protocolType":"WEBSOCKET"}`, service: "apigateway",
		header: http.Header{"Content-Type": {"application/json"}},
	},
}

func (s shot) request(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), s.method, "http://127.0.0.1:4566"+s.target, strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range s.header {
		r.Header[k] = v
	}
	return r
}

// received is the request as a server sees it: written to a wire and read back.
func received(t testing.TB, r *http.Request) *http.Request {
	t.Helper()
	var wire bytes.Buffer
	if err := r.Write(&wire); err != nil {
		t.Fatal(err)
	}
	in, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func hashOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

func signGo(t testing.TB, r *http.Request, body, token, service string, at time.Time) {
	t.Helper()
	credentials := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey, SessionToken: token}
	if err := v4.NewSigner().SignHTTP(context.Background(), credentials, r, hashOf(body), service, "us-east-1", at); err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, r *http.Request, body string, at time.Time) error {
	t.Helper()
	sig, err := sigv4.Parse(r)
	if err != nil {
		return err
	}
	return verifierAt(at).Verify(r, sig, []byte(body), sigv4.Scope{Region: "us-east-1"}, lookup)
}

func TestGoSDKHeader(t *testing.T) {
	for _, s := range shots {
		t.Run(s.name, func(t *testing.T) {
			r := s.request(t)
			signGo(t, r, s.body, s.token, s.service, moment)
			in := received(t, r)
			if err := check(t, in, s.body, moment); err != nil {
				t.Fatal(err)
			}
			if err := check(t, in, s.body+"x", moment); err == nil {
				t.Error("a changed body was accepted")
			}
		})
	}
}

func TestGoSDKPresigned(t *testing.T) {
	for _, s := range shots {
		t.Run(s.name, func(t *testing.T) {
			r := s.request(t)
			q := "X-Amz-Expires=300"
			if r.URL.RawQuery != "" {
				q = r.URL.RawQuery + "&" + q
			}
			r.URL.RawQuery = q
			credentials := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey, SessionToken: s.token}
			signed, header, err := v4.NewSigner().PresignHTTP(context.Background(), credentials, r, hashOf(s.body), s.service, "us-east-1", moment)
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(signed)
			if err != nil {
				t.Fatal(err)
			}
			out := s.request(t)
			out.URL, out.Header = u, header
			in := received(t, out)
			if err := check(t, in, s.body, moment.Add(4*time.Minute)); err != nil {
				t.Fatal(err)
			}
			if err := check(t, in, s.body, moment.Add(301*time.Second)); err == nil {
				t.Error("accepted after X-Amz-Expires")
			}
		})
	}
}

// TestOtherSigners checks the verifier with AWS's signers for Python and
// JavaScript, where they are installed.
func TestOtherSigners(t *testing.T) {
	for _, signer := range []struct {
		name, program, probe, script, wanted string
		movesBody                            bool // of a presigned request into its query
	}{
		{"botocore", "python3", "import botocore", "testdata/botocore_sign.py", "python3-boto3", true},
		{"JavaScript", "node", `require("@smithy/signature-v4"); require("@aws-crypto/sha256-js")`, "testdata/js_sign.cjs", "@smithy/signature-v4 and @aws-crypto/sha256-js (npm, found by NODE_PATH)", false},
	} {
		t.Run(signer.name, func(t *testing.T) {
			inputs, cases := signerInputs(signer.movesBody)
			lines := runSigner(t, signer.program, signer.probe, signer.script, signer.wanted, inputs)
			for i, c := range cases {
				t.Run(c.name, func(t *testing.T) { checkSigned(t, c, lines[i]) })
			}
		})
	}
}

type signerInput struct {
	Form    string `json:"form"`
	Method  string `json:"method"`
	URL     string `json:"url"`
	Body    string `json:"body"`
	Service string `json:"service"`
	Region  string `json:"region"`
	Token   string `json:"token"`
}

func signerInputs(movesBody bool) (inputs []signerInput, cases []shot) {
	for _, s := range shots {
		for _, form := range []string{"header", "query"} {
			if form == "query" && movesBody {
				s.body = ""
			}
			inputs = append(inputs, signerInput{form, s.method, "http://127.0.0.1:4566" + s.target, s.body, s.service, "us-east-1", s.token})
			cases = append(cases, shot{name: form + " " + s.name, method: s.method, body: s.body})
		}
	}
	return inputs, cases
}

func checkSigned(t *testing.T, c shot, line []byte) {
	t.Helper()
	var signed struct {
		URL     string            `json:"url"`
		Headers map[string]string `json:"headers"`
	}
	if err := json.Unmarshal(line, &signed); err != nil {
		t.Fatal(err)
	}
	target := strings.TrimPrefix(signed.URL, "http://127.0.0.1:4566")
	r := shot{method: c.method, target: target, body: c.body}.request(t)
	for k, v := range signed.Headers {
		r.Header.Set(k, v)
	}
	if err := check(t, received(t, r), c.body, time.Now()); err != nil {
		t.Fatal(err)
	}
}

// runSigner lets a signer of another language sign all requests at once.
func runSigner(t *testing.T, program, probe, script, wanted string, inputs []signerInput) [][]byte {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("SKIPPED LOUDLY: no %s here, its signer was not compared", program)
	}
	flag := map[string]string{"python3": "-c", "node": "-e"}[program]
	if err := exec.CommandContext(t.Context(), path, flag, probe).Run(); err != nil {
		t.Skipf("SKIPPED LOUDLY: %s does not find %s, its signer was not compared", program, wanted)
	}
	text, err := json.Marshal(inputs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, script)
	cmd.Stdin = bytes.NewReader(text)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, stderr.Bytes())
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if len(lines) != len(inputs) {
		t.Fatalf("%d signed requests for %d", len(lines), len(inputs))
	}
	return lines
}
