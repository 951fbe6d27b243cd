package gateway_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// AWS services by signed request (aws-dataplane §4.8).
func TestServicesOfAWS(t *testing.T) {
	for _, test := range []struct {
		uri, method string
		path, query string
		target      string // X-Amz-Target
		content     string
	}{
		{"arn:aws:apigateway:us-east-1:sqs:path/123456789012/queue", "POST", "/123456789012/queue", "", "", "application/json"},
		{"arn:aws:apigateway:us-east-1:sqs:action/SendMessage&MessageBody=hi", "GET", "/", "Action=SendMessage&MessageBody=hi", "", "application/json"},
		{"arn:aws:apigateway:us-east-1:sns:action/Publish", "POST", "/", "Action=Publish", "", "application/json"},
		{"arn:aws:apigateway:us-east-1:kinesis:action/PutRecord", "POST", "/", "", "Kinesis_20131202.PutRecord", "application/x-amz-json-1.1"},
		{"arn:aws:apigateway:us-east-1:dynamodb:action/PutItem", "PUT", "/", "", "DynamoDB_20120810.PutItem", "application/x-amz-json-1.0"},
		{"arn:aws:apigateway:us-east-1:states:action/StartExecution", "POST", "/", "", "AWSStepFunctions.StartExecution", "application/x-amz-json-1.0"},
		{"arn:aws:apigateway:us-east-1:events:action/PutEvents", "POST", "/", "", "AWSEvents.PutEvents", "application/x-amz-json-1.1"},
	} {
		service := strings.Split(test.uri, ":")[4]
		t.Run(service+" "+test.method, func(t *testing.T) {
			verifier := sigv4.New(sigv4.Options{})
			got := make(chan testkit.Request, 1)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body := make([]byte, r.ContentLength)
				_, _ = r.Body.Read(body)
				signature, err := sigv4.Parse(r)
				if err == nil {
					err = verifier.Verify(r, signature, body, sigv4.Scope{Service: service, Region: "us-east-1"}, func(string, string) (string, error) { return secretKey, nil })
				}
				if err != nil {
					t.Errorf("the signature: %v", err)
				}
				got <- testkit.Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Body: string(body), Header: r.Header}
				_, _ = w.Write([]byte(`{"MessageId":"1"}`))
			}))
			t.Cleanup(server.Close)
			i := &pasarela.Integration{
				IntegrationType: pasarela.IntegrationAWS, IntegrationMethod: test.method, IntegrationURI: test.uri,
				CredentialsARN: "arn:aws:iam::123456789012:role/r", RequestTemplates: map[string]string{"$default": `{"id":"$context.connectionId"}`},
				Responses: []pasarela.IntegrationResponse{{IntegrationResponseKey: "/200/"}},
			}
			sys := start(t, api(route{key: "$connect", integration: i}), func(s *setup) {
				s.services.Endpoints = map[string]string{service: server.URL}
				s.services.Credentials = integration.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}
			})
			sys.connect("")
			a := <-got
			method := test.method
			if test.target != "" {
				method = "POST"
			}
			if a.Method != method || a.Path != test.path || a.Query != test.query || a.Header.Get("X-Amz-Target") != test.target || a.Header.Get("Content-Type") != test.content {
				t.Errorf("got %+v", a)
			}
			if want := `{"id":"` + sys.only() + `"}`; a.Body != want {
				t.Errorf("body %q, want %q", a.Body, want)
			}
		})
	}
}

func TestTargetsThatCannotBe(t *testing.T) {
	for _, uri := range []string{"arn:aws:apigateway:us-east-1:sqs", "http://", "arn:aws:lambda:us-east-1:1:function:f", "arn:aws:apigateway:us-east-1:sqs:other/x"} {
		sys := start(t, api(route{key: "$connect", integration: &pasarela.Integration{IntegrationType: pasarela.IntegrationAWS, IntegrationURI: uri}}))
		_, h := sys.refuse("", 500)
		if e := sys.explain(h.Get("X-Amz-Apigw-Id"), failedExecution); !strings.Contains(e.Cause().Error(), "integrationUri") {
			t.Errorf("%s: %q", uri, e.Cause().Error())
		}
	}
}

func TestVPCLinks(t *testing.T) {
	i := toHTTP("http://internal.example.com/p", "", "$default")
	i.ConnectionType, i.ConnectionID = pasarela.ConnectionVPCLink, "${stageVariables.link}"
	sys := start(t, api(route{key: "$connect", integration: i}), func(s *setup) { s.stage.StageVariables = map[string]string{"link": "link01"} })
	_, h := sys.refuse("", 500)
	if e := sys.explain(h.Get("X-Amz-Apigw-Id"), failedExecution); !strings.Contains(e.Cause().Error(), "link01") {
		t.Error(e.Cause().Error())
	}
	put(sys, pasarela.PrefixVPCLink+"link01", pasarela.VPCLink{VPCLinkID: "link01", Tags: map[string]string{"pasarela:target": sys.backend.URL}})
	testkit.Eventually(t, "the link", func() bool { c, _ := sys.dial(""); return c != nil })
	if got := sys.backend.Next(t); got.Header.Get("Host") != "internal.example.com" || got.Path != "/p" {
		t.Errorf("asked %+v", got)
	}
}

func TestStageVariablesInTheURI(t *testing.T) {
	i := toHTTP("http://${stageVariables.backend}/${stageVariables.path}${stageVariables.none}", "", "$default")
	sys := start(t, api(route{key: "$connect", integration: i}))
	sys.edit(func(d *pasarela.APIDocument) {
		d.Stages[0].StageVariables = map[string]string{"backend": strings.TrimPrefix(sys.backend.URL, "http://"), "path": "v2"}
	})
	testkit.Eventually(t, "the variables to hold without a deployment", func() bool { c, _ := sys.dial(""); return c != nil })
	if got := sys.backend.Next(t); got.Path != "/v2" {
		t.Errorf("asked %+v", got)
	}
}

func TestReservedHeaders(t *testing.T) {
	i := toHTTP("/", "", "$default")
	i.RequestParameters = map[string]string{"integration.request.header.X-Amzn-Trace-Id": "'x'"}
	sys := start(t, api(route{key: "$connect", integration: i}))
	_, h := sys.refuse("", 500)
	sys.backend.Untouched(t)
	if e := sys.explain(h.Get("X-Amz-Apigw-Id"), failedExecution); !strings.Contains(e.Cause().Error(), "requestParameters") {
		t.Error(e.Cause().Error())
	}
}

func TestContentHandling(t *testing.T) {
	i := toHTTP("/", "", "$default")
	i.ContentHandlingStrategy = pasarela.ConvertToBinary
	i.Responses[0].ContentHandlingStrategy = pasarela.ConvertToText
	sys := start(t, api(route{key: "$default", twoWay: true, integration: i}))
	sys.backend.RespondWith(func(a testkit.Request) testkit.Response { return testkit.Response{Body: a.Body} })
	c := sys.connect("")
	c.Send("AP8B")
	if got := sys.backend.Next(t).Body; got != "\x00\xff\x01" {
		t.Errorf("the backend got %q", got)
	}
	if got := c.Read(); got != "AP8B" {
		t.Errorf("the client got %q", got)
	}
	c.Send("not base64!")
	if text, _, _ := testkit.ErrorFrame(t, c.Read()); text != "Internal server error" {
		t.Error(text)
	}
}

// TestClientCertificates: with clientCertificateId in a stage the gateway shows the certificate to HTTPS backends.
func TestClientCertificates(t *testing.T) {
	shown := make(chan string, 10)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := "nobody"
		if len(r.TLS.PeerCertificates) > 0 {
			name = r.TLS.PeerCertificates[0].Subject.CommonName
		}
		shown <- name
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	sys := start(t, api(route{key: "$connect", integration: toHTTP(server.URL, "", "$default")}), func(s *setup) {
		s.client.RootCAs = &tls.Config{RootCAs: roots}
	})
	sys.connect("")
	if got := <-shown; got != "nobody" {
		t.Errorf("%s was shown", got)
	}
	certificate, key := selfSigned(t, "gateway")
	sys.edit(func(d *pasarela.APIDocument) { d.Stages[0].ClientCertificateID = "cert01" })
	testkit.Eventually(t, "the missing certificate to be told", func() bool {
		at, _ := sys.watcher.Directory.Stage(apiID, stageName)
		return strings.Contains(at.Problem().Error(), "cert01")
	})
	put(sys, pasarela.PrefixClientCertificate+"cert01", pasarela.ClientCertificate{ClientCertificateID: "cert01", PEMEncodedCertificate: certificate, PEMEncodedPrivateKey: key})
	testkit.Eventually(t, "the certificate to be used", func() bool {
		at, _ := sys.watcher.Directory.Stage(apiID, stageName)
		return at.Problem().IsZero()
	})
	sys.connect("")
	if got := <-shown; got != "gateway" {
		t.Errorf("%s was shown", got)
	}
}

func selfSigned(t *testing.T, name string) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw}))
}
