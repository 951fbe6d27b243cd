package intake

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
)

// Endpoints says where @connections may be. A request can name its gateway
// ($context.domainName and $context.stage), but only one that is allowed: signed
// calls go nowhere else.
type Endpoints struct {
	Default string   // URL of a stage, "" for none
	Allowed []string // URL prefixes that requests may name
}

// Check says what is wrong with the configuration.
func (e Endpoints) Check() error {
	if e.Default == "" && len(e.Allowed) == 0 {
		return language.Errorf("reports_program.no_endpoint")
	}
	for _, address := range append([]string{e.Default}, e.Allowed...) {
		if parsed, err := url.Parse(address); address != "" && (err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https") {
			return language.Errorf("reports_api.endpoint", "value", strconv.Quote(address))
		}
	}
	return nil
}

func (e Endpoints) find(request Request) (string, error) {
	if request.DomainName == "" && request.Stage == "" {
		if e.Default == "" {
			return "", definition.NewFieldError("domainName", language.Errorf("reports_api.domain_needed"))
		}
		return e.Default, nil
	}
	if request.DomainName == "" || request.Stage == "" || strings.ContainsAny(request.DomainName+request.Stage, "?#@\\ ") || strings.Contains(request.Stage, "/") || strings.Contains(request.DomainName, "..") {
		return "", definition.NewFieldError("domainName", language.Errorf("reports_api.domain_form"))
	}
	for _, allowed := range e.Allowed {
		scheme, _, _ := strings.Cut(allowed, "://")
		address := scheme + "://" + request.DomainName + "/" + request.Stage
		if address == allowed || strings.HasPrefix(address, strings.TrimSuffix(allowed, "/")+"/") {
			return address, nil
		}
	}
	if named, _ := url.Parse(e.Default); e.Default != "" && named.Scheme+"://"+request.DomainName+"/"+request.Stage == strings.TrimSuffix(e.Default, "/") {
		return e.Default, nil
	}
	return "", definition.NewFieldError("domainName", language.Errorf("reports_api.domain_unknown", "value", strconv.Quote(request.DomainName)))
}
