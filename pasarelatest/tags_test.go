package pasarelatest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/pasarelatest"
)

func TestOneMessageForMany(t *testing.T) {
	ids := make(chan string, 1)
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, _ := io.ReadAll(r.Body)
		ids <- string(id)
		_, _ = w.Write([]byte("{}"))
	}))
	defer backend.Close()
	s := pasarelatest.Start(t).Deploy(pasarelatest.API{
		Stage: apigatewayv2.CreateStageInput{Tags: map[string]string{"pasarela:connectionTags": "true"}},
		Routes: map[string]pasarelatest.Route{
			"$connect": {Integration: pasarelatest.HTTP(backend.URL, "$context.connectionId"), Responses: pasarelatest.Keys("$default")},
		},
	})
	conn, _, err := websocket.Dial(t.Context(), s.URL, nil) // it is the connection's
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	id := <-ids
	s.Tag(id, "dept:sales")
	if got := s.Tagged("dept:sales"); !slices.Equal(got, []string{id}) {
		t.Errorf("tagged: %v", got)
	}
	if sent := s.PostToTagged("dept:sales", "news"); sent.Sent != 1 {
		t.Errorf("%+v", sent)
	}
	if _, news, err := conn.Read(t.Context()); err != nil || string(news) != "news" {
		t.Errorf("%q, %v", news, err)
	}
}
