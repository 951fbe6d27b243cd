package apis

import (
	"context"
	"errors"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// DomainNameFields are the members of a custom domain that a caller may set.
type DomainNameFields struct {
	DomainNameConfigurations []pasarela.DomainNameConfiguration `json:"domainNameConfigurations"`
	MutualTLSAuthentication  *MutualTLSAuthentication           `json:"mutualTlsAuthentication"`
	RoutingMode              *string                            `json:"routingMode"`
}

// MutualTLSAuthentication is how callers speak of mutual TLS: an empty URI
// switches it off.
type MutualTLSAuthentication struct {
	TruststoreURI     *string `json:"truststoreUri"`
	TruststoreVersion *string `json:"truststoreVersion"`
}

// CreateDomainNameInput is the input of [DomainNames.CreateDomainName].
type CreateDomainNameInput struct {
	DomainName *string `json:"domainName"`
	DomainNameFields
	Tags map[string]string `json:"tags"`
}

// DomainNameInput names a custom domain.
type DomainNameInput struct {
	DomainName string `json:"-" uri:"domainName"`
}

// UpdateDomainNameInput is the input of [DomainNames.UpdateDomainName].
type UpdateDomainNameInput struct {
	DomainNameInput
	DomainNameFields
}

// DomainName is the view of a custom domain: its API mappings are resources of
// their own.
type DomainName struct {
	pasarela.DomainName
	APIMappingSelectionExpression string            `json:"apiMappingSelectionExpression"`
	DomainNameARN                 string            `json:"domainNameArn"`
	Tags                          map[string]string `json:"tags"`
}

func (s *DomainNames) viewDomain(d pasarela.DomainName) DomainName {
	d.Mappings = nil
	return DomainName{
		DomainName:                    d,
		APIMappingSelectionExpression: "$request.basepath",
		DomainNameARN:                 s.RegionAccount.APIGatewayARN("/domainnames/" + d.DomainName),
		Tags:                          orEmpty(d.Tags),
	}
}

func noDomain() error {
	return pasarela.Errorf(pasarela.CodeNotFound, "The domain name resource specified in the request was not found.")
}

// DomainNames does the operations on custom domain names. A domain is one document with
// its mappings, so that a domain never maps a key twice.
type DomainNames struct {
	*Options
	apis    *Service
	domains *document.Store[pasarela.DomainName]
}

// CreateDomainName adds a custom domain. Its certificate is whatever the server's
// TLS configuration holds for the name; the ARN is kept as it was given (A-APIS-11).
func (s *DomainNames) CreateDomainName(ctx context.Context, in CreateDomainNameInput) (DomainName, error) {
	var c check
	c.required("domainName", in.DomainName)
	if in.DomainName != nil {
		c.domainName(*in.DomainName)
	}
	if len(in.DomainNameConfigurations) != 1 {
		c.fail("Invalid member 'domainNameConfigurations': exactly one configuration is needed, got %d.", len(in.DomainNameConfigurations))
	}
	c.tags(in.Tags)
	c.ownTags(in.Tags, "a domain name")
	if in.check(&c); c.err != nil {
		return DomainName{}, c.err
	}
	d := pasarela.DomainName{DomainName: strings.ToLower(*in.DomainName), RoutingMode: apiMappingOnly, Tags: in.Tags}
	if err := s.applyDomain(&d, &in.DomainNameFields); err != nil {
		return DomainName{}, err
	}
	key := pasarela.DomainNameKey(d.DomainName)
	revision, err := s.domains.Create(ctx, key, &d)
	if errors.Is(err, pasarela.ErrConflict) {
		return DomainName{}, conflict("The domain name resource already exists.")
	}
	if err == nil {
		s.awaitServed(ctx, Change{Key: key, Revision: revision})
	}
	return s.viewDomain(d), err
}

// apiMappingOnly is the routing mode of domains without routing rules.
const apiMappingOnly = "API_MAPPING_ONLY"

func (s *DomainNames) domain(ctx context.Context, name string) (*pasarela.DomainName, error) {
	doc, err := s.domains.Get(ctx, pasarela.DomainNameKey(strings.ToLower(name)))
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, noDomain()
	}
	return doc.Value, err
}

func (s *DomainNames) changeDomain(ctx context.Context, name string, edit func(*pasarela.DomainName) error) error {
	doc, err := s.domains.Update(ctx, pasarela.DomainNameKey(strings.ToLower(name)), func(d *pasarela.DomainName) error {
		if err := edit(d); err != nil {
			return err
		}
		return noMutualTLS(d)
	})
	if errors.Is(err, pasarela.ErrNotFound) {
		return noDomain()
	}
	if err == nil {
		s.awaitServed(ctx, Change{Key: doc.Key, Revision: doc.Revision})
	}
	return err
}

// noMutualTLS refuses mappings on domains with mutual TLS: AWS offers mutual TLS for HTTP
// and REST APIs only, and no client certificate would be asked for here (A-APIS-25).
func noMutualTLS(d *pasarela.DomainName) error {
	if d.MutualTLSAuthentication == nil || len(d.Mappings) == 0 {
		return nil
	}
	return pasarela.Errorf(pasarela.CodeBadRequest, "Mutual TLS is not supported for WebSocket APIs: %s has mutualTlsAuthentication and would have an API mapping. Switch it off with an empty truststoreUri, or map the API to another domain name.", d.DomainName)
}

// GetDomainName returns one custom domain.
func (s *DomainNames) GetDomainName(ctx context.Context, in DomainNameInput) (DomainName, error) {
	d, err := s.domain(ctx, in.DomainName)
	if err != nil {
		return DomainName{}, err
	}
	return s.viewDomain(*d), nil
}

// GetDomainNames returns all custom domains by name.
func (s *DomainNames) GetDomainNames(ctx context.Context, _ Nothing) ([]DomainName, error) {
	docs, err := s.domains.List(ctx, pasarela.PrefixDomainName)
	if err != nil {
		return nil, err
	}
	views := make([]DomainName, len(docs))
	for i := range docs {
		views[i] = s.viewDomain(*docs[i].Value)
	}
	return views, nil
}

// UpdateDomainName changes the members given; an empty truststoreUri switches
// mutual TLS off.
func (s *DomainNames) UpdateDomainName(ctx context.Context, in UpdateDomainNameInput) (view DomainName, err error) {
	var c check
	if in.check(&c); c.err != nil {
		return view, c.err
	}
	err = s.changeDomain(ctx, in.DomainName, func(d *pasarela.DomainName) error {
		if err := s.applyDomain(d, &in.DomainNameFields); err != nil {
			return err
		}
		view = s.viewDomain(*d)
		return nil
	})
	return view, err
}

// DeleteDomainName removes a custom domain with its API mappings.
func (s *DomainNames) DeleteDomainName(ctx context.Context, in DomainNameInput) error {
	removed, err := s.domains.Remove(ctx, pasarela.DomainNameKey(strings.ToLower(in.DomainName)), nil)
	if errors.Is(err, pasarela.ErrNotFound) {
		return noDomain()
	}
	if err == nil {
		s.awaitServed(ctx, Change{Key: removed.Key, Revision: removed.Revision, Removed: true})
	}
	return err
}

// domainName takes host names of two labels or more, the first perhaps "*".
func (c *check) domainName(name string) {
	c.atMost("domainName", &name, 253)
	labels := strings.Split(name, ".")
	if labels[0] == "*" {
		labels = labels[1:]
	}
	valid := len(labels) >= 2
	for _, l := range labels {
		valid = valid && l != "" && len(l) <= 63 && l[0] != '-' && l[len(l)-1] != '-' &&
			strings.Trim(strings.ToLower(l), "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
	}
	if !valid {
		c.fail("Invalid member 'domainName': %q is not a host name such as ws.example.com or *.example.com.", name)
	}
}

// check checks the members given. WebSocket APIs have REGIONAL domain names with TLS 1.2 only.
func (in *DomainNameFields) check(c *check) {
	if in.DomainNameConfigurations != nil && len(in.DomainNameConfigurations) != 1 {
		c.fail("Invalid member 'domainNameConfigurations': exactly one configuration is needed, got %d.", len(in.DomainNameConfigurations))
	}
	for i := range in.DomainNameConfigurations {
		given := &in.DomainNameConfigurations[i]
		const member = "domainNameConfigurations."
		c.oneOf(member+"endpointType", &given.EndpointType, "REGIONAL")
		c.oneOf(member+"securityPolicy", &given.SecurityPolicy, "TLS_1_2")
		c.oneOf(member+"ipAddressType", &given.IPAddressType, "ipv4", "dualstack")
		c.atMost(member+"certificateName", &given.CertificateName, 128)
		if given.CertificateARN != "" && !strings.HasPrefix(given.CertificateARN, "arn:") {
			c.fail("Invalid member '%scertificateArn': %q is not an ARN.", member, given.CertificateARN)
		}
	}
	if mode := in.RoutingMode; mode != nil && *mode != "" && *mode != apiMappingOnly {
		c.fail("Invalid member 'routingMode': %q, but WebSocket APIs are reached by API mappings only (API_MAPPING_ONLY).", *mode)
	}
	if m := in.MutualTLSAuthentication; m != nil && m.TruststoreURI != nil && *m.TruststoreURI != "" && !strings.Contains(*m.TruststoreURI, "://") {
		c.fail("Invalid member 'mutualTlsAuthentication.truststoreUri': %q is not a URI.", *m.TruststoreURI)
	}
}

// applyDomain sets the members given; the configuration keeps the names that AWS
// gave it.
func (s *DomainNames) applyDomain(d *pasarela.DomainName, in *DomainNameFields) error {
	if len(in.DomainNameConfigurations) == 1 {
		next := in.DomainNameConfigurations[0]
		if len(d.Configurations) == 1 {
			next.APIGatewayDomainName = d.Configurations[0].APIGatewayDomainName
			if next.CertificateARN == "" {
				next.CertificateARN = d.Configurations[0].CertificateARN
			}
		} else {
			next.APIGatewayDomainName = "d-" + pasarela.NewAPIID() + ".execute-api." + s.RegionAccount.Region + "." + s.DomainSuffix
		}
		fillConfiguration(&next)
		d.Configurations = []pasarela.DomainNameConfiguration{next}
	}
	if in.MutualTLSAuthentication != nil {
		applyMutualTLS(d, in.MutualTLSAuthentication)
	}
	return nil
}

// hostedZoneID is AWS's zone of us-east-1; here it only has to look like one.
const hostedZoneID = "Z1UJRXOUMOOFQ8"

func fillConfiguration(c *pasarela.DomainNameConfiguration) {
	c.DomainNameStatus, c.HostedZoneID = "AVAILABLE", hostedZoneID
	for _, f := range [...]struct {
		place *string
		value string
	}{{&c.EndpointType, "REGIONAL"}, {&c.SecurityPolicy, "TLS_1_2"}, {&c.IPAddressType, "ipv4"}} {
		if *f.place == "" {
			*f.place = f.value
		}
	}
}

func applyMutualTLS(d *pasarela.DomainName, in *MutualTLSAuthentication) {
	m := pasarela.MutualTLSAuthentication{}
	if d.MutualTLSAuthentication != nil {
		m = *d.MutualTLSAuthentication
	}
	set(&m.TruststoreURI, in.TruststoreURI)
	set(&m.TruststoreVersion, in.TruststoreVersion)
	d.MutualTLSAuthentication = &m
	if m.TruststoreURI == "" {
		d.MutualTLSAuthentication = nil
	}
}
