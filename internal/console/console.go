// Package console serves pasarela's web console: a page that calls the same
// signed AWS APIs as every other client and knows no private door. The files are
// built from web/ and committed packed (dist/*.gz), so that Go alone builds the
// program.
package console

import (
	"encoding/json"
	"net/http"
)

// Path is where the console lives; everything it serves is below it.
const Path = "/console/"

// Facts are what the page may know before anybody signs in. Nothing in it is secret.
type Facts struct {
	Version   string `json:"version"`
	Region    string `json:"region"`
	AccountID string `json:"accountId"`
	Endpoint  string `json:"endpoint"` // what --endpoint-url takes: http://127.0.0.1:4566
	OneClick  bool   `json:"oneClick"`
}

// AccessKey signs AWS calls.
type AccessKey struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
}

// Options are what the console needs of its node.
type Options struct {
	Facts Facts
	// OneClick gives the key that signs in without typing; nil everywhere but on
	// `pasarela dev`.
	OneClick func() (AccessKey, error)
}

// New makes the handler of everything below [Path].
func New(options Options) (http.Handler, error) {
	files, err := loadFiles()
	if err != nil {
		return nil, err
	}
	options.Facts.OneClick = options.OneClick != nil
	mux := http.NewServeMux()
	mux.Handle("GET "+Path, files)
	mux.HandleFunc("GET "+Path+"facts.json", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, options.Facts)
	})
	mux.HandleFunc("POST "+Path+"session", options.session)
	return headers(mux), nil
}

// session hands out the one-click key. A page of another origin cannot send the
// header without asking first (no CORS here), and a name that merely resolves to
// this machine is not loopback by name, which stops DNS rebinding.
func (o Options) session(w http.ResponseWriter, r *http.Request) {
	switch {
	case o.OneClick == nil:
		http.Error(w, "one-click sign-in exists on `pasarela dev` only; use an access key", http.StatusForbidden)
	case r.Header.Get("X-Pasarela-Console") == "" || !sameOrigin(r) || !loopback(r):
		http.Error(w, "one-click sign-in is for the console's own page on this machine", http.StatusForbidden)
	default:
		key, err := o.OneClick()
		if err != nil {
			http.Error(w, "the administrator key cannot be read; see the server's log", http.StatusInternalServerError)
			return
		}
		writeJSON(w, key)
	}
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(value)
}
