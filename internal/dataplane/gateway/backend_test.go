package gateway_test

import (
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
