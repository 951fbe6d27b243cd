package apis

import (
	"context"
	"errors"
	"sort"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// CreateVPCLinkInput is the input of [VPCLinks.CreateVPCLink].
type CreateVPCLinkInput struct {
	Name             *string           `json:"name"`
	SecurityGroupIDs []string          `json:"securityGroupIds"`
	SubnetIDs        []string          `json:"subnetIds"`
	Tags             map[string]string `json:"tags"`
}

// VPCLinkInput names a VPC link.
type VPCLinkInput struct {
	VPCLinkID string `json:"-" uri:"vpcLinkId"`
}

// UpdateVPCLinkInput is the input of [VPCLinks.UpdateVPCLink].
type UpdateVPCLinkInput struct {
	VPCLinkInput
	Name *string `json:"name"`
}

// VPCLink is the view of a VPC link.
type VPCLink struct {
	VPCLinkID        string            `json:"vpcLinkId"`
	Name             string            `json:"name"`
	SecurityGroupIDs []string          `json:"securityGroupIds"`
	SubnetIDs        []string          `json:"subnetIds"`
	Tags             map[string]string `json:"tags"`
	CreatedDate      time.Time         `json:"createdDate"`
	VPCLinkStatus    string            `json:"vpcLinkStatus"`
	VPCLinkVersion   string            `json:"vpcLinkVersion"`
}

func viewLink(l pasarela.VPCLink) VPCLink {
	return VPCLink{l.VPCLinkID, l.Name, orNone(l.SecurityGroupIDs), orNone(l.SubnetIDs), orEmpty(l.Tags), l.CreatedDate, "AVAILABLE", "V2"}
}

func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// VPCLinks does the operations on VPC links, one document each.
type VPCLinks struct {
	*Options
	links *document.Store[pasarela.VPCLink]
}

// CreateVPCLink names a private target. It is available at once; its tag pasarela:target
// has the address (A-APIS-12).
func (s *VPCLinks) CreateVPCLink(ctx context.Context, in CreateVPCLinkInput) (VPCLink, error) {
	var c check
	c.required("name", in.Name)
	c.atMost("name", in.Name, 128)
	c.tags(in.Tags)
	c.linkTags(in.Tags)
	if in.SubnetIDs == nil {
		c.fail("Invalid member 'subnetIds': it is required.")
	}
	if c.err != nil {
		return VPCLink{}, c.err
	}
	l := pasarela.VPCLink{Name: *in.Name, SecurityGroupIDs: in.SecurityGroupIDs, SubnetIDs: in.SubnetIDs, Tags: in.Tags, CreatedDate: s.now()}
	ids := pasarela.ShortIDs(ctx)
	for {
		l.VPCLinkID = ids()
		_, err := s.links.Create(ctx, pasarela.PrefixVPCLink+l.VPCLinkID, &l)
		if !errors.Is(err, pasarela.ErrConflict) {
			return viewLink(l), err
		}
	}
}

// GetVPCLink returns one VPC link.
func (s *VPCLinks) GetVPCLink(ctx context.Context, in VPCLinkInput) (VPCLink, error) {
	if !isID(in.VPCLinkID) {
		return VPCLink{}, unknown("VpcLink", in.VPCLinkID)
	}
	doc, err := s.links.Get(ctx, pasarela.PrefixVPCLink+in.VPCLinkID)
	if errors.Is(err, pasarela.ErrNotFound) {
		return VPCLink{}, unknown("VpcLink", in.VPCLinkID)
	}
	if err != nil {
		return VPCLink{}, err
	}
	return viewLink(*doc.Value), nil
}

// GetVPCLinks returns all VPC links, oldest first.
func (s *VPCLinks) GetVPCLinks(ctx context.Context, _ Nothing) ([]VPCLink, error) {
	docs, err := s.links.List(ctx, pasarela.PrefixVPCLink)
	if err != nil {
		return nil, err
	}
	views := make([]VPCLink, len(docs))
	for i := range docs {
		views[i] = viewLink(*docs[i].Value)
	}
	sort.SliceStable(views, func(i, j int) bool { return views[i].CreatedDate.Before(views[j].CreatedDate) })
	return views, nil
}

// UpdateVPCLink changes the name.
func (s *VPCLinks) UpdateVPCLink(ctx context.Context, in UpdateVPCLinkInput) (VPCLink, error) {
	var c check
	c.notEmptied("name", in.Name)
	c.atMost("name", in.Name, 128)
	if c.err != nil {
		return VPCLink{}, c.err
	}
	if !isID(in.VPCLinkID) {
		return VPCLink{}, unknown("VpcLink", in.VPCLinkID)
	}
	doc, err := s.links.Update(ctx, pasarela.PrefixVPCLink+in.VPCLinkID, func(l *pasarela.VPCLink) error {
		set(&l.Name, in.Name)
		return nil
	})
	if errors.Is(err, pasarela.ErrNotFound) {
		return VPCLink{}, unknown("VpcLink", in.VPCLinkID)
	}
	if err != nil {
		return VPCLink{}, err
	}
	return viewLink(*doc.Value), nil
}

// DeleteVPCLink removes a VPC link; integrations through it fail from then on.
func (s *VPCLinks) DeleteVPCLink(ctx context.Context, in VPCLinkInput) (Empty, error) {
	if !isID(in.VPCLinkID) {
		return Empty{}, unknown("VpcLink", in.VPCLinkID)
	}
	err := s.links.Delete(ctx, pasarela.PrefixVPCLink+in.VPCLinkID, nil)
	if errors.Is(err, pasarela.ErrNotFound) {
		return Empty{}, unknown("VpcLink", in.VPCLinkID)
	}
	return Empty{}, err
}
