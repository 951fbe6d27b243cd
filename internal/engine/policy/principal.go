package policy

import (
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// Caller is the caller of a request, in the forms by which trust and resource
// policies name principals.
type Caller struct {
	ARN       string // arn:aws:iam::A:user/n, arn:aws:iam::A:root, arn:aws:sts::A:assumed-role/r/s
	AccountID string
	RoleARN   string // of a session: arn:aws:iam::A:role/path/r
	UniqueID  string // AIDA… of a user, AROA… of a session's role
	Service   string // apigateway.amazonaws.com when AWS itself asks
}

// principals is a Principal or NotPrincipal element.
type principals struct {
	not  bool
	list []principal
}

type principal struct {
	kind principalKind
	text string // account id, ARN, unique id or service
}

type principalKind uint8

const (
	everyone principalKind = iota + 1
	account
	byARN
	byUniqueID
	byService
	byFederation // SAML or OIDC provider, or a canonical S3 user: matches no principal here
)

// principalMatch says how a statement names a caller.
type principalMatch uint8

const (
	matchesNone     principalMatch = iota
	matchesAccount                 // the caller's account: the account's own policies decide further
	matchesDirectly                // the caller itself
)

// compilePrincipals reads {"AWS": …, "Service": …} or "*".
func compilePrincipals(n *node, not bool) (*principals, error) {
	p := &principals{not: not}
	if n.kind == '"' {
		if n.text != "*" {
			return nil, malformed("Invalid principal in policy: %q", n.text)
		}
		p.list = append(p.list, principal{kind: everyone})
		return p, nil
	}
	if n.kind != '{' || len(n.members) == 0 {
		return nil, errSyntax()
	}
	for i := range n.members {
		ok := true
		list := readStrings(&n.members[i].value, false, &ok)
		if !ok {
			return nil, errSyntax()
		}
		for _, text := range list.values {
			one, err := compilePrincipal(n.members[i].name, text)
			if err != nil {
				return nil, err
			}
			p.list = append(p.list, one)
		}
	}
	return p, nil
}

func compilePrincipal(kind, text string) (principal, error) {
	switch kind {
	case "AWS":
		if p, ok := compileAWSPrincipal(text); ok {
			return p, nil
		}
	case "Service":
		if isServiceName(text) {
			return principal{byService, text}, nil
		}
	case "Federated", "CanonicalUser":
		return principal{byFederation, text}, nil
	default:
		return principal{}, errSyntax()
	}
	return principal{}, malformed(`Invalid principal in policy: "%s":"%s"`, strings.ToUpper(kind), text)
}

// compileAWSPrincipal compiles one value of Principal's AWS: everyone, an account, a unique
// id, or the ARN of a user, a role or a session. IAM accepts no wildcard within one.
func compileAWSPrincipal(text string) (principal, bool) {
	switch {
	case text == "*":
		return principal{kind: everyone}, true
	case isAccountID(text):
		return principal{account, text}, true
	case isUniqueID(text):
		return principal{byUniqueID, text}, true
	}
	arn, ok := pasarela.ParseARN(text)
	if !ok || !pasarela.IsPartition(arn.Partition) || arn.Region != "" || !isAccountID(arn.AccountID) || strings.ContainsAny(text, "*?") {
		return principal{}, false
	}
	kind, name, _ := strings.Cut(arn.Resource, "/")
	switch {
	case arn.Service == "iam" && arn.Resource == "root":
		return principal{account, arn.AccountID}, true
	case arn.Service == "iam" && (kind == "user" || kind == "role") && name != "",
		arn.Service == "sts" && (kind == "assumed-role" || kind == "federated-user") && name != "":
		return principal{byARN, text}, true
	}
	return principal{}, false
}

// isServiceName accepts name.amazonaws.com and what AWS uses beside it.
func isServiceName(text string) bool {
	for _, suffix := range [...]string{".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal", ".api.aws"} {
		if name, ok := strings.CutSuffix(text, suffix); ok && name != "" && !strings.ContainsAny(name, "*?/: ") {
			return true
		}
	}
	return false
}

func isAccountID(text string) bool {
	return len(text) == 12 && !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

func isUniqueID(text string) bool {
	return len(text) >= 16 && (strings.HasPrefix(text, "AIDA") || strings.HasPrefix(text, "AROA")) &&
		!strings.ContainsFunc(text, func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') })
}

// match returns how the element names the caller. NotPrincipal names everyone
// else directly.
func (p *principals) match(c *Caller, deny bool) principalMatch {
	best := matchesNone
	for i := range p.list {
		best = max(best, p.list[i].match(c, deny))
	}
	switch {
	case !p.not:
		return best
	case best == matchesNone:
		return matchesDirectly
	}
	return matchesNone
}

// match returns how one principal names the caller. In a Deny "*" covers AWS's
// services too; in an Allow it does not: services must be named (A-IAM-4).
func (p *principal) match(c *Caller, deny bool) principalMatch {
	named := false
	switch p.kind {
	case everyone:
		named = c.Service == "" || deny
	case byService:
		named = c.Service != "" && p.text == c.Service
	case byARN:
		named = c.Service == "" && (p.text == c.ARN || p.text == c.RoleARN)
	case byUniqueID:
		named = c.Service == "" && p.text == c.UniqueID
	case account:
		if c.Service == "" && p.text == c.AccountID {
			if strings.HasSuffix(c.ARN, ":root") {
				return matchesDirectly
			}
			return matchesAccount
		}
	}
	if named {
		return matchesDirectly
	}
	return matchesNone
}

// PrincipalARNs lists the users and roles that the document names by ARN, each
// once, so that their existence can be checked and their unique ids kept.
func (d *Document) PrincipalARNs() []string {
	var arns []string
	for _, s := range d.Statements {
		if s.principals == nil {
			continue
		}
		for _, p := range s.principals.list {
			if p.kind == byARN && strings.Contains(p.text, ":iam:") && !slices.Contains(arns, p.text) {
				arns = append(arns, p.text)
			}
		}
	}
	return arns
}
