package apis

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// TagInput names a taggable resource by its ARN.
type TagInput struct {
	ResourceARN string `json:"-" uri:"resource-arn"`
}

// TagResourceInput is the input of [Tagging.TagResource].
type TagResourceInput struct {
	TagInput
	Tags map[string]string `json:"tags"`
}

// UntagResourceInput is the input of [Tagging.UntagResource].
type UntagResourceInput struct {
	TagInput
	TagKeys []string `json:"-" query:"tagKeys"`
}

// Tags is the answer of [Tagging.GetTags].
type Tags struct {
	Tags map[string]string `json:"tags"`
}

// Empty is an answer without members.
type Empty struct{}

// Tagging reads and writes tags by the ARN of what has them, whatever kind of resource
// that is; its permission is on /tags/{arn}.
type Tagging struct{ apis *Service }

// GetTags returns the tags of an API, a stage, a domain name, a VPC link, an API
// key, a usage plan or a client certificate.
func (s *Tagging) GetTags(ctx context.Context, in TagInput) (Tags, error) {
	path, ok := s.Named(in.ResourceARN)
	if !ok {
		return Tags{}, noResource(in.ResourceARN)
	}
	tags, err := s.TagsAt(ctx, path)
	if err != nil {
		return Tags{}, err
	}
	return Tags{orEmpty(tags)}, nil
}

// TagResource adds tags or gives them new values.
func (s *Tagging) TagResource(ctx context.Context, in TagResourceInput) (Empty, error) {
	var c check
	if c.tags(in.Tags); c.err != nil {
		return Empty{}, c.err
	}
	return Empty{}, s.retag(ctx, in.ResourceARN, func(tags map[string]string) map[string]string {
		if tags == nil {
			tags = make(map[string]string, len(in.Tags))
		}
		for key, value := range in.Tags {
			tags[key] = value
		}
		return tags
	})
}

// UntagResource takes tags away; a key that is not there is no error.
func (s *Tagging) UntagResource(ctx context.Context, in UntagResourceInput) error {
	if len(in.TagKeys) == 0 {
		return bad("Invalid member 'tagKeys': it is required.")
	}
	return s.retag(ctx, in.ResourceARN, func(tags map[string]string) map[string]string {
		for _, key := range in.TagKeys {
			delete(tags, key)
		}
		return tags
	})
}

// Named splits the ARN of a resource with tags: apis, a1b2c3d4e5 of
// arn:aws:apigateway:{region}::/apis/a1b2c3d4e5. Partition and region may differ from
// this account's, since clients make ARNs from their own configuration (A-APIS-25);
// everything else has one spelling.
func (s *Tagging) Named(arn string) (path []string, ok bool) {
	parsed, ok := pasarela.ParseARN(arn)
	if !ok || !pasarela.IsPartition(parsed.Partition) || parsed.Service != "apigateway" || !pasarela.IsRegion(parsed.Region) || parsed.AccountID != "" || strings.Contains(parsed.Resource, ":") {
		return nil, false
	}
	rest, ok := strings.CutPrefix(parsed.Resource, "/")
	path = strings.Split(rest, "/")
	switch {
	case !ok || slices.Contains(path, ""):
		return nil, false
	case len(path) == 2:
		if path[0] == "domainnames" { // which has no letter case
			path[1] = strings.ToLower(path[1])
		}
		return path, slices.Contains([]string{"apis", "domainnames", "vpclinks", "apikeys", "usageplans", "clientcertificates"}, path[0])
	}
	return path, len(path) == 4 && path[0] == "apis" && path[2] == "stages"
}

// TagsAt returns the tags of the resource whose path in the management plane has
// these segments (apis, {id}, stages, {stage}), for decisions by aws:ResourceTag.
// A part that has no tags of its own has those of its stage or its API.
func (s *Tagging) TagsAt(ctx context.Context, path []string) (map[string]string, error) {
	kind, id, part, name := splitPath(path)
	if kind != "apis" {
		return s.taggable(kind, id).read(ctx)
	}
	doc, err := s.apis.read(ctx, id)
	if err != nil {
		return nil, err
	}
	if part != "stages" || name == "" {
		return doc.API.Tags, nil
	}
	if stage := doc.Stage(name); stage != nil {
		return stage.Tags, nil
	}
	return nil, noStage()
}

func (s *Tagging) retag(ctx context.Context, arn string, edit retagging) error {
	path, ok := s.Named(arn)
	if !ok {
		return noResource(arn)
	}
	kind, id, part, name := splitPath(path)
	switch {
	case kind == "apis" && part == "stages":
		return s.retagStage(ctx, StageInput{id, name}, edit)
	case kind == "apis":
		return s.apis.change(ctx, id, func(doc *pasarela.APIDocument) error { return edit.on(&doc.API.Tags, ownTagsOf(kind)) })
	}
	return s.taggable(kind, id).retag(ctx, edit)
}

func (s *Tagging) retagStage(ctx context.Context, in StageInput, edit retagging) error {
	return s.apis.Stages.changeStage(ctx, in, func(doc *pasarela.APIDocument, i int) error {
		stage := &doc.Stages[i]
		return edit.on(&stage.Tags, (*check).stageSettings)
	})
}

// splitPath names the segments kind, id, part and name; what is not there is "".
func splitPath(path []string) (kind, id, part, name string) {
	fields := append(path[:len(path):len(path)], "", "", "", "")
	return fields[0], fields[1], fields[2], fields[3]
}

// retagging returns the tags after the change; it may keep its argument.
type retagging func(map[string]string) map[string]string

// on changes tags and checks AWS's rules, and ours, for that kind of resource.
func (edit retagging) on(tags *map[string]string, own func(*check, map[string]string)) error {
	*tags = edit(*tags)
	var c check
	c.tags(*tags)
	own(&c, *tags)
	return c.err
}

// ownTagsOf checks pasarela's own tags on a kind of resource.
func ownTagsOf(kind string) func(*check, map[string]string) {
	if kind == "vpclinks" {
		return (*check).linkTags
	}
	return func(c *check, tags map[string]string) { c.ownTags(tags, "a resource under /"+kind) }
}

// taggable is a document with tags.
type taggable interface {
	read(ctx context.Context) (map[string]string, error)
	retag(ctx context.Context, edit retagging) error
}

// taggable finds a resource that is a document of its own.
func (s *Tagging) taggable(kind, id string) taggable {
	switch {
	case kind == "domainnames" && id != "":
		return tagged[pasarela.DomainName]{s.apis.DomainNames.domains, kind, pasarela.DomainNameKey(id), func(d *pasarela.DomainName) *map[string]string { return &d.Tags }}
	case !isID(id):
	case kind == "vpclinks":
		return tagged[pasarela.VPCLink]{s.apis.VPCLinks.links, kind, pasarela.PrefixVPCLink + id, func(l *pasarela.VPCLink) *map[string]string { return &l.Tags }}
	case kind == "apikeys":
		return tagged[pasarela.APIKey]{s.apis.UsagePlans.keys, kind, pasarela.PrefixAPIKey + id, func(k *pasarela.APIKey) *map[string]string { return &k.Tags }}
	case kind == "usageplans":
		return tagged[pasarela.UsagePlan]{s.apis.UsagePlans.plans, kind, pasarela.PrefixUsagePlan + id, func(p *pasarela.UsagePlan) *map[string]string { return &p.Tags }}
	case kind == "clientcertificates":
		return tagged[pasarela.ClientCertificate]{s.apis.ClientCertificates.certificates, kind, pasarela.PrefixClientCertificate + id, func(c *pasarela.ClientCertificate) *map[string]string { return &c.Tags }}
	}
	return untaggable(kind + "/" + id)
}

// tagged is a document that keeps tags in one of its members.
type tagged[T any] struct {
	store *document.Store[T]
	kind  string
	key   string
	tags  func(*T) *map[string]string
}

func (t tagged[T]) read(ctx context.Context) (map[string]string, error) {
	doc, err := t.store.Get(ctx, t.key)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, noResource(t.key)
	}
	if err != nil {
		return nil, err
	}
	return *t.tags(doc.Value), nil
}

func (t tagged[T]) retag(ctx context.Context, edit retagging) error {
	_, err := t.store.Update(ctx, t.key, func(value *T) error { return edit.on(t.tags(value), ownTagsOf(t.kind)) })
	if errors.Is(err, pasarela.ErrNotFound) {
		return noResource(t.key)
	}
	return err
}

// untaggable is a path without tags.
type untaggable string

func (u untaggable) read(context.Context) (map[string]string, error) {
	return nil, noResource(string(u))
}

func (u untaggable) retag(context.Context, retagging) error { return noResource(string(u)) }

func noResource(path string) error {
	return pasarela.Errorf(pasarela.CodeNotFound, "Invalid resource identifier specified %s", path)
}
