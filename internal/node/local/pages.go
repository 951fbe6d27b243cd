package local

import (
	"encoding/json"
	"net/http"
	"runtime"
	"time"
)

// Pages are what tools made for LocalStack read (A-NODE-23).
type Pages struct {
	Version  string
	Services []string // those that are served: the names of AWS SDKs, or execute-api
	Init     *Init
	Started  time.Time
}

// Handlers are the pages by their exact paths.
func (p *Pages) Handlers() map[string]http.Handler {
	return map[string]http.Handler{
		"/_localstack/health":     answer(p.health),
		"/_localstack/info":       answer(p.info),
		"/_localstack/init":       answer(p.init),
		"/_localstack/init/ready": answer(p.ready),
	}
}

func answer(of func() any) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(of()) // fails only when the client has closed the connection
	})
}

func (p *Pages) health() any {
	services := map[string]string{}
	for _, name := range p.Services {
		services[name] = "running"
	}
	return map[string]any{"services": services, "edition": edition, "version": p.Version}
}

// edition is what LocalStack has its edition in.
const edition = "pasarela"

func (p *Pages) info() any {
	return map[string]any{
		"version": p.Version, "edition": edition, "is_license_activated": false,
		"system": runtime.GOOS + "/" + runtime.GOARCH, "is_docker": InContainer(),
		"server_time_utc": time.Now().UTC().Format("2006-01-02T15:04:05"), "uptime": int(time.Since(p.Started).Seconds()),
	}
}

// init tells the stages of a start as LocalStack names them. The pages are served only once
// the first two are over.
func (p *Pages) init() any {
	completed, scripts := p.Init.State()
	return map[string]any{
		"completed": map[string]bool{"BOOT": true, "START": true, "READY": completed, "SHUTDOWN": false},
		"scripts":   scripts,
	}
}

func (p *Pages) ready() any {
	completed, scripts := p.Init.State()
	return map[string]any{"completed": completed, "scripts": scripts}
}
