package apis

import "context"

// The v1 operations on tags do what those of apigatewayv2 do and name the
// resource by another label.

// TagV1Input names a taggable resource by its ARN.
type TagV1Input struct {
	ResourceARN string `json:"-" uri:"resource_arn"`
}

// TagResourceV1Input is the input of [Tagging.TagResourceV1].
type TagResourceV1Input struct {
	TagV1Input
	Tags map[string]string `json:"tags"`
}

// UntagResourceV1Input is the input of [Tagging.UntagResourceV1].
type UntagResourceV1Input struct {
	TagV1Input
	TagKeys []string `json:"-" query:"tagKeys"`
}

// GetTagsV1 is [Tagging.GetTags].
func (s *Tagging) GetTagsV1(ctx context.Context, in TagV1Input) (Tags, error) {
	return s.GetTags(ctx, TagInput(in))
}

// TagResourceV1 is [Tagging.TagResource] with the responses of the first API: no body.
func (s *Tagging) TagResourceV1(ctx context.Context, in TagResourceV1Input) error {
	_, err := s.TagResource(ctx, TagResourceInput{TagInput(in.TagV1Input), in.Tags})
	return err
}

// UntagResourceV1 is [Tagging.UntagResource].
func (s *Tagging) UntagResourceV1(ctx context.Context, in UntagResourceV1Input) error {
	return s.UntagResource(ctx, UntagResourceInput{TagInput(in.TagV1Input), in.TagKeys})
}
