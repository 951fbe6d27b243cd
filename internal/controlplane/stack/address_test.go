package stack_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// Outputs and properties lead to APIs of this server; an update with nothing new finds nothing to do.
func TestAddressesOfAPIsLeadHere(t *testing.T) {
	tests := []struct{ name, text, local, secure string }{
		{"a client's address", "wss://abc.execute-api.us-east-1.amazonaws.com/prod", "ws://127.0.0.1:4566/abc/prod", "wss://ws.example.com/abc/prod"},
		{"a backend's address", "https://abc.execute-api.us-east-1.amazonaws.com/prod", "http://127.0.0.1:4566/abc/prod", "https://ws.example.com/abc/prod"},
		{"a host name", "abc.execute-api.us-east-1.amazonaws.com", "127.0.0.1:4566/abc", "ws.example.com/abc"},
		{"two in a text", "a=https://abc.execute-api.us-east-1.amazonaws.com b=wss://abc.execute-api.us-east-1.amazonaws.com", "a=http://127.0.0.1:4566/abc b=ws://127.0.0.1:4566/abc", "a=https://ws.example.com/abc b=wss://ws.example.com/abc"},
		{"an API that is not here", "wss://xyz.execute-api.us-east-1.amazonaws.com/prod", "", ""},
		{"another region", "wss://abc.execute-api.eu-west-1.amazonaws.com/prod", "", ""},
		{"another suffix", "wss://abc.execute-api.us-east-1.amazonaws.com.cn/prod", "", ""},
		{"an ARN", "arn:aws:execute-api:us-east-1:123456789012:abc/*", "", ""},
	}
	for endpoint, want := range map[string]func(i int) string{
		"ws://127.0.0.1:4566/":  func(i int) string { return tests[i].local },
		"wss://ws.example.com/": func(i int) string { return tests[i].secure },
		"":                      func(int) string { return "" },
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld()
			s, _ := launch(t, stack.Options{
				Bucket: memory.NewBucket(), RegionAccount: place, Types: w.types(), Callers: w, Node: "n1", Log: slog.New(slog.DiscardHandler),
				Endpoint: func(_ context.Context, apiID string) (string, error) {
					if endpoint == "" || apiID != "abc" {
						return "", nil
					}
					return endpoint + apiID, nil
				},
			})
			for i, test := range tests {
				text := "Resources:\n  A: {Type: AWS::Test::Thing, Properties: {Name: '" + test.text + "'}}\nOutputs:\n  Out: {Value: '" + test.text + "'}\n"
				in := stack.CreateStackInput{}
				in.StackName, in.Template.TemplateBody = fmt.Sprintf("s%d", i), text
				if _, err := s.CreateStack(t.Context(), who, in); err != nil {
					t.Fatal(err)
				}
				made := see(t, s, in.StackName)
				expected := want(i)
				if expected == "" {
					expected = test.text
				}
				if made.Outputs[0].Value != expected || made.Resources["A"].Properties["Name"] != expected {
					t.Errorf("%s at %q: %s, property %s, want %s", test.name, endpoint, made.Outputs[0].Value, made.Resources["A"].Properties["Name"], expected)
				}
				again := stack.UpdateStackInput{}
				again.StackName, again.Template.TemplateBody = in.StackName, text
				if _, err := s.UpdateStack(t.Context(), who, again); err == nil || !strings.Contains(err.Error(), "No updates are to be performed") {
					t.Errorf("%s: the same again: %v", test.name, err)
				}
			}
		})
	}
}
