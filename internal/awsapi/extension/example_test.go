package extension_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
)

// A program asks a node why a request was refused. The server of the example stands
// for the node; "pasarela credentials" prints endpoint, region and key of a real one.
func ExampleClient_Explain() {
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"text":"asked for %s"}`, r.URL.Path)
	}))
	defer node.Close()
	client := &extension.Client{
		Endpoint: node.URL, Region: "us-east-1",
		Credentials: aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"},
	}
	text, _, err := client.Explain(context.Background(), "L0SM9cOFvHcCIhw=")
	fmt.Println(text, err)
	// Output: asked for /pasarela/explain/L0SM9cOFvHcCIhw= <nil>
}
