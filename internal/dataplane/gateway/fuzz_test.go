package gateway_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// FuzzHandshake: no handshake may cause a panic, leak a slot of the connection
// limit, or be accepted without a socket.
func FuzzHandshake(f *testing.F) {
	f.Add("GET", "x", "/abcdef1234/prod", "reportType=ventas&a=%zz", "X-Own", "v")
	f.Add("POST", "abcdef1234.execute-api.us-east-1.localhost:1", "/prod/", "&&=&=a", "Upgrade", "websocket")
	f.Add("GET", "[::1]:1", "//abcdef1234//prod", "%", "Sec-WebSocket-Protocol", "a,a")
	bucket := memory.NewBucket()
	place := pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}
	client, err := backend.NewClient(backend.Options{})
	if err != nil {
		f.Fatal(err)
	}
	watcher := stage.NewWatcher(stage.Options{
		Bucket: bucket, RegionAccount: place, Endpoint: stage.Endpoint{Authority: "127.0.0.1:1"},
		Integrations: &integration.Services{RegionAccount: place, Client: client}, Authorizers: &authorizer.Services{RegionAccount: place},
	})
	defer watcher.Stop()
	g, err := gateway.New(gateway.Options{RegionAccount: place, Directory: watcher.Directory})
	if err != nil {
		f.Fatal(err)
	}
	defer func() { _ = g.Close(context.Background()) }()
	definition := api(route{key: "$connect", integration: toMock(`{"statusCode": 200, "p": "$input.params('reportType')", "all": "$input.params()"}`, "$input.params().header")})
	definition.API.APIID, definition.API.RouteSelectionExpression = apiID, "$request.body.action"
	if _, err := document.NewStore[pasarela.Definition](bucket).Create(f.Context(), pasarela.DeploymentKey(apiID, "d"), &definition); err != nil {
		f.Fatal(err)
	}
	doc := pasarela.APIDocument{Definition: definition, Stages: []pasarela.Stage{{StageName: stageName, DeploymentID: "d"}}}
	if _, err := document.NewStore[pasarela.APIDocument](bucket).Create(f.Context(), pasarela.APIDocumentKey(apiID), &doc); err != nil {
		f.Fatal(err)
	}
	for deadline := time.Now().Add(testkit.WaitLimit); ; {
		if match, found := watcher.Directory.Lookup("", "/"+apiID+"/prod"); found && match.Stage.Deployed() != nil {
			break
		}
		if time.Now().After(deadline) {
			f.Fatal("the stage is not served")
		}
	}
	f.Fuzz(func(t *testing.T, method, host, path, query, name, value string) {
		r := &http.Request{
			Method: method, Host: host, URL: &url.URL{Path: path, RawQuery: query}, RemoteAddr: net.JoinHostPort("127.0.0.1", "9"),
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{
				"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
			},
		}
		r.Header.Add(name, value)
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r.WithContext(t.Context()))
		if w.Code < 400 || strings.Contains(w.Body.String(), "panic") {
			t.Errorf("status %d", w.Code)
		}
		if n := g.Stats().Open; n != 0 {
			t.Errorf("%d places are taken", n)
		}
	})
}
