package node_test

import (
	"bufio"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// stagesNamed deploys an API that takes every connection to stages of these names.
func stagesNamed(t *testing.T, n *node.Node, names ...string) (apiID string) {
	t.Helper()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s := n.APIs()
	api, err := s.CreateAPI(t.Context(), apis.CreateAPIInput{APIFields: apis.APIFields{Name: new("a"), RouteSelectionExpression: new("$request.body.action")}, ProtocolType: new("WEBSOCKET")})
	fail(err)
	mock, err := s.CreateIntegration(t.Context(), apis.CreateIntegrationInput{APIID: api.APIID, IntegrationFields: apis.IntegrationFields{
		IntegrationType: new("MOCK"), RequestTemplates: map[string]string{"200": `{"statusCode":200}`}, TemplateSelectionExpression: new("200"),
	}})
	fail(err)
	_, err = s.CreateRoute(t.Context(), apis.CreateRouteInput{APIID: api.APIID, RouteFields: apis.RouteFields{RouteKey: new("$default"), Target: new("integrations/" + mock.IntegrationID)}})
	fail(err)
	deployed, err := s.Deployments.CreateDeployment(t.Context(), apis.CreateDeploymentInput{APIID: api.APIID})
	fail(err)
	for _, name := range names {
		_, err = s.Stages.CreateStage(t.Context(), apis.CreateStageInput{APIID: api.APIID, StageName: &name, StageFields: apis.StageFields{DeploymentID: &deployed.DeploymentID}})
		fail(err)
		fail(n.WaitServed(t.Context(), api.APIID, name))
	}
	return api.APIID
}

// ask sends a request for a target exactly as it is spelled, signed when service is
// not empty, and follows no redirect.
func ask(t *testing.T, n *node.Node, service, method, host, target string) (status int, kind, body string) {
	t.Helper()
	u, err := url.Parse(n.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, n.Endpoint()+target, strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host + ":" + u.Port()
	}
	if service != "" {
		key := n.Credentials()
		hash := sha256.Sum256([]byte("x"))
		if err := v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}, r, hex.EncodeToString(hash[:]), service, key.Region, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("X-Amzn-Errortype"), string(text)
}

// On the users' hosts every name is a stage's, also those that this node and AWS use
// elsewhere: pushes, handshakes and plain requests find the stage.
func TestOwnPagesAreOnOwnHosts(t *testing.T) {
	n := start(t, node.Settings{DomainSuffix: "example.com"})
	names := []string{"console", "metrics", "ready", "ping", "v2", "account", "apikeys", "tags", "usageplans", "clientcertificates", "pasarela"}
	apiID := stagesNamed(t, n, names...)
	u, _ := url.Parse(n.Endpoint())
	for _, suffix := range []string{"example.com", "localhost"} {
		host := apiID + ".execute-api.us-east-1." + suffix
		for _, name := range names {
			for _, slashes := range []string{"/", "//"} {
				if status, kind, body := ask(t, n, "execute-api", "POST", host, "/"+name+slashes+"@connections/AAAAAAAAAAAAAAA="); status != http.StatusGone {
					t.Errorf("push to %s/%s%s: %d %s %s", host, name, slashes, status, kind, body)
				}
			}
			for _, path := range []string{"/" + name, "/" + name + "/"} {
				if status, _, body := ask(t, n, "", "GET", host, path); status != http.StatusUpgradeRequired {
					t.Errorf("GET %s%s: %d %.200s", host, path, status, body)
				}
			}
			if status := testkit.Status(t, "ws://"+u.Host+"/"+name, testkit.Host(host)); status != http.StatusSwitchingProtocols {
				t.Errorf("handshake with %s/%s: %d", host, name, status)
			}
		}
		for path, want := range map[string]int{"/sping": 200, "/console/index.html": 403, "/metricsx": 403} {
			if status, _, body := ask(t, n, "", "GET", host, path); status != want {
				t.Errorf("GET %s%s: %d %.200s, want %d", host, path, status, body, want)
			}
		}
	}
	for path, want := range map[string]int{"/ping": 200, "/ready": 200, "/metrics": 200, "/console": 302, "/console/": 200, "/v2/apis": 403} {
		if status, _, body := ask(t, n, "", "GET", "", path); status != want {
			t.Errorf("GET %s on the node's own host: %d %.200s", path, status, body)
		}
	}
}

// No path is cleaned by a redirect, neither before nor after the signature is seen.
func TestUncleanPathsAreNotRedirected(t *testing.T) {
	n := start(t, node.Settings{})
	apiID := stagesNamed(t, n, "prod")
	for _, clean := range []string{"/v2/apis", "/apikeys", "/pasarela/export/secrets", "/ready", "/metrics", "/console/facts.json", "/" + apiID + "/prod", "/" + apiID + "/prod/@connections/AAAAAAAAAAAAAAA="} {
		for _, path := range []string{"/" + clean, clean + "/", clean + "//", strings.Replace(clean, "/", "/./", 1), clean + "/.", clean + "/..", clean + "/../x", "/x/.." + clean, "/console/.." + clean, "/console//.." + clean, strings.ReplaceAll(clean, "/", "//"), "/%2e%2e" + clean, clean + "/%2e%2e/"} {
			for _, service := range []string{"", "apigateway", "execute-api", "pasarela"} {
				for _, method := range []string{"GET", "POST"} {
					status, _, body := ask(t, n, service, method, "", path)
					if status >= 300 && status < 400 || status == http.StatusOK {
						t.Errorf("%s %s as %q: %d %.100s", method, path, service, status, body)
					}
				}
			}
		}
	}
}

// A request with two lengths is refused and not followed by another one on its connection,
// whoever reads its head, the first and a later one, also over TLS (A-WIRE-12).
func TestAmbiguousRequestsEndTheirConnection(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	writePair(t, cert, key, 1, time.Now())
	for name, settings := range map[string]node.Settings{
		"fast path": {}, "plain HTTP": {PlainHTTP: true}, "TLS": {TLSCert: cert, TLSKey: key}, "TLS by plain HTTP": {TLSCert: cert, TLSKey: key, PlainHTTP: true},
	} {
		t.Run(name, func(t *testing.T) {
			n := start(t, settings)
			u, _ := url.Parse(n.Endpoint())
			for _, path := range []string{"/v2/apis", "/abc/prod/@connections/x", "/", "/ping", "/nothing"} {
				for _, before := range []string{"", "/ping", "/v2/apis", "/abc/prod/@connections/x"} {
					sendAmbiguous(t, u, path, before)
				}
			}
		})
	}
}

func sendAmbiguous(t *testing.T, u *url.URL, path, before string) {
	t.Helper()
	for _, c := range []struct {
		name, fields string
		refused      bool // with 400
	}{
		{"both", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", true},
		{"both, reversed", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", true},
		{"two lengths", "Content-Length: 4\r\nContent-Length: 5\r\n", true},
		{"odd encoding", "Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n", true},
		{"two encodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", true},
		{"chunked", "Transfer-Encoding: chunked\r\n", false},
	} {
		nc, err := net.Dial("tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		if u.Scheme == "https" {
			nc = tls.Client(nc, &tls.Config{InsecureSkipVerify: true})
		}
		_ = nc.SetDeadline(time.Now().Add(testkit.WaitLimit))
		in := bufio.NewReader(nc)
		if before != "" {
			_, _ = fmt.Fprintf(nc, "POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx", before)
			if first, err := http.ReadResponse(in, nil); err != nil {
				t.Errorf("%s: %v", before, err)
			} else {
				_, _ = io.Copy(io.Discard, first.Body)
			}
		}
		_, _ = fmt.Fprintf(nc, "POST %s HTTP/1.1\r\nHost: h\r\n%s\r\n0\r\n\r\nGET /ping HTTP/1.1\r\nHost: h\r\n\r\n", path, c.fields)
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Errorf("%s %s after %q: %v", path, c.name, before, err)
		} else if c.refused && response.StatusCode != http.StatusBadRequest {
			t.Errorf("%s %s after %q: %s", path, c.name, before, response.Status)
		}
		rest, _ := io.ReadAll(in)
		if strings.Contains(string(rest), "HTTP/1.1 200") || strings.Contains(string(rest), "healthy") {
			t.Errorf("%s %s after %q: what followed was answered: %q", path, c.name, before, rest)
		}
		_ = nc.Close()
	}
}
