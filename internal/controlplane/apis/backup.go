package apis

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Contents is everything that a [Service] keeps, for back-ups and review.
type Contents struct {
	Account            *pasarela.Account            `json:"account,omitempty"`
	ClientCertificates []pasarela.ClientCertificate `json:"clientCertificates,omitempty"`
	VPCLinks           []pasarela.VPCLink           `json:"vpcLinks,omitempty"`
	APIs               []APIContents                `json:"apis,omitempty"`
	DomainNames        []pasarela.DomainName        `json:"domainNames,omitempty"`
	APIKeys            []pasarela.APIKey            `json:"apiKeys,omitempty"`
	UsagePlans         []pasarela.UsagePlan         `json:"usagePlans,omitempty"`
}

// APIContents is an API with what its deployments froze, by deployment id. A
// deployment that is not in Definitions froze the API as it stands here.
type APIContents struct {
	pasarela.APIDocument
	Definitions map[string]pasarela.Definition `json:"definitions,omitempty"`
}

// Backup reads everything that the services of this package keep, and writes it back.
type Backup struct{ apis *Service }

// Read reads everything. Without secrets, values of API keys and private keys
// of client certificates are left out. Each document is consistent in itself.
func (s *Backup) Read(ctx context.Context, secrets bool) (Contents, error) {
	var c Contents
	account, err := s.apis.account.Get(ctx, pasarela.AccountKey)
	if err == nil {
		c.Account = account.Value
	} else if !errors.Is(err, pasarela.ErrNotFound) {
		return c, err
	}
	err = errors.Join(
		all(ctx, s.apis.ClientCertificates.certificates, pasarela.PrefixClientCertificate, &c.ClientCertificates),
		all(ctx, s.apis.VPCLinks.links, pasarela.PrefixVPCLink, &c.VPCLinks),
		all(ctx, s.apis.DomainNames.domains, pasarela.PrefixDomainName, &c.DomainNames),
		all(ctx, s.apis.UsagePlans.keys, pasarela.PrefixAPIKey, &c.APIKeys),
		all(ctx, s.apis.UsagePlans.plans, pasarela.PrefixUsagePlan, &c.UsagePlans),
	)
	if err != nil {
		return c, err
	}
	docs, err := s.apis.apis.List(ctx, pasarela.PrefixAPI)
	if err != nil {
		return c, err
	}
	for _, doc := range docs {
		api, err := s.contentsOf(ctx, *doc.Value)
		if err != nil {
			return c, err
		}
		c.APIs = append(c.APIs, api)
	}
	if !secrets {
		c.hideSecrets()
	}
	return c, nil
}

func all[T any](ctx context.Context, store *document.Store[T], prefix string, list *[]T) error {
	docs, err := store.List(ctx, prefix)
	for _, doc := range docs {
		*list = append(*list, *doc.Value)
	}
	return err
}

// contentsOf reads the frozen definitions of an API. Edit counters are internal and left
// out.
func (s *Backup) contentsOf(ctx context.Context, doc pasarela.APIDocument) (APIContents, error) {
	present := doc
	doc.Edits, doc.AutoDeployed, doc.Frozen = 0, 0, nil
	c := APIContents{APIDocument: doc}
	for _, d := range present.Deployments {
		frozen, err := s.apis.definitions.Get(ctx, pasarela.DeploymentKey(doc.API.APIID, d.DeploymentID))
		if errors.Is(err, pasarela.ErrNotFound) {
			if !present.FrozenIsDraft(d.DeploymentID) {
				c.leaveOut(d.DeploymentID)
			}
			continue
		}
		if err != nil {
			return c, err
		}
		if reflect.DeepEqual(*frozen.Value, doc.Definition) {
			continue
		}
		if c.Definitions == nil {
			c.Definitions = map[string]pasarela.Definition{}
		}
		c.Definitions[d.DeploymentID] = *frozen.Value
	}
	return c, nil
}

// leaveOut removes a deployment whose definition is not in the store: it was just
// deleted, or it is lost.
func (c *APIContents) leaveOut(id string) {
	c.Deployments = slices.DeleteFunc(slices.Clone(c.Deployments), func(d pasarela.Deployment) bool { return d.DeploymentID == id })
	c.Stages = slices.Clone(c.Stages)
	for i := range c.Stages {
		if c.Stages[i].DeploymentID == id {
			c.Stages[i].DeploymentID = ""
		}
	}
}

func (c *Contents) hideSecrets() {
	for i := range c.APIKeys {
		c.APIKeys[i].Value = ""
	}
	for i := range c.ClientCertificates {
		c.ClientCertificates[i].PEMEncodedPrivateKey = ""
	}
}

// fillSecrets copies the secrets that c leaves out from now.
func (c *Contents) fillSecrets(now Contents) {
	for i := range c.APIKeys {
		k := &c.APIKeys[i]
		if n := find(now.APIKeys, k.ID, func(k *pasarela.APIKey) string { return k.ID }); n >= 0 && k.Value == "" {
			k.Value = now.APIKeys[n].Value
		}
	}
	for i := range c.ClientCertificates {
		p := &c.ClientCertificates[i]
		n := find(now.ClientCertificates, p.ClientCertificateID, func(c *pasarela.ClientCertificate) string { return c.ClientCertificateID })
		if n >= 0 && p.PEMEncodedPrivateKey == "" && p.PEMEncodedCertificate == now.ClientCertificates[n].PEMEncodedCertificate {
			p.PEMEncodedPrivateKey = now.ClientCertificates[n].PEMEncodedPrivateKey
		}
	}
}

// Prepare checks everything in c as the operations would, and fills in the secrets that c
// leaves out and the service has. Afterwards the differences between c and [Backup.Read]
// with secrets are what [Backup.Restore] would change.
func (s *Backup) Prepare(ctx context.Context, c *Contents) error {
	now, err := s.Read(ctx, true)
	if err != nil {
		return err
	}
	c.fillSecrets(now)
	for i := range c.APIs {
		if err := s.checkContents(&c.APIs[i]); err != nil {
			return fmt.Errorf("API %s: %w", c.APIs[i].API.APIID, err)
		}
	}
	return c.check()
}

// Restore replaces everything by c, each document atomically. With prune, what is not in
// c is removed. c must have been prepared by [Backup.Prepare].
func (s *Backup) Restore(ctx context.Context, c Contents, prune bool) error {
	if c.Account != nil {
		if _, err := s.apis.account.Upsert(ctx, pasarela.AccountKey, func(a *pasarela.Account) error { *a = *c.Account; return nil }); err != nil {
			return err
		}
	}
	if err := s.restoreSecrets(&c); err != nil {
		return err
	}
	for _, api := range c.APIs {
		if err := s.restoreAPI(ctx, api); err != nil {
			return fmt.Errorf("API %s: %w", api.API.APIID, err)
		}
	}
	err := errors.Join(
		putAll(ctx, s.apis.ClientCertificates.certificates, c.ClientCertificates, certificateKey),
		putAll(ctx, s.apis.VPCLinks.links, c.VPCLinks, linkKey),
		putAll(ctx, s.apis.DomainNames.domains, c.DomainNames, domainKey),
		putAll(ctx, s.apis.UsagePlans.keys, c.APIKeys, keyKey),
		putAll(ctx, s.apis.UsagePlans.plans, c.UsagePlans, planKey),
		s.restoreClaims(ctx, c.APIKeys),
	)
	if err != nil || !prune {
		return err
	}
	return s.prune(ctx, c)
}

func certificateKey(c *pasarela.ClientCertificate) string {
	return pasarela.PrefixClientCertificate + c.ClientCertificateID
}
func linkKey(l *pasarela.VPCLink) string      { return pasarela.PrefixVPCLink + l.VPCLinkID }
func domainKey(d *pasarela.DomainName) string { return pasarela.DomainNameKey(d.DomainName) }
func keyKey(k *pasarela.APIKey) string        { return pasarela.PrefixAPIKey + k.ID }
func planKey(p *pasarela.UsagePlan) string    { return pasarela.PrefixUsagePlan + p.ID }
func apiKey(a *APIContents) string            { return pasarela.APIDocumentKey(a.API.APIID) }

func putAll[T any](ctx context.Context, store *document.Store[T], list []T, key func(*T) string) error {
	for i := range list {
		if _, err := store.Upsert(ctx, key(&list[i]), func(value *T) error { *value = list[i]; return nil }); err != nil {
			return err
		}
	}
	return nil
}

// restoreSecrets makes new secrets where c has none and the service has none either.
func (s *Backup) restoreSecrets(c *Contents) error {
	c.APIKeys, c.ClientCertificates = slices.Clone(c.APIKeys), slices.Clone(c.ClientCertificates)
	for i := range c.APIKeys {
		if c.APIKeys[i].Value == "" {
			c.APIKeys[i].Value = newKeyValue()
		}
	}
	for i := range c.ClientCertificates {
		if c.ClientCertificates[i].PEMEncodedPrivateKey == "" {
			if err := sign(&c.ClientCertificates[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Backup) restoreClaims(ctx context.Context, keys []pasarela.APIKey) error {
	for _, k := range keys {
		if _, err := s.apis.UsagePlans.claims.Upsert(ctx, claimKey(k.Value), func(c *claim) error { c.KeyID = k.ID; return nil }); err != nil {
			return err
		}
	}
	return nil
}

// restoreAPI writes the frozen definitions first and then the document that names
// them. A frozen definition never changes under its id.
func (s *Backup) restoreAPI(ctx context.Context, c APIContents) error {
	apiID := c.API.APIID
	for _, d := range c.Deployments {
		frozen, ok := c.Definitions[d.DeploymentID]
		if !ok {
			frozen = c.Definition
		}
		if _, err := s.apis.definitions.Upsert(ctx, pasarela.DeploymentKey(apiID, d.DeploymentID), func(v *pasarela.Definition) error { *v = frozen; return nil }); err != nil {
			return err
		}
	}
	var dropped []string
	doc, err := s.apis.apis.Upsert(ctx, pasarela.APIDocumentKey(apiID), func(doc *pasarela.APIDocument) error {
		dropped = nil
		for _, d := range doc.Deployments {
			if find(c.Deployments, d.DeploymentID, deploymentID) < 0 {
				dropped = append(dropped, d.DeploymentID)
			}
		}
		edits, deployed := doc.Edits, doc.AutoDeployed
		if !reflect.DeepEqual(doc.Definition, c.Definition) {
			edits++
		}
		if c.followed() {
			deployed = edits
		} else if deployed >= edits {
			deployed = 0
		}
		*doc = c.APIDocument
		doc.Edits, doc.AutoDeployed, doc.Frozen = edits, deployed, nil
		for _, d := range doc.Deployments {
			if _, other := c.Definitions[d.DeploymentID]; !other {
				doc.NoteFrozen(d.DeploymentID, edits)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.apis.decoded.keep(doc)
	for _, id := range dropped {
		err = errors.Join(err, s.apis.Deployments.removeDefinition(ctx, apiID, id))
	}
	return err
}

// followed says whether the stages that deploy automatically serve the API as it
// stands in c.
func (c *APIContents) followed() bool {
	for i := range c.Stages {
		if !c.Stages[i].AutoDeploys() {
			continue
		}
		if _, other := c.Definitions[c.Stages[i].DeploymentID]; other || c.Stages[i].DeploymentID == "" {
			return false
		}
	}
	return true
}

// prune removes what c does not have.
func (s *Backup) prune(ctx context.Context, c Contents) error {
	kept := map[string]bool{}
	keep(kept, c.UsagePlans, planKey)
	keep(kept, c.APIKeys, keyKey)
	keep(kept, c.DomainNames, domainKey)
	keep(kept, c.APIs, apiKey)
	keep(kept, c.VPCLinks, linkKey)
	keep(kept, c.ClientCertificates, certificateKey)
	for _, prefix := range [...]string{pasarela.PrefixUsagePlan, pasarela.PrefixAPIKey, pasarela.PrefixDomainName, pasarela.PrefixAPI, pasarela.PrefixVPCLink, pasarela.PrefixClientCertificate} {
		entries, err := s.apis.Bucket.List(ctx, prefix)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if kept[entry.Key] {
				continue
			}
			if err := s.remove(ctx, entry, prefix); err != nil && !errors.Is(err, pasarela.ErrNotFound) {
				return err
			}
		}
	}
	return nil
}

func keep[T any](kept map[string]bool, list []T, key func(*T) string) {
	for i := range list {
		kept[key(&list[i])] = true
	}
}

func (s *Backup) remove(ctx context.Context, entry pasarela.Entry, prefix string) error {
	id := strings.TrimPrefix(entry.Key, prefix)
	switch prefix {
	case pasarela.PrefixAPIKey:
		return s.apis.UsagePlans.DeleteAPIKey(ctx, APIKeyInput{id})
	case pasarela.PrefixAPI:
		return s.apis.DeleteAPI(ctx, APIInput{id})
	}
	return s.apis.Bucket.Delete(ctx, entry.Key, entry.Revision)
}
