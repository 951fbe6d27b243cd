package pasarela

import (
	"maps"
	"slices"
)

// Clone is a deep copy: it shares no mutable value with d.
func (d *APIDocument) Clone() *APIDocument {
	c := *d
	c.Definition = d.Definition.clone()
	c.Stages = slices.Clone(d.Stages)
	for i := range c.Stages {
		c.Stages[i].unshare()
	}
	c.Deployments = slices.Clone(d.Deployments)
	c.Frozen = maps.Clone(d.Frozen)
	return &c
}

func (d Definition) clone() Definition {
	d.API.Tags = maps.Clone(d.API.Tags)
	d.Routes = slices.Clone(d.Routes)
	for i := range d.Routes {
		d.Routes[i].unshare()
	}
	d.Integrations = slices.Clone(d.Integrations)
	for i := range d.Integrations {
		d.Integrations[i].unshare()
	}
	d.Models = slices.Clone(d.Models)
	d.Authorizers = slices.Clone(d.Authorizers)
	for i := range d.Authorizers {
		d.Authorizers[i].unshare()
	}
	return d
}

// unshare replaces what r, a shallow copy, points to by copies; the other unshare
// methods do the same.
func (r *Route) unshare() {
	r.AuthorizationScopes = slices.Clone(r.AuthorizationScopes)
	r.RequestModels = maps.Clone(r.RequestModels)
	r.RequestParameters = maps.Clone(r.RequestParameters)
	r.Responses = slices.Clone(r.Responses)
	for i := range r.Responses {
		response := &r.Responses[i]
		response.ResponseModels = maps.Clone(response.ResponseModels)
		response.ResponseParameters = maps.Clone(response.ResponseParameters)
	}
}

func (i *Integration) unshare() {
	i.RequestParameters = maps.Clone(i.RequestParameters)
	i.RequestTemplates = maps.Clone(i.RequestTemplates)
	i.TLSConfig = copied(i.TLSConfig)
	i.Responses = slices.Clone(i.Responses)
	for n := range i.Responses {
		response := &i.Responses[n]
		response.ResponseParameters = maps.Clone(response.ResponseParameters)
		response.ResponseTemplates = maps.Clone(response.ResponseTemplates)
	}
}

func (a *Authorizer) unshare() {
	a.IdentitySource = slices.Clone(a.IdentitySource)
	a.JWTConfiguration = copied(a.JWTConfiguration)
	if a.JWTConfiguration != nil {
		a.JWTConfiguration.Audience = slices.Clone(a.JWTConfiguration.Audience)
	}
}

func (s *Stage) unshare() {
	s.AutoDeploy = copied(s.AutoDeploy)
	s.AccessLogSettings = copied(s.AccessLogSettings)
	s.DefaultRouteSettings.unshare()
	s.RouteSettings = maps.Clone(s.RouteSettings)
	for key, settings := range s.RouteSettings {
		settings.unshare()
		s.RouteSettings[key] = settings
	}
	s.StageVariables = maps.Clone(s.StageVariables)
	s.Tags = maps.Clone(s.Tags)
}

func (s *RouteSettings) unshare() {
	s.DataTraceEnabled = copied(s.DataTraceEnabled)
	s.DetailedMetricsEnabled = copied(s.DetailedMetricsEnabled)
	s.ThrottlingBurstLimit = copied(s.ThrottlingBurstLimit)
	s.ThrottlingRateLimit = copied(s.ThrottlingRateLimit)
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
