package node_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/node"
)

func TestBadSettingsAreRefusedByName(t *testing.T) {
	for name, c := range map[string]struct {
		settings node.Settings
		want     []string
	}{
		"no directory":     {node.Settings{}, []string{"--data"}},
		"listen":           {node.Settings{DataDir: "x", Listen: "4566"}, []string{"--listen", "host:port"}},
		"public path":      {node.Settings{DataDir: "x", PublicEndpoint: "https://a.example/api"}, []string{"--public-endpoint"}},
		"public scheme":    {node.Settings{DataDir: "x", PublicEndpoint: "wss://a.example"}, []string{"--public-endpoint"}},
		"half TLS":         {node.Settings{DataDir: "x", TLSCert: "c.pem"}, []string{"--tls-cert", "--tls-key"}},
		"ACME alone":       {node.Settings{DataDir: "x", ACMEEmail: "ops@example.com"}, []string{"--acme-email", "--acme-domain"}},
		"ACME and files":   {node.Settings{DataDir: "x", ACMEDomains: []string{"ws.example.com"}, TLSCert: "c.pem", TLSKey: "k.pem"}, []string{"--acme-domain", "--tls-cert"}},
		"ACME of no name":  {node.Settings{DataDir: "x", ACMEDomains: []string{"*.example.com"}}, []string{"--acme-domain", "*.example.com"}},
		"region":           {node.Settings{DataDir: "x", Region: "Madrid"}, []string{"--region", "us-east-1"}},
		"account":          {node.Settings{DataDir: "x", AccountID: "12"}, []string{"--account-id", "12 digits"}},
		"suffix":           {node.Settings{DataDir: "x", DomainSuffix: "http://x"}, []string{"--domain-suffix"}},
		"several at once":  {node.Settings{DataDir: "x", Region: "1", AccountID: "1"}, []string{"--region", "--account-id"}},
		"node name":        {node.Settings{DataDir: "x", NodeName: "a b"}, []string{"--node-name"}},
		"certificate gone": {node.Settings{DataDir: t.TempDir(), Listen: "127.0.0.1:0", TLSCert: "none.pem", TLSKey: "none.pem"}, []string{"--tls-cert", "none.pem"}},
		"port taken":       {node.Settings{DataDir: t.TempDir(), Listen: taken(t)}, []string{"--listen", "address already in use", "give another"}},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := node.Start(t.Context(), node.Options{Settings: c.settings})
			if err == nil {
				_ = n.Stop(t.Context())
				t.Fatal("it started")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
		})
	}
}
