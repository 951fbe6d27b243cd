// Command go is the guide's backend in Go, on AWS SDK for Go v2:
//
//	PORT=8080 WEBSOCKET_ENDPOINT=http://127.0.0.1:4566/<api-id>/prod go run ./examples/recipes/go
//
// On AWS WEBSOCKET_ENDPOINT is https://<api-id>.execute-api.<region>.amazonaws.com/<stage>.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
)

type backend struct {
	client *apigatewaymanagementapi.Client
}

func main() {
	settings, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	endpoint := os.Getenv("WEBSOCKET_ENDPOINT")
	b := backend{apigatewaymanagementapi.NewFromConfig(settings, func(o *apigatewaymanagementapi.Options) { o.BaseEndpoint = &endpoint })}
	http.HandleFunc("POST /api/reports/create", b.create)
	listener, err := net.Listen("tcp", "127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "8080"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listens at http://%s\n", listener.Addr())
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.Serve(listener))
}

// create responds to $connect: a status other than an integration response's refuses the client.
func (b backend) create(w http.ResponseWriter, r *http.Request) {
	var order struct{ ConnectionID, Type string }
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil || order.ConnectionID == "" || order.Type == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, `{"accepted":true}`)
	go b.report(context.WithoutCancel(r.Context()), order.ConnectionID, order.Type) // ends by itself: a few pushes
}

func (b backend) report(ctx context.Context, connectionID, kind string) {
	err := b.push(ctx, connectionID, map[string]any{"status": "progress", "percent": 50}, 6)
	// Make the report here.
	if err == nil {
		err = b.push(ctx, connectionID, map[string]any{"status": "done", "url": "https://files.example.com/" + url.PathEscape(kind) + ".xlsx"}, 1)
	}
	var gone *types.GoneException
	switch {
	case errors.As(err, &gone):
		fmt.Printf("gone: %s has closed; the report of %s is dropped\n", connectionID, kind)
	case err != nil:
		log.Printf("push to %s failed: %v", connectionID, err)
	default:
		fmt.Printf("pushed %s to %s\n", kind, connectionID)
	}
}

// push sends one message. On AWS a connection takes messages only after $connect was
// answered: until then a push fails with GoneException, so the first one is tried for a second.
func (b backend) push(ctx context.Context, connectionID string, message any, tries int) error {
	data, err := json.Marshal(message)
	if err != nil {
		return err
	}
	for {
		_, err := b.client.PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &connectionID, Data: data})
		var gone *types.GoneException
		if tries--; !errors.As(err, &gone) || tries <= 0 {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}
