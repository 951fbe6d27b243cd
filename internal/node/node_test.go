package node_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/node/guide"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func start(t testing.TB, settings node.Settings) *node.Node {
	t.Helper()
	if settings.DataDir == "" {
		settings.DataDir = t.TempDir()
	}
	if settings.Listen == "" {
		settings.Listen = "127.0.0.1:0"
	}
	n, err := node.Start(t.Context(), node.Options{Settings: settings, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, n) })
	return n
}

// connectBackend takes every event of the guide's API, and passes on the connection ids.
func connectBackend(t testing.TB) (backend *httptest.Server, ids <-chan string) {
	t.Helper()
	connected := make(chan string, 8)
	id := regexp.MustCompile(`"connectionId": "([^"]+)"`)
	backend = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if found := id.FindSubmatch(body); found != nil {
			connected <- string(found[1])
		}
		w.WriteHeader(http.StatusCreated)
	}))
	t.Cleanup(backend.Close)
	return backend, connected
}

// deployGuide deploys the guide's API on a node, with an integration of that URL, and waits
// until this node and others of its cluster serve it.
func deployGuide(t testing.TB, n *node.Node, backend string, others ...*node.Node) guide.System {
	t.Helper()
	system, err := guide.Ensure(t.Context(), guide.Services{APIs: n.APIs(), Identity: n.Identity(), RegionAccount: n.RegionAccount()}, strings.TrimPrefix(backend, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, serving := range append(others, n) {
		if err := serving.WaitServed(t.Context(), system.APIID, "prod"); err != nil {
			t.Fatal(err)
		}
	}
	return system
}

func stop(t testing.TB, n *node.Node) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), testkit.WaitLimit)
	defer cancel()
	if err := n.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func get(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func taken(t *testing.T) string {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	return socket.Addr().String()
}

func TestHealthAndReadiness(t *testing.T) {
	n := start(t, node.Settings{})
	for _, path := range []string{"/ping", "/sping", "/ready"} {
		if status, body := get(t, n.Endpoint()+path); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

func TestUnsignedCallsReachNothing(t *testing.T) {
	n := start(t, node.Settings{})
	for path, want := range map[string]string{
		"/v2/apis": "Missing Authentication Token", "/apikeys": "Missing Authentication Token",
		"/pasarela/export/secrets": "Missing Authentication Token", "/abcdefghij/prod/@connections/abc=": "Forbidden",
	} {
		if status, body := get(t, n.Endpoint()+path); status != http.StatusForbidden || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

func TestMetricsAreForNeighbours(t *testing.T) {
	n := start(t, node.Settings{})
	status, body := get(t, n.Endpoint()+"/metrics")
	for _, want := range []string{`pasarela_info{version="test"} 1`, "pasarela_connections_open 0", "go_goroutines"} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%d, no %s in\n%.2000s", status, want, body)
		}
	}
	if status, _ := get(t, n.Endpoint()+"/metrics", "X-Forwarded-For", "203.0.113.9"); status != http.StatusForbidden {
		t.Errorf("through a proxy: %d", status)
	}
	address := testkit.FreeAddress(t)
	start(t, node.Settings{PublicEndpoint: "https://gateway.example.com", Listen: address})
	for host, want := range map[string]int{
		"127.0.0.1:1": 200, "[::1]:1": 200, "localhost": 200, "pasarela:4566": 200, "pasarela.monitoring.svc.cluster.local": 200, "node.home.arpa": 200,
		"Gateway.example.com": 200, "evil.example": 403, "evil.example.:80": 403, "127.0.0.1.evil.example": 403, "localhost.evil.example:1": 403,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: %d, want %d", host, response.StatusCode, want)
		}
	}
}

func TestCredentialsAreTheAdministratorsAndPrivate(t *testing.T) {
	dir := t.TempDir()
	n := start(t, node.Settings{DataDir: dir, Region: "eu-west-1"})
	found, err := node.ReadCredentials(dir)
	if err != nil {
		t.Fatal(err)
	}
	if found != n.Credentials() || found.Region != "eu-west-1" || found.Endpoint != n.Endpoint() {
		t.Errorf("the file says %+v, the node %+v", found, n.Credentials())
	}
	if _, who, err := n.Identity().Key(t.Context(), found.AccessKeyID, ""); err != nil || who.Type != pasarela.PrincipalRoot {
		t.Errorf("%+v, %v", who, err)
	}
	info, err := os.Stat(node.CredentialsPath(dir))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestReadCredentialsSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	if _, err := node.ReadCredentials(dir); err == nil || !strings.Contains(err.Error(), "--data "+dir) {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(node.CredentialsPath(dir), []byte("[default]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := node.ReadCredentials(dir); err == nil || !strings.Contains(err.Error(), "no access key") {
		t.Errorf("got %v", err)
	}
}

func TestRegionAndAccountAreKept(t *testing.T) {
	dir := t.TempDir()
	first := start(t, node.Settings{DataDir: dir})
	regionAccount, key := first.RegionAccount(), first.Credentials()
	if !regexp.MustCompile(`^[1-9]\d{11}$`).MatchString(regionAccount.AccountID) || regionAccount.Region != "us-east-1" {
		t.Errorf("drew %+v", regionAccount)
	}
	stop(t, first)
	second := start(t, node.Settings{DataDir: dir, AccountID: regionAccount.AccountID})
	if second.RegionAccount() != regionAccount || second.Credentials().SecretAccessKey != key.SecretAccessKey {
		t.Errorf("%+v became %+v", regionAccount, second.RegionAccount())
	}
	stop(t, second)
	for _, other := range []node.Settings{{AccountID: "000000000001"}, {Region: "eu-west-1"}} {
		other.DataDir, other.Listen = dir, "127.0.0.1:0"
		n, err := node.Start(t.Context(), node.Options{Settings: other})
		if err == nil {
			stop(t, n)
			t.Fatalf("it started as %+v", other)
		}
		if !strings.Contains(err.Error(), "another data directory") {
			t.Error(err)
		}
	}
}

func TestAPIEndpoints(t *testing.T) {
	for name, c := range map[string]struct {
		settings node.Settings
		want     string
	}{
		"by path":        {node.Settings{}, `^ws://127\.0\.0\.1:\d+/[a-z0-9]{10}$`},
		"public":         {node.Settings{PublicEndpoint: "https://gw.example.com/"}, `^wss://gw\.example\.com/[a-z0-9]{10}$`},
		"suffix":         {node.Settings{DomainSuffix: "example.com", PublicEndpoint: "https://x.example.com:8443"}, `^wss://[a-z0-9]{10}\.execute-api\.us-east-1\.example\.com:8443$`},
		"every address":  {node.Settings{Listen: "0.0.0.0:0"}, `^ws://127\.0\.0\.1:\d+/[a-z0-9]{10}$`},
		"six everywhere": {node.Settings{Listen: "[::]:0"}, `^ws://127\.0\.0\.1:\d+/[a-z0-9]{10}$`},
	} {
		t.Run(name, func(t *testing.T) {
			n := start(t, c.settings)
			in := apis.CreateAPIInput{ProtocolType: new(pasarela.ProtocolWebSocket)}
			in.Name, in.RouteSelectionExpression = new("x"), new("$request.body.action")
			api, err := n.APIs().CreateAPI(t.Context(), in)
			if err != nil || !regexp.MustCompile(c.want).MatchString(api.APIEndpoint) {
				t.Errorf("%s, %v", api.APIEndpoint, err)
			}
		})
	}
}

func TestAStartThatFailsLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	_, err := node.Start(t.Context(), node.Options{Settings: node.Settings{DataDir: dir, Listen: taken(t)}})
	if err == nil {
		t.Fatal("it started on a taken port")
	}
	start(t, node.Settings{DataDir: dir}) // the directory is free again
}

func TestLogsGoWhereTheirNamesSay(t *testing.T) {
	dir := t.TempDir()
	n := start(t, node.Settings{DataDir: dir})
	system := deployGuide(t, n, "http://127.0.0.1:1")
	status, _ := get(t, n.Endpoint()+"/"+system.APIID+"/prod?reportType=ventas",
		"Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	if status < 500 {
		t.Errorf("a backend that is down: %d", status)
	}
	stop(t, n) // writes what waits
	text, err := os.ReadFile(filepath.Join(dir, "logs", "aws", "apigateway", system.APIID, "prod.log"))
	if err != nil || !strings.Contains(string(text), "/api/reports/create") {
		t.Errorf("%v\n%s", err, text)
	}
}
