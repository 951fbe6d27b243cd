package node_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// signedAs is a key that no server issued.
func signedAs(key string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: key, SecretAccessKey: "anything"}, nil
	})
}

// stranger signs with a key that no server issued.
func stranger(n *node.Node, key string) *apigatewayv2.Client {
	return apigatewayv2.New(apigatewayv2.Options{
		BaseEndpoint: aws.String(n.Endpoint()), Region: "eu-west-1", Credentials: signedAs(key),
		RetryMaxAttempts: 1,
	})
}

// create makes an API under the id that a tag gives.
func create(t *testing.T, n *node.Node, key, tag, id string) (*apigatewayv2.CreateApiOutput, error) {
	t.Helper()
	return stranger(n, key).CreateApi(t.Context(), &apigatewayv2.CreateApiInput{
		Name: aws.String("a"), ProtocolType: "WEBSOCKET", RouteSelectionExpression: aws.String("$request.body.action"), Tags: map[string]string{tag: id},
	})
}

// TestAnyKeyIsLetInLocally holds A-NODE-20: a key that this server did not issue is the
// root user's, under --local alone; one that it issued is held to its signature.
func TestAnyKeyIsLetInLocally(t *testing.T) {
	n := start(t, node.Settings{Local: true})
	identity := sts.New(sts.Options{
		BaseEndpoint: aws.String(n.Endpoint()), Region: "eu-west-1", Credentials: signedAs("test"),
	})
	who, err := identity.GetCallerIdentity(t.Context(), nil)
	if err != nil || aws.ToString(who.Arn) != "arn:aws:iam::000000000000:root" {
		t.Fatalf("%+v, %v", who, err)
	}
	for name, c := range map[string]struct{ key, refused string }{
		"any key":             {"AKIAWHATEVER", ""},
		"the account":         {"000000000000", ""},
		"another account":     {"111111111111", "--account-id 111111111111"},
		"an issued key, lies": {n.Credentials().AccessKeyID, "SignatureDoesNotMatch"},
	} {
		_, err := stranger(n, c.key).GetApis(t.Context(), nil)
		if (err != nil) != (c.refused != "") || err != nil && !strings.Contains(err.Error(), c.refused) && !strings.Contains(err.Error(), "InvalidSignature") {
			t.Errorf("%s: %v", name, err)
		}
	}
	closed := start(t, node.Settings{})
	if _, err := stranger(closed, "test").GetApis(t.Context(), nil); err == nil {
		t.Error("a key that this server did not issue was let in without --local")
	}
	if status, body := get(t, closed.Endpoint()+"/_localstack/health"); status != http.StatusForbidden {
		t.Errorf("/_localstack/health without --local: %d %s", status, body)
	}
}

// TestBrowsersOfOtherPagesAreKeptOut holds A-NODE-20: with every key let in, the origin is
// what tells a page on the Internet from the user.
func TestBrowsersOfOtherPagesAreKeptOut(t *testing.T) {
	n := start(t, node.Settings{Local: true})
	own := strings.TrimPrefix(n.Endpoint(), "http://")
	const signed = "AWS4-HMAC-SHA256 Credential=test/20260102/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=0"
	for name, c := range map[string]struct {
		host, header, value string
		status              int
	}{
		"no browser":             {own, "X-Nothing", "", 200},
		"its own page":           {own, "Origin", n.Endpoint(), 200},
		"another page":           {own, "Origin", "http://localhost:3000", 403},
		"a page without origin":  {own, "Origin", "null", 403},
		"an image":               {own, "Sec-Fetch-Site", "cross-site", 403},
		"a form of before":       {own, "Referer", "https://evil.example/x", 403},
		"typed by the user":      {own, "Sec-Fetch-Site", "none", 200},
		"a name that leads here": {"evil.example", "Origin", "http://evil.example", 403},
		"LocalStack's name":      {"localhost.localstack.cloud:4566", "X-Nothing", "", 200},
		"a name of compose":      {"pasarela:4566", "X-Nothing", "", 200},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.Endpoint()+"/v2/apis", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = c.host
		r.Header.Set("Authorization", signed)
		r.Header.Set("X-Amz-Date", "20260102T000000Z")
		r.Header.Set(c.header, c.value)
		if status, body := do(t, r); status != c.status {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}

// TestLocalAPIsAreReachedUnderTheirNames holds A-NODE-21 and A-NODE-22: fixed ids, and
// LocalStack's hosts and paths, with TLS on the same port.
func TestLocalAPIsAreReachedUnderTheirNames(t *testing.T) {
	for name, plainHTTP := range map[string]bool{"fast path": false, "net/http": true} {
		t.Run(name, func(t *testing.T) {
			n := start(t, node.Settings{Local: true, PlainHTTP: plainHTTP})
			made, err := create(t, n, "test", "_custom_id_", "myapi")
			if err != nil || aws.ToString(made.ApiId) != "myapi" {
				t.Fatalf("%+v, %v", made, err)
			}
			api := stranger(n, "test")
			target, err := api.CreateIntegration(t.Context(), &apigatewayv2.CreateIntegrationInput{
				ApiId: made.ApiId, IntegrationType: "MOCK", RequestTemplates: map[string]string{"$default": `{"statusCode":200}`}, TemplateSelectionExpression: aws.String("$default"),
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := api.CreateRoute(t.Context(), &apigatewayv2.CreateRouteInput{ApiId: made.ApiId, RouteKey: aws.String("$default"), Target: aws.String("integrations/" + aws.ToString(target.IntegrationId))}); err != nil {
				t.Fatal(err)
			}
			if _, err := api.CreateStage(t.Context(), &apigatewayv2.CreateStageInput{ApiId: made.ApiId, StageName: aws.String("dev"), AutoDeploy: aws.Bool(true)}); err != nil {
				t.Fatal(err)
			}
			if err := n.WaitServed(t.Context(), "myapi", "dev"); err != nil {
				t.Fatal(err)
			}
			at := strings.Replace(n.Endpoint(), "http", "ws", 1)
			for _, c := range []struct{ path, host string }{
				{"/myapi/dev", ""},
				{"/_aws/execute-api/myapi/dev", ""},
				{"/execute-api/myapi/dev", ""},
				{"/ws/myapi/dev", ""},
				{"/dev", "myapi.execute-api.localhost.localstack.cloud:4566"},
				{"/dev", "myapi.execute-api.us-east-1.localhost.localstack.cloud:4566"},
				{"/dev", "myapi.execute-api.eu-west-1.localhost.localstack.cloud:4566"},
				{"/dev", "myapi.execute-api.localhost:4566"},
				{"/dev", "myapi.execute-api.eu-west-1.localhost:4566"},
			} {
				testkit.Connect(t, at+c.path, testkit.Host(c.host))
			}
			testkit.Refused(t, at+"/ws/myapi/other", http.StatusForbidden)
			testkit.Refused(t, at+"/dev", http.StatusForbidden, testkit.Host("myapi.execute-api.eu-west-1.example.com"))
		})
	}
}

func TestCustomIDsAreChecked(t *testing.T) {
	n := start(t, node.Settings{Local: true})
	if _, err := create(t, n, "test", "ms-custom-id", "first"); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		"first":    "ConflictException",
		"v2":       "BadRequestException",
		"console":  "BadRequestException",
		"a-b":      "BadRequestException",
		"trailing": "",
	} {
		_, err := create(t, n, "test", "_custom_id_", id)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", id, err, want)
		}
	}
}

// TestLocalServesTLSBesideHTTP: the certificate that is written down is the one to trust.
func TestLocalServesTLSBesideHTTP(t *testing.T) {
	dir := t.TempDir()
	n := start(t, node.Settings{Local: true, DataDir: dir})
	public, err := os.ReadFile(filepath.Join(dir, "local-certificate.pem"))
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(public) {
		t.Fatalf("no certificate: %s", public)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, ServerName: "abc.execute-api.localhost.localstack.cloud"}, DisableKeepAlives: true}}
	for _, c := range []struct {
		client *http.Client
		url    string
	}{{client, strings.Replace(n.Endpoint(), "http", "https", 1)}, {http.DefaultClient, n.Endpoint()}} {
		answer, err := c.client.Get(c.url + "/_localstack/health")
		if err != nil {
			t.Fatal(err)
		}
		var health struct{ Services map[string]string }
		err = json.NewDecoder(answer.Body).Decode(&health)
		answer.Body.Close()
		served := slices.Sorted(maps.Keys(health.Services))
		want := []string{"apigateway", "apigatewayv2", "cloudformation", "execute-api", "iam", "lambda", "s3", "ssm", "sts"}
		if err != nil || !slices.Equal(served, want) || health.Services["s3"] != "running" {
			t.Errorf("%s: %v, %v", c.url, health, err)
		}
	}
}

// TestInitScriptsRunInOrder holds A-NODE-24: in a folder of their own, since theirs may be
// read-only, and with the address at which the node listens.
func TestInitScriptsRunInOrder(t *testing.T) {
	folder := t.TempDir()
	for name, file := range map[string]struct {
		mode os.FileMode
		text string
	}{
		"20-fails.sh":  {0o600, "exit 3"},
		"10-first.sh":  {0o700, "#!/bin/sh\necho \"$AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID\" > \"$OUT\"; touch here"},
		"30-last.sh":   {0o600, "test -e here && pwd >> \"$OUT\""},
		"notes.txt":    {0o600, "no script"},
		".hidden.sh":   {0o700, "echo hidden >> \"$OUT\""},
		"40-broken.sh": {0o600, "echo $((1 /"},
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(file.text), file.mode); err != nil {
			t.Fatal(err)
		}
	}
	at := filepath.Join(t.TempDir(), "out")
	t.Setenv("OUT", at)
	t.Setenv("TMPDIR", t.TempDir())
	here := testkit.FreeAddress(t)
	n := start(t, node.Settings{Local: true, LocalInit: folder, Listen: here, PublicEndpoint: "http://gateway.internal:4566"})
	if _, body := get(t, "http://"+here+"/_localstack/init"); !strings.Contains(body, `"READY":false`) {
		t.Errorf("before: %s", body)
	}
	n.RunInit(t.Context())
	_, body := get(t, "http://"+here+"/_localstack/init/ready")
	var state struct {
		Completed bool
		Scripts   []struct{ Name, State string }
	}
	if err := json.Unmarshal([]byte(body), &state); err != nil {
		t.Fatal(err)
	}
	want := []struct{ Name, State string }{{"10-first.sh", "SUCCESSFUL"}, {"20-fails.sh", "ERROR"}, {"30-last.sh", "SUCCESSFUL"}, {"40-broken.sh", "ERROR"}}
	if !state.Completed || !slices.Equal(state.Scripts, want) {
		t.Errorf("%+v", state)
	}
	out, err := os.ReadFile(at)
	lines := strings.Split(string(out), "\n")
	if err != nil || len(lines) != 3 || lines[0] != "http://"+here+" test" || lines[1] == folder {
		t.Errorf("the scripts wrote %q, %v", out, err)
	}
	if _, err := os.Stat(lines[1]); lines[1] != "" && !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("their folder %q is still there: %v", lines[1], err)
	}
}

func TestLocalRefusesWhatIsNotLocal(t *testing.T) {
	for name, c := range map[string]struct {
		settings node.Settings
		want     string
	}{
		"an address of others": {node.Settings{Listen: "192.0.2.1:0"}, "192.0.2.1:0"},
		"a name":               {node.Settings{Listen: "example.com:4566"}, "example.com:4566"},
		"strict":               {node.Settings{Strict: true, Listen: "127.0.0.1:0"}, "--strict"},
		"a cluster":            {node.Settings{NATSURL: "nats://127.0.0.1:1", Listen: "127.0.0.1:0"}, "--nats-url"},
	} {
		c.settings.Local, c.settings.DataDir = true, t.TempDir()
		n, err := node.Start(t.Context(), node.Options{Settings: c.settings})
		if err == nil {
			stop(t, n)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnyKeyUploadsLocally holds A-NODE-20 for S3, whose bodies may come in signed chunks: the
// CDK's assets are uploaded so.
func TestAnyKeyUploadsLocally(t *testing.T) {
	n := start(t, node.Settings{Local: true})
	call := func(method, path, declared, body string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, n.Endpoint()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260102/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256, Signature=0")
		r.Header.Set("X-Amz-Date", "20260102T000000Z")
		r.Header.Set("X-Amz-Content-Sha256", declared)
		status, answered := do(t, r)
		if status != http.StatusOK {
			t.Errorf("%s %s: %d %s", method, path, status, answered)
		}
		return answered
	}
	call(http.MethodPut, "/assets", "UNSIGNED-PAYLOAD", "")
	for key, c := range map[string]struct{ declared, body string }{
		"plain":  {"UNSIGNED-PAYLOAD", "content"},
		"hashed": {strings.Repeat("0", 64), "content"},
		"framed": {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "7;chunk-signature=0\r\ncontent\r\n0;chunk-signature=0\r\n\r\n"},
	} {
		call(http.MethodPut, "/assets/"+key, c.declared, c.body)
		if got := call(http.MethodGet, "/assets/"+key, "UNSIGNED-PAYLOAD", ""); got != "content" {
			t.Errorf("%s: %q", key, got)
		}
	}
}
