package pasarelatest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// A whole guide in one test: a backend responds with 201, its id comes from the
// template, and what it pushes arrives.
func Example() {
	tests := []testing.InternalTest{{Name: "TestReport", F: func(t *testing.T) {
		ids := make(chan string, 1)
		backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id, _ := io.ReadAll(r.Body)
			ids <- string(id)
			w.WriteHeader(http.StatusCreated)
		}))
		defer backend.Close()

		g := pasarelatest.Start(t)
		reports := g.Deploy(pasarelatest.API{Routes: map[string]pasarelatest.Route{
			"$connect": {Integration: pasarelatest.HTTP(backend.URL, "$context.connectionId"), Responses: pasarelatest.Keys("201")},
		}})
		conn, _, err := websocket.Dial(t.Context(), reports.URL+"?reportType=ventas", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		id := <-ids
		if _, err := reports.Connections().PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{
			ConnectionId: &id, Data: []byte("your report is ready"),
		}); err != nil {
			t.Fatal(err)
		}
		_, news, err := conn.Read(t.Context())
		fmt.Println(string(news), err)
		fmt.Println(strings.Contains(g.Explain(id), "CONNECT $connect"))
	}}}
	testing.RunTests(func(string, string) (bool, error) { return true, nil }, tests)
	// Output:
	// your report is ready <nil>
	// true
}
