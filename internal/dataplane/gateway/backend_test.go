package gateway_test

import (
	"strings"
	"sync"

	"github.com/pasarela-ws/pasarela"
)

// roles are the roles that the gateway may assume; a test can remove or deny
// them.
type roles struct {
	mu      sync.Mutex
	unknown map[string]error // role ARN, or "" for the service-linked one
	asked   []string
}

func (r *roles) deny(arn string, why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unknown = map[string]error{arn: why}
}

func (r *roles) AssumeForService(arn, _, _, _ string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.unknown[arn]
}

func (r *roles) RoleAllows(arn, action, resource string, _ pasarela.RequestContext) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, action+" "+resource)
	return r.unknown["allows "+arn]
}

// last is the action and resource that was asked for last.
func (r *roles) last() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.asked) == 0 {
		return ""
	}
	return r.asked[len(r.asked)-1]
}

func (r *roles) ServiceLinkedRole() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.unknown[""]
}

// lines keeps the lines that were written to a log.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(b)
}

// writer makes an io.Writer of lines.
type writer struct{ *lines }

func (w writer) Write(b []byte) (int, error) {
	w.lines.Write(b)
	return len(b), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
