package wire

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
)

// resource is what a call acts on, made from the matched operation's path and its decoded
// labels only, so that policies, tags and the operation always mean the same resource,
// however a client spells the path.
type resource struct {
	segments []string // decoded: apis, a1b2c3d4e5, stages, prod
	// named is what the ARN in a path of tags names, nil for other paths and for
	// texts that are no ARN of a resource.
	named []string
}

// resourceOf is the resource of a match.
func (s *RESTService) resourceOf(m match) resource {
	path, _, _ := strings.Cut(strings.TrimPrefix(m.op.Path, s.StripPath), "?")
	of := resource{segments: strings.Split(strings.TrimPrefix(path, "/"), "/")}
	next := 0
	for i, segment := range of.segments {
		if strings.HasPrefix(segment, "{") {
			of.segments[i] = m.labels[next].value
			next++
		}
	}
	if m.op.greedy() && s.Named != nil {
		of.named, _ = s.Named(of.segments[len(of.segments)-1])
	}
	return of
}

// path is what follows the region in the ARN. A slash or a percent sign inside a
// label is encoded, so that no two resources share a path (A-WIRE-4); the ARN in a
// path of tags is encoded whole (aws-controlplane §11.1) and spelled as this
// service spells it.
func (s *RESTService) path(of resource, greedy bool) string {
	if !greedy {
		return joined(of.segments)
	}
	last := len(of.segments) - 1
	arn := of.segments[last]
	if of.named != nil {
		arn = s.Guard.RegionAccount.APIGatewayARN(joined(of.named))
	}
	return joined(of.segments[:last]) + "/" + strings.ReplaceAll(url.QueryEscape(arn), "+", "%20")
}

// joined is the path of segments, each escaped.
func joined(segments []string) string {
	var b strings.Builder
	for _, segment := range segments {
		b.WriteByte('/')
		b.WriteString(escapeSegment(segment))
	}
	return b.String()
}

func escapeSegment(segment string) string {
	if !strings.ContainsAny(segment, "%/") {
		return segment
	}
	return strings.ReplaceAll(strings.ReplaceAll(segment, "%", "%25"), "/", "%2F")
}

// authorize asks for the verb on the resource. in is the decoded input, of which
// the tags of the request are taken.
func (s *RESTService) authorize(ctx context.Context, m match, call Call, in any) error {
	m.op.plan.requestTags(call.Context, in)
	if s.Permission != nil {
		needed, err := s.Permission(ctx, m.op.Name, in)
		if err != nil {
			return err
		}
		tagKeys(call.Context, "aws:resourcetag/", needed.Tags)
		return s.Guard.Authorize(ctx, call.Principal, needed.Action, []string{needed.Resource}, call.Context)
	}
	of := s.resourceOf(m)
	path := s.path(of, m.op.greedy())
	resources := []string{s.Guard.RegionAccount.APIGatewayARN(path)}
	if m.op.Alias != nil {
		if alias := m.op.Alias(path); alias != "" {
			resources = append(resources, s.Guard.RegionAccount.APIGatewayARN(alias))
		}
	}
	if err := s.resourceTags(ctx, call.Context, of); err != nil {
		return err
	}
	return s.Guard.Authorize(ctx, call.Principal, s.SigningName+":"+m.op.Method, resources, call.Context)
}

// resourceTags adds the tags of the resource; for calls about tags, those of the resource
// that they name. A resource that does not exist has none: the operation reports that.
func (s *RESTService) resourceTags(ctx context.Context, rc pasarela.RequestContext, of resource) error {
	if s.Tags == nil {
		return nil
	}
	segments := of.segments
	if of.named != nil {
		segments = of.named
	}
	tags, err := s.Tags(ctx, segments)
	var known *pasarela.Error
	if errors.As(err, &known) {
		return nil
	}
	tagKeys(rc, "aws:resourcetag/", tags)
	return err
}

// requestTags adds the tags that the decoded input, to which in points, sets or takes away.
func (p *decodePlan) requestTags(rc pasarela.RequestContext, in any) {
	v := reflect.ValueOf(in).Elem()
	if p.tags != nil {
		tags, _ := v.FieldByIndex(p.tags).Interface().(map[string]string)
		tagKeys(rc, "aws:requesttag/", tags)
		rc["aws:tagkeys"] = append(rc["aws:tagkeys"], slices.Sorted(maps.Keys(tags))...)
	}
	if p.tagKeys != nil {
		keys, _ := v.FieldByIndex(p.tagKeys).Interface().([]string)
		rc["aws:tagkeys"] = append(rc["aws:tagkeys"], keys...)
	}
}

// tagKeys adds the keys of tags. Conditions ignore the case of a key, tags do not: of
// two that differ in case only a condition sees both values.
func tagKeys(rc pasarela.RequestContext, prefix string, tags map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		name := prefix + strings.ToLower(key)
		rc[name] = append(rc[name], tags[key])
	}
}
