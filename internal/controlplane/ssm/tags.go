package ssm

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/pasarela-ws/pasarela"
)

// ResourceInput names what tags belong to.
type ResourceInput struct {
	ResourceType string `json:"ResourceType"`
	ResourceID   string `json:"ResourceId"`
}

// AddTagsInput is the input of AddTagsToResource.
type AddTagsInput struct {
	ResourceInput
	Tags []Tag `json:"Tags"`
}

// RemoveTagsInput is the input of RemoveTagsFromResource.
type RemoveTagsInput struct {
	ResourceInput
	TagKeys []string `json:"TagKeys"`
}

// TagsOutput is the answer of ListTagsForResource.
type TagsOutput struct {
	TagList []Tag `json:"TagList"`
}

func (in ResourceInput) check() error {
	if in.ResourceType != "Parameter" {
		return pasarela.Errorf(CodeResourceType, "The resource type %s is not here: only Parameter is.", in.ResourceType)
	}
	return nil
}

func (in ResourceInput) missing() error {
	return pasarela.Errorf(CodeResourceID, "The resource ID %q is not valid. Verify that there is a parameter of that name.", in.ResourceID)
}

func (s *Service) retag(ctx context.Context, in ResourceInput, change func(*parameter) error) (Nothing, error) {
	if err := in.check(); err != nil {
		return Nothing{}, err
	}
	if !mayBe(in.ResourceID) {
		return Nothing{}, in.missing()
	}
	_, err := s.parameters.Update(ctx, key(in.ResourceID), change)
	if errors.Is(err, pasarela.ErrNotFound) {
		return Nothing{}, in.missing()
	}
	return Nothing{}, err
}

// AddTagsToResource adds tags to a parameter.
func (s *Service) AddTagsToResource(ctx context.Context, in AddTagsInput) (Nothing, error) {
	return s.retag(ctx, in.ResourceInput, func(p *parameter) error { return p.tag(in.Tags) })
}

// RemoveTagsFromResource takes tags from a parameter.
func (s *Service) RemoveTagsFromResource(ctx context.Context, in RemoveTagsInput) (Nothing, error) {
	return s.retag(ctx, in.ResourceInput, func(p *parameter) error {
		maps.DeleteFunc(p.Tags, func(key, _ string) bool { return slices.Contains(in.TagKeys, key) })
		return nil
	})
}

// ListTagsForResource reads the tags of a parameter.
func (s *Service) ListTagsForResource(ctx context.Context, in ResourceInput) (TagsOutput, error) {
	out := TagsOutput{[]Tag{}}
	if err := in.check(); err != nil {
		return out, err
	}
	p, err := s.get(ctx, in.ResourceID)
	if errors.Is(err, pasarela.ErrNotFound) {
		return out, in.missing()
	}
	if err != nil {
		return out, err
	}
	for _, key := range slices.Sorted(maps.Keys(p.Tags)) {
		out.TagList = append(out.TagList, Tag{key, p.Tags[key]})
	}
	return out, nil
}
