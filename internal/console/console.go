// Package console serves pasarela's web console: a page that calls the same
// signed AWS APIs as every other client and has no private API. The files are
// built from web/ and committed compressed (dist/*.gz), so that building the
// program needs Go only.
package console

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/pasarela-ws/pasarela"
)

// Path is the path of the console; everything it serves is below it.
const Path = "/console/"

// Facts are what the page may know before a sign-in. Nothing in it is secret.
type Facts struct {
	Version   string `json:"version"`
	Region    string `json:"region"`
	AccountID string `json:"accountId"`
	Endpoint  string `json:"endpoint"` // what --endpoint-url takes: http://127.0.0.1:4566
	// StageSettings are the tags of stages that are settings; none on a server that
	// offers only what AWS has.
	StageSettings []pasarela.StageSetting `json:"stageSettings,omitempty"`
	// Runtimes are those of functions that run here ("nodejs24.x"); none where functions do not.
	Runtimes []string `json:"runtimes,omitempty"`
}

// AccessKey signs AWS calls.
type AccessKey struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
}

// Options are what the console needs of its node.
type Options struct {
	Facts Facts
	// Loopback is the node's address for browsers on its machine,
	// http://127.0.0.1:4566; empty when it does not listen there.
	Loopback string
	// Sockets are the sources, as a Content-Security-Policy names them, that the
	// test client may connect to besides the page's own origin.
	Sockets []string
	// Key finds an active long-term access key, for which a sign-in token is
	// exchanged.
	Key func(ctx context.Context, accessKeyID string) (AccessKey, error)
}

// Console is the handler of everything below [Path].
type Console struct {
	http.Handler
	options Options
	tokens  tokens
}

// New makes the console.
func New(options Options) (*Console, error) {
	files, err := loadFiles()
	if err != nil {
		return nil, err
	}
	c := &Console{options: options}
	mux := http.NewServeMux()
	mux.Handle("GET "+Path, files)
	mux.HandleFunc("GET "+Path+"facts.json", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, options.Facts)
	})
	mux.HandleFunc("POST "+Path+"session", c.session)
	c.Handler = headers(mux, options.Sockets)
	return c, nil
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(value)
}
