package archive

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
)

// kind is one kind of document: where it lies, what it looks like, and which of
// its members are secrets. A document that is nothing without its secret is left
// out as a whole when secrets are not asked for.
type kind struct {
	prefix  string // ends in "/"; a whole key otherwise
	empty   func() any
	secrets []string // members; "*": the whole document
}

// kinds stand in the order in which apply writes them: what others name first.
// The deployments of an API come before the API whose stages point at them.
var kinds = []*kind{
	{"iam/account", func() any { return new(identity.Account) }, []string{"*"}},
	{"iam/policy/", func() any { return new(identity.ManagedPolicy) }, nil},
	{"iam/role/", func() any { return new(identity.Role) }, nil},
	{"iam/user/", func() any { return new(identity.User) }, []string{"AccessKeys"}},
	{"iam/instanceprofile/", func() any { return new(identity.InstanceProfile) }, nil},
	{pasarela.AccountKey, func() any { return new(pasarela.Account) }, nil},
	{pasarela.PrefixVPCLink, func() any { return new(pasarela.VPCLink) }, nil},
	{pasarela.PrefixClientCertificate, func() any { return new(pasarela.ClientCertificate) }, []string{"*"}},
	{pasarela.PrefixDeployment, func() any { return new(pasarela.Definition) }, nil},
	{pasarela.PrefixAPI, func() any { return new(pasarela.APIDocument) }, nil},
	{pasarela.PrefixDomainName, func() any { return new(pasarela.DomainName) }, nil},
	{pasarela.PrefixAPIKey, func() any { return new(pasarela.APIKey) }, []string{"*"}},
	{"apikeyvalue/", func() any { return new(map[string]string) }, []string{"*"}},
	{pasarela.PrefixUsagePlan, func() any { return new(pasarela.UsagePlan) }, nil},
}

func kindOf(key string) *kind {
	for _, k := range kinds {
		if key == k.prefix || strings.HasSuffix(k.prefix, "/") && strings.HasPrefix(key, k.prefix) {
			return k
		}
	}
	return nil
}

// shown is the document as the file has it, nil when it is left out.
func (k *kind) shown(document map[string]any, secrets bool) map[string]any {
	if secrets {
		return document
	}
	for _, member := range k.secrets {
		if member == "*" {
			return nil
		}
		delete(document, member)
	}
	return document
}

// check refuses members that the kind does not have.
func (k *kind) check(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(k.empty())
}

// keepSecrets puts the members that the file leaves out back as they are now.
func (k *kind) keepSecrets(wanted, now map[string]any) {
	for _, member := range k.secrets {
		if _, given := wanted[member]; !given && now[member] != nil {
			wanted[member] = now[member]
		}
	}
}
